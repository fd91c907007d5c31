/** The access log as middleware, and around a handler. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { ConfigError } from '../core/errors.ts'
import { checkArgument } from '../core/options.ts'
import { type AnyHandler, isHandler, isPassingOn, type Next, type NodeHandler } from '../http/handler.ts'
import { AccessLogger } from './access-logger.ts'
import { type AnyServer, observeServer } from './attach.ts'
import type { AccessFormat } from './compile-format.ts'
import type { AccessLogOptions } from './options.ts'

/** A connect-style middleware that can also be called without `next`. */
export interface AccessLogMiddleware {
  (req: IncomingMessage, res: ServerResponse, next?: Next): void
  /** What writes the lines; to flush it, to close it, to ask how many lines were dropped. */
  readonly logger: AccessLogger
}

/**
 * Logs each request when its response has ended.
 * @param format a preset, a format string in the syntax of Apache, Python, morgan or nginx, or a function.
 * Default: `combined`
 * @throws {FormatError} for a format that cannot be read
 * @throws {ConfigError} for wrong options
 * @throws {SinkError} for a file that cannot be opened
 * @example app.use(accessLog('combined', { to: 'logs/access.log' }))
 */
export function accessLog(
  format: AccessFormat | AccessLogger = 'combined',
  options?: AccessLogOptions,
): AccessLogMiddleware {
  const logger = loggerOf(format, options)
  return Object.assign(
    function rocksolidAccessLog(req: IncomingMessage, res: ServerResponse, next?: Next): void {
      logger.observe(req, res)
      next?.()
    },
    { logger },
  )
}

/**
 * Wraps a plain listener, an async one, or an Express or connect app: `http.createServer(withAccessLog(app))`.
 * What the handler gives back, throws or rejects with, and what it passes to `next`, goes on unchanged.
 * @throws the same as {@link accessLog}
 */
export function withAccessLog(
  handler: AnyHandler,
  format: AccessFormat | AccessLogger = 'combined',
  options?: AccessLogOptions,
): NodeHandler {
  checkArgument('withAccessLog', 'the handler', handler, isHandler)
  const logger = loggerOf(format, options)
  return function rocksolidWithAccessLog(req: IncomingMessage, res: ServerResponse, next?: Next): unknown {
    const exchange = logger.observe(req, res)
    const fail = (error: unknown): void => {
      if (exchange !== undefined) exchange.failure = error
    }
    const watched =
      next === undefined
        ? undefined
        : (error?: unknown): void => {
            if (!isPassingOn(error)) fail(error)
            next(error)
          }
    try {
      const result = watched === undefined ? handler(req, res) : handler(req, res, watched)
      if (!(result instanceof Promise)) return result
      // The promise given on must be the one that is watched: a rejection stays as handled or unhandled as it was.
      return result.then(undefined, (error: unknown) => {
        fail(error)
        throw error
      })
    } catch (error) {
      fail(error)
      throw error
    }
  }
}

/**
 * Logs everything that happens at a server, also what no middleware sees: requests that Node refuses by itself,
 * upgrades and CONNECT with their end, answers of any framework.
 * @returns a function that ends it, flushes, and closes what this log has opened
 * @throws the same as {@link accessLog}
 * @example attach(http.createServer(app).listen(5000), 'combined')
 */
export function attach(
  server: AnyServer,
  format: AccessFormat | AccessLogger = 'combined',
  options?: AccessLogOptions,
): () => Promise<void> {
  const logger = loggerOf(format, options)
  const detach = observeServer(server, logger)
  return () => {
    detach()
    return format instanceof AccessLogger ? Promise.resolve(logger.flush()) : logger.close()
  }
}

function loggerOf(format: AccessFormat | AccessLogger, options: AccessLogOptions | undefined): AccessLogger {
  if (!(format instanceof AccessLogger)) return new AccessLogger(format, options)
  if (options === undefined) return format
  throw new ConfigError(
    'ERR_ROCKSOLID_ARGUMENT_INVALID',
    'accessLog: a logger has its options already. Give the options to its constructor.',
  )
}
