/**
 * Wraps a handler so that everything it throws and prints is logged, as wsgilog did for WSGI applications.
 * It stands alone or in any order with the access log and the debugger; what they know of a request they share
 * through `http/failures.ts`.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { ConfigError } from '../core/errors.ts'
import { isDebuggerAttached } from '../core/inspector.ts'
import { show } from '../core/options.ts'
import { hasErrorPagePromise, noteFailure, onFailure } from '../http/failures.ts'
import { type AnyHandler, callHandler, type Next, type NodeHandler } from '../http/handler.ts'
import { answerNotFound } from '../http/respond.ts'
import { capturePrints, type Print } from './capture.ts'
import { withContext } from './context.ts'
import { answerError, statusOf } from './error-answer.ts'
import type { Logger } from './logger.ts'
import { type LoggingOptions, type ResolvedLogging, resolveLogging } from './logging-options.ts'
import { loggerFor } from './logging-sinks.ts'
import { bindEvents, concerns, inRequest, requestFields } from './request-scope.ts'

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
 */
export function withLogging(handler: AnyHandler, options?: LoggingOptions): LoggingHandler {
  if (typeof handler !== 'function') throw notAHandler(handler)
  const given = resolveLogging(options)
  if (!given.log) return switchedOff(handler, given)
  const logger = given.logger ?? loggerFor(given)
  const owner = {}
  const stopPrints = given.toPrint
    ? capturePrints((print) => logPrint(print, owner, logger, given))
    : undefined
  const handle = handling(handler, logger, given)

  const wrapped = function rocksolidLogging(req: IncomingMessage, res: ServerResponse, next?: Next): unknown {
    return withContext(requestFields(req), () =>
      inRequest(owner, req, () => {
        bindEvents(req, res)
        return handle(req, res, next)
      }),
    )
  }
  return Object.assign(wrapped, {
    logger,
    close: async () => {
      stopPrints?.()
      if (given.logger === undefined) await logger.close()
    },
  })
}

type Handling = (req: IncomingMessage, res: ServerResponse, next: Next | undefined) => unknown

function handling(handler: AnyHandler, logger: Logger, options: ResolvedLogging): Handling {
  return (req, res, next) => {
    giveLogger(req, logger)
    onFailure(req, (error) => logFailure(error, req, logger, options))
    let answering: Promise<void> | undefined
    const result = callHandler(handler, req, res, {
      onError: (error) => {
        noteFailure(req, error)
        if (!options.catch || hasErrorPagePromise(req)) passOn(error, next)
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

/** Logs an error of a request; true when it now stands on the terminal. */
function logFailure(error: unknown, req: IncomingMessage, logger: Logger, options: ResolvedLogging): boolean {
  const status = statusOf(error)
  const level = status < 500 ? 'warn' : 'error'
  const { method, url } = requestFields(req)
  // Listeners may run outside of the request's own context, when an outer layer noticed the error.
  withContext(requestFields(req), () => logger[level](options.message, { err: error, method, url }))
  // Without `debug` in a production file a statement like this would be a trap; it stops only where an editor waits.
  // biome-ignore lint/suspicious/noDebugger: the counterpart of wsgilog's pdb.pm(), asked for by an option
  if (options.debug && isDebuggerAttached()) debugger
  return logger.showsOnTerminal(level)
}

const LEVEL_OF_METHOD: Readonly<Record<string, 'trace' | 'debug' | 'info' | 'warn' | 'error'>> = {
  debug: 'debug',
  warn: 'warn',
  assert: 'warn',
  error: 'error',
  trace: 'debug',
}

function logPrint(print: Print, owner: object, logger: Logger, options: ResolvedLogging): void {
  if (!concerns(owner) || print.text.trim() === '') return
  const fallback = print.method === 'write' && print.stream === 'stderr' ? 'warn' : 'info'
  const level = options.printLevel ?? LEVEL_OF_METHOD[print.method] ?? fallback
  const source = print.source === undefined ? {} : { source: print.source }
  logger.write(level as 'info', print.text, { printed: print.stream, ...source })
}

function giveLogger(req: IncomingMessage, logger: Logger): void {
  try {
    Object.defineProperty(req, 'log', { value: logger, configurable: true, writable: true, enumerable: true })
  } catch {
    // A frozen request: the application has the wrapper's own logger.
  }
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

function notAHandler(handler: unknown): ConfigError {
  return new ConfigError(
    'ERR_ROCKSOLID_ARGUMENT_INVALID',
    `withLogging: the handler is ${show(handler)}. Allowed: a function (req, res) or (req, res, next), or an Express or connect app.`,
  )
}
