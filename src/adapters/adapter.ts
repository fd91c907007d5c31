/**
 * What all adapters do with a request: access log, context of the logger, debugger. An adapter only finds Node's
 * request and response in its framework, and the place where the framework's errors come by.
 * The debugger is handed in, never imported: who does not use it does not load it.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { AccessLogger } from '../access/access-logger.ts'
import type { AccessFormat } from '../access/compile-format.ts'
import {
  type Check,
  type Checks,
  isAnyOf,
  isFalse,
  isFunction,
  isObject,
  isString,
  resolveOptions,
} from '../core/options.ts'
import type { Debugger } from '../debugger/debugger.ts'
import { noteFailure } from '../http/failures.ts'
import { enterMount } from '../http/mount.ts'
import { isLogger, type Logger } from '../logger/logger.ts'
import { type LoggingOptions, resolveLogging } from '../logger/logging-options.ts'
import { openRequestLogging, type RequestLogging } from '../logger/request-logging.ts'

/** Options of every adapter. */
export interface AdapterOptions {
  /** A format, or an `AccessLogger` with options of its own; false for no access log. Default: `combined`. */
  readonly access?: AccessFormat | AccessLogger | false
  /** What `createDebugger()` of `rocksolid/debugger` gives. Default: none. */
  readonly debugger?: Debugger | false
  /** A logger, or the options of `withLogging`: failures are logged, and the request has a logger. Default: none. */
  readonly log?: Logger | LoggingOptions | false
}

/** Where a request is handled. */
export interface Place {
  /** Where the debugger answers, when that is not the response itself. */
  readonly page?: ServerResponse
  /** The path below which the framework has called; default: what Express or connect say. */
  readonly mount?: string | undefined
}

/** The pieces of one adapter. */
export interface Adapter {
  /**
   * Runs the rest of the framework's work as part of the request.
   * @returns what `go` gives; undefined when the debugger has answered and `go` was not called
   */
  run<T>(req: IncomingMessage, res: ServerResponse, go: () => T, place?: Place): T | undefined
  /** The path that the debugger answers below, if there is one. */
  readonly debuggerPath: string | undefined
  /**
   * The logger of this request, within {@link run} and after {@link enter}: each framework has its own place for it.
   * @returns undefined without the option `log`
   */
  logOf(req: IncomingMessage): Logger | undefined
  /** For frameworks whose hooks cannot wrap what follows. @returns true when the debugger has answered */
  enter(req: IncomingMessage, res: ServerResponse): boolean
  /**
   * Tells the pieces of an error, and answers it with its page.
   * @returns false when there is no debugger: the framework answers as it would alone
   */
  fail(error: unknown, req: IncomingMessage, res: ServerResponse): Promise<void> | false
}

/** @throws {ConfigError} for an unknown option or a wrong value */
export function openAdapter(name: string, given: AdapterOptions | undefined): Adapter {
  const options = resolveOptions<AdapterOptions, object>(`rocksolid/${name}`, given, CHECKS, {})
  const access = accessOf(options.access ?? 'combined')
  const logging = loggingOf(options.log)
  const debug = options.debugger === false || options.debugger?.isLive !== true ? undefined : options.debugger
  return {
    debuggerPath: debug?.path,
    run(req, res, go, { page = res, mount } = {}) {
      access?.observe(req, res)
      if (debug !== undefined) {
        enterMount(req, mount)
        if (debug.serve(req, page)) return undefined
      }
      const inLog = logging === undefined ? go : () => logging.run(req, res, go)
      return debug === undefined ? inLog() : debug.watch(req, res, inLog)
    },
    logOf: (req) => logging?.logOf(req),
    enter(req, res) {
      access?.observe(req, res)
      if (debug !== undefined) {
        enterMount(req)
        if (debug.serve(req, res)) return true
      }
      logging?.enter(req, res)
      debug?.watchFromHere(req, res)
      return false
    },
    fail(error, req, res) {
      if (debug !== undefined) return debug.fail(error, req, res)
      noteFailure(req, error)
      return false
    },
  }
}

const isA =
  (what: string, ...methods: readonly string[]): Check =>
  (value) => {
    const object = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
    return methods.every((method) => typeof object[method] === 'function') ? undefined : what
  }
const isLoggingOptions: Check = (value) => isObject(value) && 'options of withLogging'

const CHECKS: Checks<AdapterOptions> = {
  access: isAnyOf(isFalse, isString, isFunction, isA('an AccessLogger', 'observe', 'flush')),
  debugger: isAnyOf(isFalse, isA('what createDebugger() of rocksolid/debugger gives', 'watch', 'fail')),
  log: isAnyOf(isFalse, isLogger, isLoggingOptions),
}

function accessOf(access: AccessFormat | AccessLogger | false): AccessLogger | undefined {
  if (access === false) return undefined
  return access instanceof AccessLogger ? access : new AccessLogger(access)
}

function loggingOf(log: AdapterOptions['log']): RequestLogging | undefined {
  if (log === undefined || log === false) return undefined
  const options = isLogger(log) === undefined ? { logger: log as Logger } : (log as LoggingOptions)
  return openRequestLogging(resolveLogging(options))
}

/** Whether an error is the application's own way to answer: 404, 401, 422. One that cannot be asked is not. */
export function isClientError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false
  try {
    const { status, statusCode } = error as { status?: unknown; statusCode?: unknown }
    const asked = typeof status === 'number' ? status : statusCode
    return typeof asked === 'number' && asked >= 400 && asked < 500
  } catch {
    return false
  }
}
