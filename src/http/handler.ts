/** The shapes of request handlers, and one way to call any of them and hear how it failed. */

import type { IncomingMessage, ServerResponse } from 'node:http'

/** Continues with the next middleware, or with the error handlers when given an error. */
export type Next = (error?: unknown) => void

/**
 * Anything a Node server calls for a request: a plain listener, an async one, an Express or connect app.
 * Parameters are open so that handlers typed against any framework's own request fit.
 */
// biome-ignore lint/suspicious/noExplicitAny: parameter types of handlers are contravariant; any lets each framework's own fit
export type AnyHandler = (req: any, res: any, next?: any) => unknown

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
  return handler.length >= 3
    ? callWithNext(handler, req, res, outcome)
    : callPlain(handler, req, res, outcome)
}

/** Apart, because this is the way of every request of most servers: it makes nothing that the other needs. */
function callPlain(
  handler: AnyHandler,
  req: IncomingMessage,
  res: ServerResponse,
  outcome: HandlerOutcome,
): unknown {
  try {
    const result = handler(req, res)
    return isThenable(result)
      ? result.then(
          (value) => value,
          (error) => outcome.onError(error),
        )
      : result
  } catch (error) {
    outcome.onError(error)
    return undefined
  }
}

function callWithNext(
  handler: AnyHandler,
  req: IncomingMessage,
  res: ServerResponse,
  outcome: HandlerOutcome,
): unknown {
  let ended = false
  const fail = (error: unknown): void => {
    if (ended) return
    ended = true
    outcome.onError(error)
  }
  const next: Next = (error) => {
    // connect's rule: a falsy argument passes on; 'route' and 'router' are Express's words for "skip", not errors.
    if (error && error !== 'route' && error !== 'router') return fail(error)
    if (ended) return
    ended = true
    outcome.onPass()
  }
  try {
    const result = handler(req, res, next)
    return isThenable(result) ? result.then((value) => value, fail) : result
  } catch (error) {
    fail(error)
    return undefined
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
