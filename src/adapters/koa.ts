/** Koa: one middleware, the first. */

import type { Middleware } from 'koa'
import { noteRoute } from '../http/route.ts'
import { type AdapterOptions, isClientError, openAdapter } from './adapter.ts'

/**
 * Access log, debugger and request logger for Koa: `app.use(rocksolid({ debugger: createDebugger() }))`.
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(options?: AdapterOptions): Middleware {
  const adapter = openAdapter('koa', options)
  return async function rocksolidKoa(ctx, next) {
    const { req, res } = ctx
    const work = adapter.run(req, res, next)
    if (work === undefined) {
      // The debugger answers by itself.
      ctx.respond = false
      return
    }
    try {
      await work
      // Where @koa/router says which route has answered.
      noteRoute(req, (ctx as { _matchedRoute?: unknown })._matchedRoute)
    } catch (error) {
      const failing = isClientError(error) ? false : adapter.fail(error, req, res)
      if (failing === false) throw error
      ctx.respond = false
      await failing
    }
  }
}
