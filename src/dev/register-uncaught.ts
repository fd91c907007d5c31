/**
 * What nobody has caught while it worked for a request: the request is answered and the process lives on, as it would
 * not in production. Whatever belongs to no request ends the process exactly as without us.
 */

import { requestBehind, type WatchedRequest } from './register-request.ts'

type Origin = 'uncaughtException' | 'unhandledRejection'

/** Answers a request whose code has failed. */
export type OnUncaught = (request: WatchedRequest, error: unknown, origin: Origin) => void

/**
 * Node asks for listeners of 'uncaughtException' only after 'uncaughtExceptionMonitor': there a listener is put in
 * for this one error, so that for all others the process's own rules hold. Rejections come the same way, as long as
 * the application has no listener of its own for them.
 * @returns ends it
 */
export function hookUncaught(onUncaught: OnUncaught): () => void {
  const onMonitor = (error: unknown, origin: Origin): void => {
    const request = requestBehind(error)
    if (request === undefined) return
    process.prependOnceListener('uncaughtException', function keepAlive() {})
    onUncaught(request, error, origin)
  }
  const onRejection = (error: unknown): void => {
    const request = requestBehind(error)
    if (request !== undefined) onUncaught(request, error, 'unhandledRejection')
  }
  let listens = false
  // A listener of ours alone would change what becomes of rejections; beside one of the application's it does not.
  const onNewListener = (event: string | symbol, listener: unknown): void => {
    if (event !== 'unhandledRejection' || listens || listener === onRejection) return
    listens = true
    process.prependListener('unhandledRejection', onRejection)
  }
  process.on('uncaughtExceptionMonitor', onMonitor)
  process.on('newListener', onNewListener)
  return () => {
    process.off('uncaughtExceptionMonitor', onMonitor)
    process.off('newListener', onNewListener)
    process.off('unhandledRejection', onRejection)
  }
}
