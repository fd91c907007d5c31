/**
 * The pattern of the route that answers a request, such as `/user/:id`, and its handler. Adapters note them where their
 * framework tells; the access log asks for the pattern when it writes the line, the debugger for both of a failure.
 */

import { shared } from '../core/shared.ts'

const routes = shared('routes', () => new WeakMap<object, string>())
const handlers = shared('route-handlers', () => new WeakMap<object, object>())

/** Notes the route of this request; what is no text, or empty, is none. */
export function noteRoute(req: object, route: unknown): void {
  if (typeof route === 'string' && route !== '') routes.set(req, route)
}

/** The route noted for this request. */
export function notedRoute(req: object): string | undefined {
  return routes.get(req)
}

/** Notes the function that answers this request; what is no function is none. */
export function noteHandler(req: object, handler: unknown): void {
  if (typeof handler === 'function') handlers.set(req, handler)
}

/** The handler noted for this request. */
export function notedHandler(req: object): object | undefined {
  return handlers.get(req)
}
