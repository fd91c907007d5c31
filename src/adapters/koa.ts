/** Koa: one middleware, the first. */

import type { Context, Middleware } from 'koa'
import { takenOff } from '../http/mount.ts'
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
    const mount = enterKoaMount(ctx)
    noteMatch(req, () => matchIn(ctx))
    const go = () => {
      const log = adapter.logOf(req)
      if (log !== undefined) ctx.log = log
      return next()
    }
    const work = adapter.run(req, res, go, { mount })
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

/** What koa-mount takes off the URL Koa keeps in the context; everybody else looks for it at the request. */
function enterKoaMount({ req, originalUrl }: Context): string {
  const { url = '' } = req
  const outer = req as { originalUrl?: string }
  if (outer.originalUrl === undefined && originalUrl !== url) outer.originalUrl = originalUrl
  return takenOff(outer.originalUrl ?? originalUrl, url)
}

/** Where @koa/router says which route has answered. */
function matchIn(ctx: object): RouteMatch {
  const { _matchedRoute: route, matched } = ctx as {
    _matchedRoute?: unknown
    matched?: readonly { readonly stack?: readonly unknown[] }[]
  }
  return { route, handler: matched?.at?.(-1)?.stack?.at?.(-1) }
}
