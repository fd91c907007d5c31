/** The options of `withLogging`: each keyword of wsgilog in Node's spelling. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import {
  isAnyOf,
  isAnything,
  isArrayOf,
  isBoolean,
  isFunction,
  isInteger,
  isOneOf,
  isString,
  resolveOptions,
} from '../core/options.ts'
import type { SinkChoice } from './create-logger.ts'
import { FILE_SINK_CHECKS, type FileSinkOptions } from './file-sink.ts'
import { type FormatChoice, isFormat } from './formats.ts'
import { isLevel } from './level.ts'
import { isLogger, type Logger } from './logger.ts'
import type { MailServer } from './mail-delivery.ts'
import { isRedact, type RedactOptions } from './redactor.ts'
import type { Rotation } from './schedule.ts'
import type { Sink } from './sink.ts'

/** Answers a request whose handler failed. */
export type ErrorApp = (req: IncomingMessage, res: ServerResponse, error: unknown) => unknown

/** Options of `withLogging`. Without any sink, `toStream` is taken to be true. */
export interface LoggingOptions {
  /** False switches everything off: the handler is called as if it stood alone. Default true. */
  readonly log?: boolean
  /** Log with this logger; no sinks are made, and closing the wrapper leaves it open. */
  readonly logger?: Logger
  /** The name of the logger in each line. Default `rocksolid`. */
  readonly name?: string
  /** Least level. Default `debug`. */
  readonly level?: string | number
  /** How lines look. Default wsgilog's `%(name)s: %(asctime)s %(levelname)-4s %(message)s`; on a terminal `pretty`. */
  readonly format?: FormatChoice
  /** strftime directives. Default wsgilog's `%a, %d %b %Y %H:%M:%S`. */
  readonly dateFormat?: string
  /** What is said of an exception; `{method}` and `{url}` are filled in. Default `Server got itself in trouble: {method} {url}`. */
  readonly message?: string
  /** Lines on stderr (`true`), on stdout, or on a stream. */
  readonly toStream?: boolean | 'stdout' | 'stderr' | Writable
  /** Lines in the file of this path; `true` for the path in `file`. */
  readonly toFile?: boolean | string
  /** The path for `toFile: true`. Default `rocksolid.log`. */
  readonly file?: string
  /** When the file is rotated: `'daily'`, `'h'`, `'10 MB'`. Default: never. */
  readonly interval?: Rotation
  /** Rotated files that stay. Default: all. */
  readonly backups?: number
  /** Further options of the file. */
  readonly fileOptions?: FileSinkOptions
  /** Recipients of mails about errors. */
  readonly toEmail?: string | readonly string[]
  /** `smtp://localhost:25` (default), options of nodemailer, or a transporter of its. */
  readonly mailServer?: MailServer
  /** The sender. */
  readonly fromMail?: string
  /** Begins each subject. */
  readonly mailSubject?: string
  /** The URL that batches of records are sent to; `true` for the one of `httpHost` and `httpUrl`. */
  readonly toHttp?: boolean | string
  /** Default `localhost:80`. */
  readonly httpHost?: string
  /** The path. Default `/`. */
  readonly httpUrl?: string
  /** Default `POST`. */
  readonly httpMethod?: string
  /** `udp://host:514`, `tcp://…`, `tls://…`, `unix:///…`; `true` for UDP to `sysHost`. */
  readonly toSyslog?: boolean | string
  /** Default `localhost:514`. */
  readonly sysHost?: string
  /** Default `user`. */
  readonly facility?: string
  /** Lines for what the program prints: `console.*`, `process.stdout.write`. It goes on showing where it showed. */
  readonly toPrint?: boolean
  /** The level of prints. Default: that of the method; `info` for stdout and `warn` for stderr otherwise. */
  readonly printLevel?: string | number
  /** Send the traceback to the browser, to loopback clients only, and never when NODE_ENV is `production`. */
  readonly toHtml?: boolean
  /** Write the page of each error to this file, or to a file of its own in this folder. */
  readonly htmlFile?: string
  /** Further sinks. */
  readonly sinks?: readonly (Sink | SinkChoice)[]
  /** Answer in place of a handler that failed (default); false logs the error and lets it go on. */
  readonly catch?: boolean
  /** Answers in place of the built-in plain text when `toHtml` does not. */
  readonly errorApp?: ErrorApp
  /** Stop in the debugger of an attached inspector when an error is caught. Default false. */
  readonly debug?: boolean
  /** What is masked; as for `createLogger`. */
  readonly redact?: boolean | readonly string[] | RedactOptions
  /** Log uncaught exceptions and unhandled rejections just before the process dies. Default true. */
  readonly uncaught?: boolean
}

const DEFAULTS = {
  log: true,
  name: 'rocksolid',
  level: 'debug' as string | number,
  message: 'Server got itself in trouble: {method} {url}',
  toStream: false as boolean | 'stdout' | 'stderr' | Writable,
  toFile: false as boolean | string,
  file: 'rocksolid.log',
  toHttp: false as boolean | string,
  httpHost: 'localhost:80',
  httpUrl: '/',
  httpMethod: 'POST',
  toSyslog: false as boolean | string,
  sysHost: 'localhost:514',
  facility: 'user',
  toPrint: false,
  toHtml: false,
  catch: true,
  debug: false,
  redact: true as boolean | readonly string[] | RedactOptions,
  uncaught: true,
}

/** {@link LoggingOptions} with the defaults filled in. */
export type ResolvedLogging = Readonly<LoggingOptions & typeof DEFAULTS>

const isStream = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function'
    ? undefined
    : 'a writable stream'

const CHECKS = {
  log: isBoolean,
  logger: isLogger,
  name: isString,
  level: isAnyOf(isString, isLevel),
  format: isFormat,
  dateFormat: isString,
  message: isString,
  toStream: isAnyOf(isBoolean, isOneOf('stdout', 'stderr'), isStream),
  toFile: isAnyOf(isBoolean, (value) =>
    typeof value === 'string' && value !== '' ? undefined : 'the path of a file',
  ),
  file: isString,
  fileOptions: (value: unknown) => {
    resolveOptions<FileSinkOptions, object>(
      'withLogging: fileOptions',
      value as FileSinkOptions,
      FILE_SINK_CHECKS,
      {},
    )
    return undefined
  },
  interval: isAnything,
  backups: isInteger(0),
  toEmail: isAnyOf(isString, isArrayOf(isString)),
  mailServer: isAnything,
  fromMail: isString,
  mailSubject: isString,
  toHttp: isAnyOf(isBoolean, isString),
  httpHost: isString,
  httpUrl: isString,
  httpMethod: isString,
  toSyslog: isAnyOf(isBoolean, isString),
  sysHost: isString,
  facility: isString,
  toPrint: isBoolean,
  printLevel: isLevel,
  toHtml: isBoolean,
  htmlFile: isString,
  sinks: isArrayOf(
    isAnyOf(isFunction, (value) => (typeof value === 'object' && value !== null ? undefined : 'a sink')),
  ),
  catch: isBoolean,
  errorApp: isFunction,
  debug: isBoolean,
  redact: isRedact,
  uncaught: isBoolean,
} as const

/** @throws {ConfigError} for an unknown option or a bad value */
export function resolveLogging(options: LoggingOptions | undefined): ResolvedLogging {
  return resolveOptions<LoggingOptions, typeof DEFAULTS>('withLogging', options, CHECKS, DEFAULTS)
}
