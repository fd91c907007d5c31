/**
 * What nobody has caught while it worked for a request: the request is answered and the process lives on, as it would
 * not in production. Whatever belongs to no request ends the process exactly as without us.
 */

import { LOSES_CONTEXT, likelyRequestBehind, requestBehind, type WatchedRequest } from './register-request.ts'

type Origin = 'uncaughtException' | 'unhandledRejection'

/** Answers a request whose code has failed; `isHeard` when the application has a listener of its own for such errors. */
export type OnUncaught = (request: WatchedRequest, error: unknown, origin: Origin, isHeard?: boolean) => void

/** @returns ends it */
export function hookUncaught(onUncaught: OnUncaught): () => void {
  return LOSES_CONTEXT ? inPlaceOfDefault(onUncaught) : beforeNodeDecides(onUncaught)
}

/**
 * Node asks for listeners of 'uncaughtException' only after 'uncaughtExceptionMonitor': there a listener is put in
 * for this one error, so that for all others the process's own rules hold. Rejections come the same way, as long as
 * the application has no listener of its own for them.
 */
function beforeNodeDecides(onUncaught: OnUncaught): () => void {
  const onMonitor = (error: unknown, origin: Origin): void => {
    const request = requestBehind(error)
    if (request === undefined) return
    // Last, so that others (Sentry) who end the process unless somebody else listens still see it.
    process.once('uncaughtException', function keepAlive() {})
    onUncaught(request, error, origin)
  }
  const onRejection = (error: unknown): void => {
    const request = requestBehind(error)
    if (request !== undefined) onUncaught(request, error, 'unhandledRejection', true)
  }
  let listens = false
  const listen = (): void => {
    if (listens) return
    listens = true
    process.prependListener('unhandledRejection', onRejection)
  }
  // A listener of ours alone would change what becomes of rejections; beside one of the application's it does not.
  const onNewListener = (event: string | symbol, listener: unknown): void => {
    if (event === 'unhandledRejection' && listener !== onRejection) listen()
  }
  if (process.listenerCount('unhandledRejection') > 0) listen()
  process.on('uncaughtExceptionMonitor', onMonitor)
  process.on('newListener', onNewListener)
  return () => {
    process.off('uncaughtExceptionMonitor', onMonitor)
    process.off('newListener', onNewListener)
    process.off('unhandledRejection', onRejection)
  }
}

/** Bun and Deno have no monitor for both kinds: what is not ours is printed, and ends the process as they would. */
function inPlaceOfDefault(onUncaught: OnUncaught): () => void {
  const listeners = (['uncaughtException', 'unhandledRejection'] as const).map((origin) => {
    const listener = (error: unknown): void => {
      const request = likelyRequestBehind(error)
      if (request !== undefined) {
        onUncaught(request, error, origin)
        return
      }
      // An application that listens too has the last word.
      if (process.listenerCount(origin) > 1) return
      console.error(error)
      process.exit(1)
    }
    process.on(origin, listener)
    return () => process.off(origin, listener)
  })
  return () => {
    for (const stop of listeners) stop()
  }
}
