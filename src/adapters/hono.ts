/** Hono on any runtime: one middleware, the first. */

import type { Context, MiddlewareHandler } from 'hono'
import { noteMatch, type RouteMatch } from '../http/route.ts'
import type { Logger } from '../logger/logger.ts'
import { type AdapterOptions, isClientError, openAdapter } from './adapter.ts'
import { peerOf } from './fetch.ts'
import { FetchResponse, fetchRequest } from './fetch-exchange.ts'

/** What the middleware sets: `new Hono<{ Variables: LogVariables }>()`, where each context is to say so itself. */
export interface LogVariables {
  /** Logs with the id, method and URL of the request; there with the option `log`. */
  log: Logger
}

declare module 'hono' {
  interface ContextVariableMap extends LogVariables {}
}

/**
 * Access log, debugger and request logger for Hono: `app.use(rocksolid({ debugger: createDebugger() }))`. What the
 * application's own `onError` answers stays; the page comes in place of Hono's bare 500.
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(options?: AdapterOptions): MiddlewareHandler {
  const adapter = openAdapter('hono', options)
  return async function rocksolidHono(c, next) {
    const req = fetchRequest(c.req.raw, peerOf(c.req.raw, c.env))
    const res = new FetchResponse()
    noteMatch(req, () => matchIn(c))
    let isOurs = true
    try {
      await adapter.run(req, res.asNode, () => {
        isOurs = false
        const log = adapter.logOf(req)
        if (log !== undefined) c.set('log', log)
        return next()
      })
    } catch (error) {
      // What is no Error is not Hono's to handle.
      if (adapter.fail(error, req, res.asNode) !== false) return await res.answered
      res.destroy()
      throw error
    }
    if (isOurs) return await res.answered
    const { error } = c
    if (error !== undefined && !isClientError(error) && (await isBare(c.res, error))) {
      if (adapter.fail(error, req, res.asNode) !== false) {
        c.res = undefined
        c.res = await res.answered
        return undefined
      }
    }
    const answer = res.follow(c.res)
    if (answer !== c.res) {
      c.res = undefined
      c.res = answer
    }
    return undefined
  }
}

/** The handler that was called last, unless that was a middleware: nobody answered then. */
function matchIn(c: Context): RouteMatch {
  const route = c.req.matchedRoutes?.[c.req.routeIndex]
  const isMiddleware = route?.method === 'ALL' && route.path.endsWith('*')
  return isMiddleware ? {} : { route: route?.path, handler: route?.handler }
}

/** Whether a response is the one Hono makes when nobody has said what to answer. */
async function isBare(response: Response, error: Error): Promise<boolean> {
  if (response.status < 500) return false
  const length = Number(response.headers.get('content-length') ?? 0)
  if (length > 1000 || response.body === null) return response.body === null
  const text = await response.clone().text()
  return text === 'Internal Server Error' || text === error.message
}
