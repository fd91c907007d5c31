/**
 * The pattern of the route that answers a request, such as `/user/:id`. Adapters note it where their framework tells
 * it; the access log asks for it when it writes the line.
 */

import { shared } from '../core/shared.ts'

const routes = shared('routes', () => new WeakMap<object, string>())

/** Notes the route of this request; what is no text, or empty, is none. */
export function noteRoute(req: object, route: unknown): void {
  if (typeof route === 'string' && route !== '') routes.set(req, route)
}

/** The route noted for this request. */
export function notedRoute(req: object): string | undefined {
  return routes.get(req)
}
