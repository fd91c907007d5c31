/** The options of the access log: what they are, what they may be, and their defaults. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { ConfigError } from '../core/errors.ts'
import { LEVELS, type Level } from '../core/levels.ts'
import {
  type Check,
  type Checks,
  isAnyOf,
  isArrayOf,
  isBoolean,
  isFunction,
  isInteger,
  isOneOf,
  isString,
  resolveOptions,
} from '../core/options.ts'
import { networkProblem, type TrustProxy } from '../http/client-address.ts'
import type { Filter, PathChoice } from './choose.ts'
import type { BufferOptions } from './destination.ts'
import type { EscapeStyle } from './escape.ts'
import type { LoggerLike, SinkLike } from './logger-outlet.ts'
import type { MaskOptions } from './mask.ts'
import { SYNTAXES, type Syntax } from './parse-format.ts'
import type { AccessRecord } from './record.ts'
import { type OwnSchema, SCHEMA_NAMES, type SchemaName } from './schemas.ts'
import type { WritableLike } from './targets.ts'

/** Takes lines one by one, with the record each was made from. */
export type LineFunction = (line: string, record: AccessRecord) => void

/** What a {@link AccessLogOptions.writeLog} answers: the line to write; nothing writes none. */
// biome-ignore lint/suspicious/noConfusingVoidType: a method that returns nothing is one of the answers
export type WrittenLine = string | null | undefined | false | void

/** Options of `accessLog`, `withAccessLog`, `attach` and {@link AccessLogger}. */
export interface AccessLogOptions {
  /** Where lines go: stdout, stderr, the path of a file to append to, a stream, a logger or sink of this package, or a function. Default: `'stdout'`. */
  readonly to?: string | WritableLike | LineFunction | LoggerLike | SinkLike
  /** morgan's name for {@link to}. */
  readonly stream?: WritableLike
  /** Gathers lines before writing: `true` is one second or 16 KiB, a number is the milliseconds. Default: each turn of the event loop; to a file every 20 ms or 64 KiB. */
  readonly buffer?: boolean | number | BufferOptions
  /** Characters held while the destination takes none; lines beyond are dropped and counted. Default: 1 MiB. */
  readonly maxPending?: number
  /**
   * Writes the line when the request comes, not when it ends; nothing of the response is known then. `'both'` writes
   * one line then and one at the end; the field `phase` tells them apart. Default: false.
   */
  readonly immediate?: boolean | 'both'
  /** A request for which it answers true is not logged. */
  readonly skip?: (req: IncomingMessage, res: ServerResponse) => boolean
  /** Decides about the line of a finished request: the text to write, or nothing to write none. */
  readonly writeLog?: (record: AccessRecord) => WrittenLine
  /** The syntax of the format; found out when not given. */
  readonly syntax?: Syntax
  /** Shape of times for which the format names none: a strftime pattern, `clf`, `iso` or `web`. */
  readonly timeFormat?: string
  /** Times in UTC rather than in the local zone. Default: false. */
  readonly utc?: boolean
  /** Which proxies are trusted to name the client. Default: none, or what the framework trusts. */
  readonly trustProxy?: TrustProxy
  /** The header in which trusted proxies name the client. Default: `'x-forwarded-for'`. */
  readonly proxyHeader?: string
  /** The status of a request whose client left before any was sent; null shows none. Default: 499. */
  readonly abortedStatus?: number | null
  /** Masks secrets in URLs, headers and cookies; further names can be given. Default: true. */
  readonly mask?: boolean | MaskOptions
  /** How values are escaped. Default: as the syntax's own server does it (`nginx` or `apache`). */
  readonly escape?: EscapeStyle
  /** Most characters of one value. Default: 8192. */
  readonly maxValueLength?: number
  /** Most characters of a line; a longer one is cut and ends in `...`, in JSON its values are cut. Default: 65536. */
  readonly maxLineLength?: number
  /** Fields of the application's own, by name; each is escaped like the others. */
  readonly tokens?: Readonly<Record<string, CustomToken>>
  /** The shape of `json`: built in, or of the application: names with fields, `{ ip: 'remote-addr', ua: 'req[user-agent]' }`. Default: `'rocksolid'`. */
  readonly schema?: SchemaName | OwnSchema
  /** Colours in `pretty` and `dev`. Default: when the destination is a terminal, see NO_COLOR and FORCE_COLOR. */
  readonly color?: boolean
  /** Milliseconds from which a request is slow; `pretty` marks it (there the default is 1000), and the field `slow`. */
  readonly slow?: number
  /** Only requests that meet all of this get a line. */
  readonly filter?: Filter
  /** Share of requests that get a line, from 0 to 1. Those that failed or were slow always do. Default: 1. */
  readonly sample?: number
  /** Paths that get a line only when they fail; `true` for the usual names of health checks. Default: false. */
  readonly quiet?: boolean | readonly PathChoice[]
  /** How serious a line is: by the path of requests that succeeded (`{ '/assets/*': 'debug' }`), or a function. */
  readonly level?: Readonly<Record<string, Level>> | ((record: AccessRecord) => Level | undefined)
  /** Requests of a lower level get no line. */
  readonly minLevel?: Level
  /** Told when a token or a destination fails, at most every half minute. Default: one line on stderr. */
  readonly onError?: (error: unknown) => void
}

/** Reads a field of the application's own; what it throws is reported and the field is missing. */
export type CustomToken = (
  record: AccessRecord,
  argument: string | undefined,
) => string | number | undefined | null

export type ResolvedAccessOptions = Readonly<AccessLogOptions & typeof DEFAULTS>

