/** What the asynchronous context of a watched request remembers for the captures of its throws. */

import type { Capture, Evaluate } from './captured.ts'

/** What is known of a request beside its errors. */
interface WatchedRequest {
  /** A thrown value that is no object has no identity: the last one of the request, by value. */
  primitive: { readonly value: unknown; readonly capture: Capture } | undefined
}

/** The store of a request's asynchronous context. Replaced, never changed, at each `await` that is armed. */
export interface RequestContext {
  readonly request: WatchedRequest
  /** The callers on the way to here that wait at an armed `await`. */
  readonly awaits: ReadonlyMap<string, Evaluate>
}

export const NO_AWAITS: ReadonlyMap<string, Evaluate> = new Map()

export function newContext(): RequestContext {
  return { request: { primitive: undefined }, awaits: NO_AWAITS }
}
