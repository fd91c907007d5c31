/** Frameworks that tell of errors by themselves, on diagnostics channels: on every runtime, whatever is attached. */

import diagnostics from 'node:diagnostics_channel'
import { isReadable, readValue } from '../core/read.ts'
import { runningRequest, type WatchedRequest, watchedRequest } from './register-request.ts'

/** router 2.3 (Express 5) and fastify 5. */
const CHANNELS = ['tracing:express.router.request:error', 'tracing:fastify.request.handler:error'] as const

/** Calls `onError` for each error that a framework tells of. @returns ends it */
export function hookChannels(onError: (request: WatchedRequest, error: unknown) => void): () => void {
  const hear = (message: unknown): void => {
    const request = requestIn(message) ?? runningRequest()
    if (request !== undefined) onError(request, readValue(message, 'error'))
  }
  for (const channel of CHANNELS) diagnostics.subscribe(channel, hear)
  return () => {
    for (const channel of CHANNELS) diagnostics.unsubscribe(channel, hear)
  }
}

function requestIn(message: unknown): WatchedRequest | undefined {
  for (const name of ['req', 'request'] as const) {
    const value = readValue(message, name)
    if (!isReadable(value)) continue
    const raw = readValue(value, 'raw')
    const found = watchedRequest(value) ?? (isReadable(raw) ? watchedRequest(raw) : undefined)
    if (found !== undefined) return found
  }
  return undefined
}