const DEFAULTS = {
  maxPending: 1024 * 1024,
  immediate: false as boolean | 'both',
  sample: 1,
  quiet: false as boolean | readonly PathChoice[],
  utc: false,
  trustProxy: false as TrustProxy,
  proxyHeader: 'x-forwarded-for',
  mask: true as boolean | MaskOptions,
  maxValueLength: 8192,
  maxLineLength: 65_536,
}

const isWritable: Check = (value) =>
  typeof value === 'object' && value !== null && typeof (value as { write?: unknown }).write === 'function'
    ? undefined
    : 'a stream'

const isNonEmpty: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : "'stdout', 'stderr', the path of a file"

const isNumber =
  (min: number, max: number, phrase: string): Check =>
  (value) =>
    typeof value === 'number' && value >= min && value <= max ? undefined : phrase

const isMs = isNumber(0, Number.MAX_SAFE_INTEGER, 'milliseconds, 0 or more')

const isPath: Check = (value) =>
  (typeof value === 'string' && value.startsWith('/')) || value instanceof RegExp
    ? undefined
    : 'a path that begins with "/" (and may end in "/*"), or a RegExp'

const isStatus: Check = isAnyOf(isInteger(100, 999), isOneOf('1xx', '2xx', '3xx', '4xx', '5xx'))

const isLevel = isOneOf(...Object.keys(LEVELS))

const isLevelMap: Check = (value) => {
  const allowed = `an object of paths with levels (${Object.keys(LEVELS).join(', ')})`
  if (typeof value !== 'object' || value === null) return allowed
  const right = Object.entries(value).every(
    ([path, level]) => isPath(path) === undefined && isLevel(level) === undefined,
  )
  return right ? undefined : allowed
}

const isSchema: Check = (value) => {
  const allowed = 'an object whose values are names of fields, or further such objects'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return allowed
  const right = Object.values(value).every((one) => typeof one === 'string' || isSchema(one) === undefined)
  return right && Object.keys(value).length > 0 ? undefined : allowed
}

const isNullish: Check = (value) => (value === null ? undefined : 'null')

const isNetwork: Check = (value) =>
  typeof value === 'string' ? networkProblem(value) : 'an address or network such as "10.0.0.0/8"'

const isObjectOf =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const allowed = `an object with any of ${Object.keys(checks).join(', ')}`
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return allowed
    for (const [key, one] of Object.entries(value)) {
      if (!Object.hasOwn(checks, key)) return `${allowed} (it has "${key}")`
      const problem = one === undefined ? undefined : checks[key]?.(one)
      if (problem !== undefined) return `${allowed}; "${key}": ${problem}`
    }
    return undefined
  }

const TOKEN_NAME = /^[-\w]{2,}$/

const isTokens: Check = (value) => {
  const allowed = 'an object of functions, each name of two or more letters, digits, "-" or "_"'
  if (typeof value !== 'object' || value === null) return allowed
  const right = Object.entries(value).every(
    ([name, token]) => TOKEN_NAME.test(name) && typeof token === 'function',
  )
  return right ? undefined : allowed
}

const isHeaderName: Check = (value) =>
  typeof value === 'string' && /^[a-z0-9-]+$/.test(value) ? undefined : 'the name of a header in lower case'

const CHECKS: Checks<AccessLogOptions> = {
  to: isAnyOf(isNonEmpty, isWritable, isFunction),
  stream: isWritable,
  buffer: isAnyOf(
    isBoolean,
    isInteger(0, 60_000),
    isObjectOf({ size: isInteger(0, 1024 * 1024), interval: isInteger(0, 60_000) }),
  ),
  maxPending: isInteger(1024, 1024 * 1024 * 1024),
  immediate: isAnyOf(isBoolean, isOneOf('both')),
  skip: isFunction,
  writeLog: isFunction,
  syntax: isOneOf(...SYNTAXES),
  timeFormat: isString,
  utc: isBoolean,
  trustProxy: isAnyOf(isBoolean, isInteger(1, 64), isNetwork, isArrayOf(isNetwork)),
  proxyHeader: isHeaderName,
  abortedStatus: isAnyOf(isInteger(100, 999), isNullish),
  mask: isAnyOf(
    isBoolean,
    isObjectOf({ query: isArrayOf(isString), headers: isArrayOf(isString), cookies: isArrayOf(isString) }),
  ),
  escape: isOneOf('apache', 'nginx', 'none'),
  maxValueLength: isInteger(16, 1024 * 1024),
  maxLineLength: isInteger(256, 1024 * 1024),
  tokens: isTokens,
  schema: isAnyOf(isOneOf(...SCHEMA_NAMES), isSchema),
  color: isBoolean,
  slow: isMs,
  filter: isObjectOf({
    status: isAnyOf(isStatus, isArrayOf(isStatus)),
    path: isAnyOf(isPath, isArrayOf(isPath)),
    exceptPath: isAnyOf(isPath, isArrayOf(isPath)),
    minDuration: isMs,
  }),
  sample: isNumber(0, 1, 'a number from 0 to 1'),
  quiet: isAnyOf(isBoolean, isArrayOf(isPath)),
  level: isAnyOf(isFunction, isLevelMap),
  minLevel: isLevel,
  onError: isFunction,
}

/** @throws {ConfigError} for an unknown option or a wrong value */
export function resolveAccessOptions(options: AccessLogOptions | undefined): ResolvedAccessOptions {
  const resolved = resolveOptions('accessLog', options, CHECKS, DEFAULTS)
  if (resolved.to !== undefined && resolved.stream !== undefined) {
    throw new ConfigError(
      'ERR_ROCKSOLID_OPTION_INVALID',
      'accessLog: the options "to" and "stream" are two names for one thing. Give one of them.',
    )
  }
  return resolved
}
