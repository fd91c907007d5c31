/** What a program calls: a method per level, children with a category or with fields, flush and close. */

import { LEVELS, type Level } from '../core/levels.ts'
import type { Check } from '../core/options.ts'
import { currentStory, type Story } from '../core/story.ts'
import { type RequestContext, scopeOfNow } from './context.ts'
import type { GuardedSinks } from './guarded-sinks.ts'
import type { JsonWriter } from './json-value.ts'
import { findSeverity, type LevelNumbers, type LevelTable, levelNameOf, SILENT, severityOf } from './level.ts'
import { filled, type LogMethod, readCall } from './log-call.ts'
import { mergeFields } from './merge-fields.ts'
import { fieldsText } from './plain-text.ts'
import { LogEntry, type LogRecord } from './record.ts'
import type { Fields, RecordOrigin } from './record-origin.ts'
import type { Redactor } from './redactor.ts'

/** What {@link makeLogger} has made, also in another copy of this package. */
export const isLogger: Check = (value) =>
  typeof value === 'object' && value !== null && 'child' in value && 'flushSync' in value
    ? undefined
    : 'a logger that createLogger has made'

/** What all loggers that come from one `createLogger` share. */
export interface LoggerCore {
  readonly levels: LevelNumbers
  readonly table: LevelTable
  readonly sinks: GuardedSinks
  readonly redactor: Redactor | undefined
  readonly brief: JsonWriter
  readonly enrich: readonly ((record: LogRecord) => object | undefined)[]
  /** The last say whether a record goes out. */
  readonly gate: ((record: LogRecord) => boolean) | undefined
  readonly now: () => number
  readonly onClose: readonly (() => void)[]
}

/** What every logger can, beside a method for each level. */
export interface LoggerBase<Custom extends string = never> {
  /** The category, `app.db`; empty for a logger without a name. */
  readonly name: string
  /** A logger below this one: a text names it (`app` → `app.db`), an object gives it fields. */
  child(name: string, fields?: object): Logger<Custom>
  child(fields: object): Logger<Custom>
  /** Logs at a level given by name or number. */
  log(level: Level | Custom | number, message: string | Error, fields?: object): void
  /** Logs a text that came from elsewhere, as it is: no placeholder is filled. */
  write(level: Level | Custom | number, text: string, fields?: object): void
  /** Whether a record of this level would reach any sink. */
  isEnabled(level: Level | Custom | number): boolean
  /** The least level that goes out, `silent` when none does. Setting it is `setLevel` for this logger's category. */
  level: string
  /** Logs nothing: the method of the level `silent`, which frameworks made for pino ask a logger for. */
  silent(...ignored: readonly unknown[]): void
  /** Changes levels while the program runs: `debug`, or `app.db=trace,app.http=off`. Applies to all loggers of one family. */
  setLevel(text: string): void
  /** Whether a record of this level would show on the process's own stdout or stderr. */
  showsOnTerminal(level: Level | Custom | number): boolean
  /** Settles when every sink has written what it took. */
  flush(): Promise<void>
  /** Writes at once what can be written synchronously. */
  flushSync(): void
  /** Flushes and closes all sinks. Ends the whole family. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** A logger: `log.info('started', { port })`. */
export type Logger<Custom extends string = never> = LoggerBase<Custom> & {
  readonly [Name in Level | Custom]: LogMethod
}

/** A logger without its level methods, which {@link loggerClass} adds. */
class BareLogger {
  readonly #core: LoggerCore
  readonly #origin: RecordOrigin
  readonly #request: RequestContext | undefined
  #version = -1
  #threshold = 0

  constructor(core: LoggerCore, origin: RecordOrigin, request: RequestContext | undefined) {
    this.#core = core
    this.#origin = origin
    this.#request = request
  }

  get name(): string {
    return this.#origin.category
  }

