/**
 * Wraps a handler so that everything it throws and prints is logged, as wsgilog did for WSGI applications.
 * It stands alone or in any order with the access log and the debugger; what they know of a request they share
 * through `http/failures.ts`.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { checkArgument } from '../core/options.ts'
import { hasErrorPagePromise, noteFailure } from '../http/failures.ts'
import { type AnyHandler, callHandler, isHandler, type Next, type NodeHandler } from '../http/handler.ts'
import { answerNotFound } from '../http/respond.ts'
import { answerError } from './error-answer.ts'
import type { Logger } from './logger.ts'
import { type LoggingOptions, type ResolvedLogging, resolveLogging } from './logging-options.ts'
import { loggerFor } from './logging-sinks.ts'
import { openRequestLogging } from './request-logging.ts'

/** A handler that logs; give it to `http.createServer`, or to `app.use`. */
export type LoggingHandler = NodeHandler & {
  /** The logger it logs with; the application may use it too. */
  readonly logger: Logger
  /** Stops hearing prints, and closes the sinks it made. */
  close(): Promise<void>
}

/**
 * The handler, with its exceptions (sync, async, `next(error)`), its prints and its own records going to every sink.
 * Each request has `req.log`, a logger whose records carry the request's id, method and URL.
 * @throws {ConfigError} for an option that is not right
 * @throws {SinkError} for a log file that cannot be opened
 * @example http.createServer(withLogging(app, { toFile: 'app.log' })).listen(5000)
 */
export function withLogging(handler: AnyHandler, options?: LoggingOptions): LoggingHandler {
  checkArgument('withLogging', 'the handler', handler, isHandler)
  const given = resolveLogging(options)
  if (!given.log) return switchedOff(handler, given)
  const logging = openRequestLogging(given)
  const { logger } = logging
  const handle = handling(handler, given)

  const wrapped = function rocksolidLogging(req: IncomingMessage, res: ServerResponse, next?: Next): unknown {
    return logging.run(req, res, () => handle(req, res, next))
  }
  return Object.assign(wrapped, { logger, close: () => logging.close() })
}

type Handling = (req: IncomingMessage, res: ServerResponse, next: Next | undefined) => unknown

function handling(handler: AnyHandler, options: ResolvedLogging): Handling {
  return (req, res, next) => {
    let answering: Promise<void> | undefined
    const isLeftToOthers = !options.catch || hasErrorPagePromise(req)
    const result = callHandler(handler, req, res, {
      onError: (error) => {
        noteFailure(req, error)
        if (isLeftToOthers) passOn(error, next)
        else answering = answerError(error, req, res, options)
      },
      onPass: () => {
        if (next !== undefined) next()
        else answerNotFound(req, res)
      },
    })
    return isPromise(result) ? result.then((value) => answering ?? value) : (answering ?? result)
  }
}

/** Lets a layer further out see the error in the way that layer listens. */
function passOn(error: unknown, next: Next | undefined): void {
  if (next === undefined) throw error
  next(error)
}

function switchedOff(handler: AnyHandler, options: ResolvedLogging): LoggingHandler {
  const logger =
    options.logger ??
    loggerFor({ ...options, toStream: false, toFile: false, sinks: [() => {}], level: 'silent' })
  const wrapped = function rocksolidLogging(req: IncomingMessage, res: ServerResponse, next?: Next): unknown {
    return handler(req, res, next)
  }
  return Object.assign(wrapped, { logger, close: async () => {} })
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise
