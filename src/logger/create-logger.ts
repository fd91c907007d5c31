/** Makes a logger from options: sinks, levels, fields, what to mask. */

import { ConfigError } from '../core/errors.ts'
import { forget, onDeath, remember } from '../core/last-words.ts'
import { LEVELS } from '../core/levels.ts'
import {
  isAnyOf,
  isBoolean,
  isFunction,
  isObject,
  isString,
  resolveOptions,
  show,
  unknownOption,
} from '../core/options.ts'
import { GuardedSinks, type SinkSlot } from './guarded-sinks.ts'
import { BRIEF_LIMITS, JsonWriter } from './json-value.ts'
import { isLevel, LevelTable, severityOf } from './level.ts'
import { type Logger, type LoggerCore, makeLogger } from './logger.ts'
import { inSample, RateGate, type RateLimit, type Sample } from './rate-gate.ts'
import type { LogRecord } from './record.ts'
import type { Fields } from './record-origin.ts'
import { isRedact, makeRedactor, type RedactOptions } from './redactor.ts'
import { isSink, type Sink, type TroubleListener } from './sink.ts'
import { streamSink } from './stream-sink.ts'

/** A sink with its own level and filter. */
export interface SinkChoice {
  readonly sink: Sink
  /** Least level that reaches it. Default: all that the logger lets through. */
  readonly level?: string | number
  /** Only records for which this is true reach it. */
  readonly filter?: (record: LogRecord) => boolean
}

/** Options of {@link createLogger}. */
export interface LoggerOptions<Custom extends string = never> {
  /** Where records go. Default: one stream sink on stderr. */
  readonly sinks?: readonly (Sink | SinkChoice)[]
  /** The category of the logger, `app`. Default: none. */
  readonly name?: string
  /** Least level, or `info,app.db=trace`. Default `info`. */
  readonly level?: string | number
  /** Name of an environment variable that, when set, overrides `level`. Default `LOG_LEVEL`; false for none. */
  readonly levelFrom?: string | false
  /** Further levels by name and number. */
  readonly levels?: Readonly<Record<Custom, number>>
  /** Fields of every record. */
  readonly fields?: Fields
  /** Functions that add fields to each record. */
  readonly enrich?: readonly ((record: LogRecord) => object | undefined)[]
  /** Only records for which this is true go out; a throw counts as true. */
  readonly filter?: (record: LogRecord) => boolean
  /** The share of records that go out, by level: `{ debug: 0.1 }`. Records of one request share a fate. */
  readonly sample?: Sample
  /** At most so many records alike in a while; then one that says how many are missing. Default: no limit. */
  readonly rateLimit?: RateLimit
  /** What is masked. Default: secrets by name and by shape; paths or options for more; false for nothing. */
  readonly redact?: boolean | readonly string[] | RedactOptions
  /** Log uncaught exceptions and unhandled rejections as `fatal` just before the process dies of them. Default true. */
  readonly uncaught?: boolean
  /** Hears of failing sinks. Default: one line on stderr, repeated at most every 30 seconds. */
  readonly onTrouble?: TroubleListener
  /** Epoch milliseconds; for tests. */
  readonly now?: () => number
}

const isList = (value: unknown): string | undefined => (Array.isArray(value) ? undefined : 'an array')

const CHECKS = {
  sinks: isList,
  name: isString,
  level: isAnyOf(isString, isLevel),
  levelFrom: (value: unknown) =>
    value === false ? undefined : isString(value) && 'the name of an environment variable, or false',
  levels: (value: unknown) =>
    isObject(value) ??
    (Object.values(value as object).every(Number.isFinite) ? undefined : 'an object of names and numbers'),
  fields: isObject,
  enrich: (value: unknown) =>
    isList(value) ??
    ((value as unknown[]).every((one) => typeof one === 'function') ? undefined : 'an array of functions'),
  filter: isFunction,
  sample: (value: unknown) =>
    isObject(value) ??
    (Object.values(value as object).every((share) => typeof share === 'number' && share >= 0 && share <= 1)
      ? undefined
      : 'an object of levels and shares from 0 to 1'),
  rateLimit: isObject,
  redact: isRedact,
  uncaught: isBoolean,
  onTrouble: isFunction,
  now: isFunction,
} as const

const DEFAULTS: Required<
  Pick<LoggerOptions, 'name' | 'level' | 'levelFrom' | 'redact' | 'uncaught' | 'now'>
> = {
  name: '',
  level: 'info',
  levelFrom: 'LOG_LEVEL',
  redact: true,
  uncaught: true,
  now: Date.now,
}

