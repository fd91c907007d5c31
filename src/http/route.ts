/**
 * The pattern of the route that answers a request, such as `/user/:id`, and its handler. Adapters note them where their
 * framework tells; the access log asks for the pattern when it writes the line, the debugger for both of a failure.
 */

import { shared } from '../core/shared.ts'
import { makeStamp } from '../core/stamp.ts'

/** What a framework says of the route; what is no text, or empty, is no pattern, and what is no function no handler. */
export interface RouteMatch {
  readonly route?: unknown
  readonly handler?: unknown
}

const matches = shared('route-matches', () => makeStamp<RouteMatch | (() => RouteMatch)>())

/** Notes the route of this request, or a function that tells it if anybody asks. */
export function noteMatch(req: object, match: RouteMatch | (() => RouteMatch)): void {
  matches.set(req, match)
}

/** The pattern of the route noted for this request. */
export function notedRoute(req: object): string | undefined {
  const route = matchOf(req)?.route
  return typeof route === 'string' && route !== '' ? route : undefined
}

/** The handler noted for this request. */
export function notedHandler(req: object): object | undefined {
  const handler = matchOf(req)?.handler
  return typeof handler === 'function' ? handler : undefined
}

function matchOf(req: object): RouteMatch | undefined {
  const match = matches.get(req)
  return typeof match === 'function' ? match() : match
}
