/** Koa: one middleware, the first. */

import type { Middleware } from 'koa'
import { noteMatch, type RouteMatch } from '../http/route.ts'
import type { Logger } from '../logger/logger.ts'
import { type AdapterOptions, isClientError, openAdapter } from './adapter.ts'

declare module 'koa' {
  interface ExtendableContext {
    /** Logs with the id, method and URL of the request; there with the option `log`. */
    log: Logger
  }
}

/**
 * Access log, debugger and request logger for Koa: `app.use(rocksolid({ debugger: createDebugger() }))`.
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(options?: AdapterOptions): Middleware {
  const adapter = openAdapter('koa', options)
  return async function rocksolidKoa(ctx, next) {
    const { req, res } = ctx
    noteMatch(req, () => matchIn(ctx))
    const work = adapter.run(req, res, () => {
      const log = adapter.logOf(req)
      if (log !== undefined) ctx.log = log
      return next()
    })
    if (work === undefined) {
      // The debugger answers by itself.
      ctx.respond = false
      return
    }
    try {
      await work
    } catch (error) {
      const failing = isClientError(error) ? false : adapter.fail(error, req, res)
      if (failing === false) throw error
      ctx.respond = false
      await failing
    }
  }
}

/** Where @koa/router says which route has answered. */
function matchIn(ctx: object): RouteMatch {
  const { _matchedRoute: route, matched } = ctx as {
    _matchedRoute?: unknown
    matched?: readonly { readonly stack?: readonly unknown[] }[]
  }
  return { route, handler: matched?.at?.(-1)?.stack?.at?.(-1) }
}
