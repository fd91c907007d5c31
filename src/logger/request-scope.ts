/** Which request the running code works for, so that a print or an uncaught error can be told who caused it. */

import { AsyncLocalStorage } from 'node:async_hooks'
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { currentContext } from '../core/async-context.ts'
import { shared } from '../core/shared.ts'
import { requestIdOf, traceIdsOf } from '../http/request-ids.ts'
import type { Fields } from './record-origin.ts'

/** The wrappers around the running request, outermost first. */
interface RequestScope {
  readonly req: IncomingMessage
  readonly owners: readonly object[]
}

const storage = shared('logger-request-scope', () => new AsyncLocalStorage<RequestScope>())

/** Runs `work` as part of a request that `owner` handles. */
export function inRequest<T>(owner: object, req: IncomingMessage, work: () => T): T {
  return storage.run(scopeOf(owner, req), work)
}

/** {@link inRequest} for the rest of the current asynchronous context. */
export function enterRequest(owner: object, req: IncomingMessage): void {
  storage.enterWith(scopeOf(owner, req))
}

function scopeOf(owner: object, req: IncomingMessage): RequestScope {
  const outer = storage.getStore()
  return { req, owners: outer?.req === req ? [...outer.owners, owner] : [owner] }
}

/** The request the running code works for. */
export const currentRequest = (): IncomingMessage | undefined => storage.getStore()?.req

/** Whether the running code belongs to `owner`: to a request of its, or to no request at all. */
export function concerns(owner: object): boolean {
  const scope = storage.getStore()
  return scope === undefined || scope.owners.includes(owner)
}

/**
 * Makes listeners on `req` and `res` run as part of the request. Node emits `data`, `end` and `close` from the
 * connection's context, where the request is not known.
 * @param onThrow takes what such a listener throws; else it goes on to Node, through the HTTP parser
 */
export function bindEvents(
  req: IncomingMessage,
  res: ServerResponse,
  onThrow?: (error: unknown) => void,
): void {
  const run = currentContext()
  for (const emitter of [req, res]) {
    const emit = emitter.emit
    const bound = function (this: unknown, ...args: unknown[]): boolean {
      // Inside the request the context is right already, and may hold more than when the request began.
      if (storage.getStore()?.req === req || isUnheard(emitter, args[0]))
        return Reflect.apply(emit, emitter, args) as boolean
      return run(() => {
        if (onThrow === undefined) return Reflect.apply(emit, emitter, args) as boolean
        try {
          return Reflect.apply(emit, emitter, args) as boolean
        } catch (error) {
          onThrow(error)
          return true
        }
      })
    }
    Object.defineProperty(emitter, 'emit', { value: bound, configurable: true, writable: true })
  }
}

/** An `error` that nobody listens for throws. */
function isUnheard(emitter: EventEmitter, event: unknown): boolean {
  return event !== 'error' && emitter.listenerCount(event as string) === 0
}

/** The fields that all records of a request have. */
export function requestFields(req: IncomingMessage): Fields {
  const { method, url } = facts(req)
  return { requestId: requestIdOf(req, req), method, url, ...traceIdsOf(req) }
}

function facts(req: IncomingMessage): { method: string; url: string } {
  const url = (req as { originalUrl?: unknown }).originalUrl ?? req.url
  return { method: req.method ?? '-', url: typeof url === 'string' ? url : '-' }
}
