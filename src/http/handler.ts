/** The shapes of request handlers, and one way to call any of them and hear how it failed. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Check } from '../core/options.ts'

/** Continues with the next middleware, or with the error handlers when given an error. */
export type Next = (error?: unknown) => void

/**
 * Anything a Node server calls for a request: a plain listener, an async one, an Express or connect app.
 * Parameters are open so that handlers typed against any framework's own request fit.
 */
// biome-ignore lint/suspicious/noExplicitAny: parameter types of handlers are contravariant; any lets each framework's own fit
export type AnyHandler = (req: any, res: any, next?: any) => unknown

export const isHandler: Check = (value) =>
  typeof value === 'function'
    ? undefined
    : 'a function (req, res) or (req, res, next), or an Express or connect app'

/** What the `with…` wrappers give back: a listener for `http.createServer` that can also stand in a connect chain. */
export type NodeHandler = (req: IncomingMessage, res: ServerResponse, next?: Next) => unknown

/** How a handler called by {@link callHandler} ended, when not by answering. */
export interface HandlerOutcome {
  /** It threw, its promise was rejected, or it called `next(error)`. Called once at most. */
  readonly onError: (error: unknown) => void
  /** It called `next()`: the request is not for this handler. Called once at most. */
  readonly onPass: () => void
}

/**
 * Calls `handler`, turning a throw, a rejection and `next(error)` into one `onError`.
 * A handler that declares three parameters is a connect-style one and gets a `next`; one with fewer gets none.
 * A promise given back by the handler is given on, settled after the outcome was told; it never rejects.
 */
export function callHandler(
  handler: AnyHandler,
  req: IncomingMessage,
  res: ServerResponse,
  outcome: HandlerOutcome,
): unknown {
  const once = handler.length >= 3 ? nextFor(outcome) : undefined
  try {
    const result = once === undefined ? handler(req, res) : handler(req, res, once.next)
    if (!isThenable(result)) return result
    return result.then(same, once === undefined ? (error) => outcome.onError(error) : once.fail)
  } catch (error) {
    if (once === undefined) outcome.onError(error)
    else once.fail(error)
    return undefined
  }
}

const same = (value: unknown): unknown => value

/** What only a connect-style handler needs, so that others do not pay for it. */
function nextFor({ onError, onPass }: HandlerOutcome): { readonly fail: Next; readonly next: Next } {
  let ended = false
  const fail = (error: unknown): void => {
    if (ended) return
    ended = true
    onError(error)
  }
  const next: Next = (error) => {
    if (!isPassingOn(error)) return fail(error)
    if (ended) return
    ended = true
    onPass()
  }
  return { fail, next }
}

/** connect's rule: a falsy argument of `next` passes on; 'route' and 'router' are Express's words for "skip", not errors. */
export const isPassingOn = (error: unknown): boolean => !error || error === 'route' || error === 'router'

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