/**
 * Makes a logger. Each call to it is given to every sink; a sink that fails harms neither the program nor the
 * others, and what sinks hold back is written before the process ends.
 * @throws {ConfigError} for an option that is not right
 * @example const log = createLogger({ name: 'shop', sinks: [streamSink(), fileSink('app.log')] })
 */
export function createLogger<Custom extends string = never>(options?: LoggerOptions<Custom>): Logger<Custom> {
  const given = resolveOptions<LoggerOptions<Custom>, typeof DEFAULTS>(
    'createLogger',
    options,
    CHECKS,
    DEFAULTS,
  )
  const levels = { ...LEVELS, ...given.levels }
  for (const level of Object.keys(given.sample ?? {})) {
    if (!Object.hasOwn(levels, level)) throw unknownOption('createLogger: sample', level, Object.keys(levels))
  }
  const table = new LevelTable(LEVELS.info, levels)
  setFirst(table, given.level)
  const fromEnvironment = given.levelFrom === false ? undefined : process.env[given.levelFrom]
  if (fromEnvironment) table.apply(fromEnvironment, `the environment variable ${given.levelFrom}`)
  const sinks = new GuardedSinks(slotsOf(given.sinks ?? [streamSink()], levels), given.onTrouble)
  const onClose: (() => void)[] = []
  const redactor = makeRedactor(given.redact)
  const core: LoggerCore = {
    levels,
    table,
    sinks,
    redactor,
    brief: new JsonWriter(BRIEF_LIMITS, redactor),
    enrich: given.enrich ?? [],
    gate: gateOf(given, onClose, () => logger),
    now: given.now,
    onClose,
  }
  const logger = makeLogger(core, given.name, given.fields === undefined ? undefined : { ...given.fields })
  if (given.uncaught) onClose.push(onDeath((error, origin) => logDeath(logger, error, origin)))
  return logger as unknown as Logger<Custom>
}

/** The last say over each record: the filter, then the sample, then the rate. */
function gateOf(
  { filter, sample, rateLimit }: Pick<LoggerOptions, 'filter' | 'sample' | 'rateLimit'>,
  onClose: (() => void)[],
  logger: () => Logger,
): ((record: LogRecord) => boolean) | undefined {
  if (filter === undefined && sample === undefined && rateLimit === undefined) return undefined
  let isTelling = false
  const rate =
    rateLimit &&
    new RateGate(rateLimit, (first, count) => {
      isTelling = true
      logger().write(first.severity as never, `${count} more suppressed: ${first.message}`, {
        suppressed: count,
      })
      isTelling = false
    })
  if (rate !== undefined) {
    const lastWords = { flushSync: (final: boolean) => final && rate.settle() }
    remember(lastWords)
    onClose.push(() => {
      rate.settle()
      forget(lastWords)
    })
  }
  return (record) => {
    if (isTelling) return true
    if (filter !== undefined && !passes(filter, record)) return false
    return (sample === undefined || inSample(record, sample)) && (rate === undefined || rate.pass(record))
  }
}

function passes(filter: (record: LogRecord) => boolean, record: LogRecord): boolean {
  try {
    return filter(record) !== false
  } catch {
    return true
  }
}

function setFirst(table: LevelTable, level: string | number): void {
  if (typeof level === 'number') table.set(level)
  else table.apply(level)
}

function logDeath(logger: Logger, error: unknown, origin: string): void {
  const message = origin === 'unhandledRejection' ? 'Unhandled rejection' : 'Uncaught exception'
  logger.fatal(message, { err: error })
  logger.flushSync()
}

function slotsOf(
  choices: readonly (Sink | SinkChoice)[],
  levels: Readonly<Record<string, number>>,
): SinkSlot[] {
  return choices.map((choice, index) => {
    if (isSink(choice)) return { sink: choice, threshold: Number.NEGATIVE_INFINITY, filter: undefined }
    if (isObject(choice) === undefined && isSink(choice.sink)) {
      resolveOptions<SinkChoice, object>(`createLogger: sinks[${index}]`, choice, CHOICE_CHECKS, {})
      const threshold =
        choice.level === undefined
          ? Number.NEGATIVE_INFINITY
          : severityOf('createLogger', choice.level, levels)
      return { sink: choice.sink, threshold, filter: choice.filter }
    }
    throw new ConfigError(
      'ERR_ROCKSOLID_OPTION_INVALID',
      `createLogger: sinks[${index}] is ${show(choice)}. Allowed: a sink such as streamSink() or fileSink("app.log"), a function (record) => void, or { sink, level?, filter? }.`,
    )
  })
}

const CHOICE_CHECKS = {
  sink: isFunction,
  level: (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? undefined : 'a level'),
  filter: isFunction,
} as const
