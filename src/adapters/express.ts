/** Express 4 and 5, and connect: a middleware at the front, an error middleware at the end. */

import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Logger } from '../logger/logger.ts'
import { type AdapterOptions, isClientError, openAdapter } from './adapter.ts'

declare global {
  namespace Express {
    interface Request {
      /** Logs with the id, method and URL of the request; there with the option `log`. */
      log: Logger
    }
  }
}

/** What {@link rocksolid} gives. */
export type ExpressMiddleware = RequestHandler & {
  /** To be used after all routes: `app.use(middleware.errors)`. */
  readonly errors: ErrorRequestHandler
}

/**
 * Access log, debugger and request logger for Express.
 *
 *     const watch = rocksolid({ debugger: createDebugger() })
 *     app.use(watch)
 *     // …routes…
 *     app.use(watch.errors)
 *
 * @throws {ConfigError} for a wrong option
 */
export function rocksolid(options?: AdapterOptions): ExpressMiddleware {
  const adapter = openAdapter('express', options)
  const watch: RequestHandler = function rocksolidExpress(req, res, next) {
    adapter.run(req, res, next)
  }
  const errors: ErrorRequestHandler = function rocksolidErrors(error, req, res, next) {
    if (isClientError(error) || adapter.fail(error, req, res) === false) next(error)
  }
  return Object.assign(watch, { errors })
}