  child(nameOrFields: string | object, more?: object): BareLogger {
    const { category, fields } = this.#origin
    const given = typeof nameOrFields === 'string' ? more : nameOrFields
    const name = typeof nameOrFields === 'string' ? nameOrFields : ''
    const joined = category === '' || name === '' ? category + name : `${category}.${name}`
    const bound = given === undefined ? fields : mergeFields(fields, given as Fields)
    return new (this.constructor as typeof BareLogger)(
      this.#core,
      originOf(this.#core, joined, bound),
      this.#request,
    )
  }

  /** This logger, for the records of one request. */
  static within(logger: BareLogger, request: RequestContext): BareLogger {
    return new (logger.constructor as typeof BareLogger)(logger.#core, logger.#origin, request)
  }

  log(level: string | number, first: unknown, second?: unknown, third?: unknown): void {
    const severity = findSeverity(level, this.#core.levels)
    if (severity === undefined) this.#emit('info', 30, first, second, third)
    else if (severity >= this.#least()) {
      this.#emit(levelNameOf(severity, this.#core.levels), severity, first, second, third)
    }
  }

  write(level: string | number, text: string, fields?: object): void {
    const severity = findSeverity(level, this.#core.levels) ?? LEVELS.info
    if (severity < this.#least()) return
    this.#give(levelNameOf(severity, this.#core.levels), severity, text, fields as Fields | undefined, false)
  }

  showsOnTerminal(level: string | number): boolean {
    const severity = severityOf('showsOnTerminal', level, this.#core.levels)
    return severity >= this.#least() && this.#core.sinks.showsOnTerminal(severity)
  }

  isEnabled(level: string | number): boolean {
    return severityOf('isEnabled', level, this.#core.levels) >= this.#least()
  }

  get level(): string {
    const least = this.#least()
    return least === SILENT ? 'silent' : levelNameOf(least, this.#core.levels)
  }

  set level(level: string | number) {
    const { category } = this.#origin
    this.#core.table.set(level, category === '' ? undefined : category)
  }

  silent(): void {}

  setLevel(text: string): void {
    this.#core.table.apply(text)
  }

  flush(): Promise<void> {
    return this.#core.sinks.flush()
  }

  flushSync(): void {
    this.#core.sinks.flushSync()
  }

  async close(): Promise<void> {
    for (const stop of this.#core.onClose) stop()
    await this.#core.sinks.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #least(): number {
    const { table, sinks } = this.#core
    if (this.#version !== table.version) {
      this.#threshold = Math.max(table.thresholdOf(this.#origin.category), sinks.threshold)
      this.#version = table.version
    }
    return this.#threshold
  }

  #emit(level: string, severity: number, first: unknown, second: unknown, third: unknown): void {
    const { message, fields } = readCall(first, second, third)
    this.#give(level, severity, message, fields, true)
  }

  #give(level: string, severity: number, text: string, given: Fields | undefined, fill: boolean): void {
    const core = this.#core
    const scope = scopeOfNow(this.#request)
    const fields = core.enrich.length === 0 ? given : this.#enriched(level, severity, text, given)
    const message =
      fill && fields !== undefined && text.includes('{') ? filled(text, fields, core.brief) : text
    const entry = new LogEntry(core.now(), level, severity, message, this.#origin, scope, fields)
    if (core.gate !== undefined && !passes(core.gate, entry)) return
    const story = currentStory()
    if (story !== undefined) tellStory(story, entry)
    core.sinks.give(entry)
  }

  #enriched(level: string, severity: number, message: string, fields: Fields | undefined): Fields {
    const core = this.#core
    const scope = scopeOfNow(this.#request)
    const draft = new LogEntry(core.now(), level, severity, message, this.#origin, scope, fields)
    const added = core.enrich.map((enrich) => quietly(() => enrich(draft)) as Fields | undefined)
    return mergeFields(...added, fields)
  }

  /** The class of loggers with these levels; its methods return at once when their level is off. */
  static withLevels(levels: LevelNumbers): typeof BareLogger {
    class LevelLogger extends BareLogger {}
    for (const [name, severity] of Object.entries(levels)) {
      const method = function (this: BareLogger, first: unknown, second?: unknown, third?: unknown): void {
        if (severity >= this.#least()) this.#emit(name, severity, first, second, third)
      }
      Object.defineProperty(LevelLogger.prototype, name, {
        value: method,
        writable: true,
        configurable: true,
      })
    }
    return LevelLogger
  }
}

/** Makes the first logger of a family. */
export function makeLogger(core: LoggerCore, category: string, fields: Fields | undefined): Logger {
  const made = new (BareLogger.withLevels(core.levels))(core, originOf(core, category, fields), undefined)
  return made as unknown as Logger
}

/** The logger of a request: its records, and those of its children, carry that request's context wherever they are made. */
export function requestLogger(logger: Logger, request: RequestContext): Logger {
  // One of another copy of this package, or somebody's stand-in, knows the request by the running context.
  if (!(logger instanceof BareLogger)) return logger
  return BareLogger.within(logger, request) as unknown as Logger
}

function originOf(core: LoggerCore, category: string, fields: Fields | undefined): RecordOrigin {
  return { category, fields, redactor: core.redactor, brief: core.brief, memo: new Map() }
}

/** The page of an error shows what its request has logged. */
function tellStory(story: Story, entry: LogEntry): void {
  quietly(() => {
    const category = entry.logger === '' ? '' : `${entry.logger}: `
    const fields = fieldsText(entry, SCOPE_FIELDS)
    story.line(entry.level, `${category}${entry.message}${fields === '' ? '' : `  ${fields}`}`)
  })
}

/** Fields that are the same for every line of a request: its page has them. */
const SCOPE_FIELDS: ReadonlySet<string> = new Set(['requestId', 'traceId', 'spanId', 'method', 'url'])

function passes(gate: (record: LogRecord) => boolean, entry: LogEntry): boolean {
  return quietly(() => gate(entry)) !== false
}

function quietly<T>(action: () => T): T | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
