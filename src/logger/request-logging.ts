/** Logging around the requests of a server: their context, their failures, what is printed in them. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { isDebuggerAttached } from '../core/inspector.ts'
import { errorStatus } from '../http/error-status.ts'
import { onFailure } from '../http/failures.ts'
import { capturePrints, type Print } from './capture.ts'
import { enterContext, requestContext, runInContext } from './context.ts'
import { type Logger, requestLogger } from './logger.ts'
import type { ResolvedLogging } from './logging-options.ts'
import { loggerFor } from './logging-sinks.ts'
import { bindEvents, concerns, enterRequest, inRequest, requestFields } from './request-scope.ts'

/** See {@link openRequestLogging}. */
export interface RequestLogging {
  readonly logger: Logger
  /**
   * Runs `work` as part of a request: its records carry the request's id, its failures are logged, `req.log` logs.
   * @param onThrow takes what listeners on the request and response throw; else it goes on to Node
   */
  run<T>(req: IncomingMessage, res: ServerResponse, work: () => T, onThrow?: (error: unknown) => void): T
  /** Makes the rest of the current asynchronous context part of a request, for hooks that cannot wrap. */
  enter(req: IncomingMessage, res: ServerResponse): void
  /** The logger of this request, within `run` and after `enter`: for frameworks that have a place of their own for it. */
  logOf(req: IncomingMessage): Logger
  /** Stops hearing prints, and closes the sinks it made. */
  close(): Promise<void>
}

/** @throws {SinkError} when a log file cannot be opened */
export function openRequestLogging(options: ResolvedLogging): RequestLogging {
  const logger = options.logger ?? loggerFor(options)
  const owner = {}
  const stopPrints = options.toPrint
    ? capturePrints((print) => logPrint(print, owner, logger, options))
    : undefined
  const begin = (req: IncomingMessage, log: Logger): void => {
    giveLogger(req, log)
    // Listeners may run outside of the request's own context, when an outer layer noticed the error.
    onFailure(req, (error) => logFailure(error, req, log, options))
  }
  return {
    logger,
    run(req, res, work, onThrow) {
      const context = requestContext(requestFields(req))
      return runInContext(context, () =>
        inRequest(owner, req, () => {
          bindEvents(req, res, onThrow)
          begin(req, requestLogger(logger, context))
          return work()
        }),
      )
    },
    enter(req, res) {
      const context = requestContext(requestFields(req))
      enterContext(context)
      enterRequest(owner, req)
      bindEvents(req, res)
      begin(req, requestLogger(logger, context))
    },
    logOf: (req) => (req as { readonly log?: Logger }).log ?? logger,
    async close() {
      stopPrints?.()
      if (options.logger === undefined) await logger.close()
    },
  }
}

/** Logs an error of a request; true when it now stands on the terminal. */
function logFailure(error: unknown, req: IncomingMessage, logger: Logger, options: ResolvedLogging): boolean {
  const status = errorStatus(error)
  const level = status < 500 ? 'warn' : 'error'
  const { method, url } = requestFields(req)
  logger[level](options.message, { err: error, method, url })
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
