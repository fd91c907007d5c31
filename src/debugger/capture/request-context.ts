/** What the asynchronous context of a watched request remembers for the captures of its throws. */

import type { Capture, Evaluate, MadeStacks } from './captured.ts'

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
  /** The stacks at armed places where errors were made on the way to here. */
  readonly made: MadeStacks
}

export const NO_AWAITS: ReadonlyMap<string, Evaluate> = new Map()

export const NO_STACKS: MadeStacks = new Map()

export function newContext(): RequestContext {
  return { request: { primitive: undefined }, awaits: NO_AWAITS, made: NO_STACKS }
}
