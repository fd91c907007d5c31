/** The routes an Express application has, read from its router's stack; nothing of the application runs. */

import { isReadable, readOwn, readValue } from '../../core/read.ts'

/** Most routes told. */
const MAX_ROUTES = 500
/** Routers within routers. */
const MAX_DEPTH = 8

/** `GET /users/:id`, in the order they are asked; empty for a request that no Express application has seen. */
export function routesOf(req: object): readonly string[] {
  const app = readValue(req, 'app')
  const routes: string[] = []
  for (const name of ['_router', 'router']) {
    const own = readOwn(app, name)
    if (own.found === 'value') collect(own.value, '', routes, 0)
  }
  // Express 5 makes its router when it is first asked for; by now it has been.
  if (routes.length === 0) collect(lazyRouter(app), '', routes, 0)
  return [...new Set(routes)]
}

function lazyRouter(app: unknown): unknown {
  const own = readOwn(app, 'router')
  if (own.found !== 'accessor' || typeof readValue(app, 'handle') !== 'function') return undefined
  try {
    return (app as { router: unknown }).router
  } catch {
    // Express 4 throws here, and has `_router`.
    return undefined
  }
}

function collect(router: unknown, base: string, routes: string[], depth: number): void {
  const stack = readValue(router, 'stack')
  if (!Array.isArray(stack) || depth > MAX_DEPTH) return
  for (const layer of stack) {
    if (!isReadable(layer) || routes.length >= MAX_ROUTES) return
    const route = readValue(layer, 'route')
    if (isReadable(route)) {
      for (const path of pathsOf(readValue(route, 'path'))) {
        for (const method of methodsOf(route)) routes.push(`${method} ${base}${path}`)
      }
      continue
    }
    const [mount = ''] = pathsOf(readValue(layer, 'rawPath'))
    collect(readValue(layer, 'handle'), `${base}${mount === '/' ? '' : mount}`, routes, depth + 1)
  }
}

const pathsOf = (path: unknown): readonly string[] =>
  [path].flat().filter((one): one is string => typeof one === 'string')

function methodsOf(route: object): readonly string[] {
  const methods = readValue(route, 'methods')
  if (!isReadable(methods)) return []
  const names = Object.keys(methods).filter((name) => name !== '_all')
  return names.length === 0 ? ['ALL'] : names.map((name) => name.toUpperCase())
}
