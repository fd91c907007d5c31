/** One record as one line of JSON: `{"time":…,"level":…,"logger":…,"msg":…, fields}`. The default of files. */

import { isOneOf, resolveOptions } from '../core/options.ts'
import type { Chunk } from './chunk.ts'
import { JsonBytes } from './json-bytes.ts'
import { quote } from './json-text.ts'
import { JSON_LIMITS, JsonWriter } from './json-value.ts'
import { mergeFields } from './merge-fields.ts'
import { type Format, LogEntry, type LogRecord } from './record.ts'
import type { RecordOrigin, ScopeFields } from './record-origin.ts'
import type { Redactor } from './redactor.ts'

/** How {@link jsonFormat} writes. */
export interface JsonFormatOptions {
  /** `iso` (`2013-01-08T12:50:45.123Z`, default) or `epoch` (milliseconds). */
  readonly time?: 'iso' | 'epoch'
}

/** What is the same for all records of one logger. */
interface Prepared {
  readonly writer: JsonWriter
  /** Draws straight into bytes; undefined where each field must be looked up among masked paths. */
  readonly pen: JsonBytes | undefined
  /** From the closing of the time to the beginning of the message, by level. */
  readonly heads: Map<string, Piece>
  readonly category: string
  /** The rendered fields of the logger. */
  readonly bound: Piece
}

/** What is drawn once and used for many lines. */
interface Piece {
  readonly text: string
  readonly bytes: Buffer
  readonly keys: ReadonlySet<string>
}

const NO_KEYS: ReadonlySet<string> = new Set()
const NO_PIECE: Piece = { text: '', bytes: Buffer.alloc(0), keys: NO_KEYS }

/** Makes a format that draws records as JSON lines. Bounded: depth 10, 1,000 entries, 64 Ki characters a text, 1 Mi a line. */
export function jsonFormat(options?: JsonFormatOptions): Format {
  const { time } = resolveOptions<JsonFormatOptions, { time: 'iso' | 'epoch' }>(
    'jsonFormat',
    options,
    { time: isOneOf('iso', 'epoch') },
    { time: 'iso' },
  )
  const clock = time === 'iso' ? isoClock() : (epochMs: number) => `{"time":${epochMs}`
  const writers = new Map<Redactor | undefined, JsonWriter>()

  const writerFor = (redactor: Redactor | undefined): JsonWriter => {
    let writer = writers.get(redactor)
    if (writer === undefined) {
      writer = new JsonWriter(JSON_LIMITS, redactor)
      if (writers.size < 100) writers.set(redactor, writer)
    }
    return writer
  }

  const prepare = (origin: RecordOrigin): Prepared => {
    const writer = writerFor(origin.redactor)
    writer.begin()
    const { fields, redactor, category } = origin
    const bound = fields === undefined ? NO_PIECE : pieceOf(writer.members(fields), fields)
    const pen = redactor?.paths === undefined ? new JsonBytes(writer, redactor) : undefined
    const prepared = { writer, pen, heads: new Map(), category, bound }
    origin.memo.set(format, prepared)
    return prepared
  }

  const preparedOf = (origin: RecordOrigin): Prepared =>
    (origin.memo.get(format) as Prepared | undefined) ?? prepare(origin)

  const prepareScope = (scope: ScopeFields, writer: JsonWriter): Piece => {
    writer.begin()
    const prepared = pieceOf(writer.members(scope.fields), scope.fields)
    scope.memo.set(format, prepared)
    return prepared
  }

  const scopeOf = (scope: ScopeFields | undefined, writer: JsonWriter): Piece =>
    scope === undefined
      ? NO_PIECE
      : ((scope.memo.get(format) as Piece | undefined) ?? prepareScope(scope, writer))

  const drawEntry = (entry: LogEntry): string => {
    const { origin, own } = entry
    const prepared = preparedOf(origin)
    const { writer, bound } = prepared
    const scope = scopeOf(entry.scope, writer)
    writer.begin()
    const head = clock(entry.time) + headOf(prepared, entry.level).text + writer.text(entry.message)
    if (meet(bound.keys, scope.keys, own)) {
      return `${head}${writer.members(mergeFields(origin.fields, entry.scope?.fields, own))}}\n`
    }
    return `${head}${bound.text}${scope.text}${own === undefined ? '' : writer.members(own)}}\n`
  }

  const drawInto = (entry: LogEntry, chunk: Chunk): boolean => {
    const { own } = entry
    const prepared = preparedOf(entry.origin)
    const { pen, bound, writer } = prepared
    if (pen === undefined) return false
    const scope = scopeOf(entry.scope, writer)
    const { at, epoch } = chunk
    pen.begin(chunk)
    return (
      pen.ascii(clock(entry.time)) &&
      pen.copy(headOf(prepared, entry.level).bytes) &&
      pen.text(entry.message) &&
      pen.copy(bound.bytes) &&
      pen.copy(scope.bytes) &&
      (own === undefined ? !meet(bound.keys, scope.keys, own) : pen.members(own, bound.keys, scope.keys)) &&
      pen.end(chunk, at, epoch)
    )
  }

  // A getter or `toJSON` of the application may log while its record is being drawn.
  let isDrawing = false
  const into = (entry: LogEntry, chunk: Chunk): boolean => {
    if (isDrawing) return false
    isDrawing = true
    try {
      return drawInto(entry, chunk)
    } catch {
      // A getter or a Proxy threw; the text says so.
      return false
    } finally {
      isDrawing = false
    }
  }

  const drawForeign = (record: LogRecord): string => {
    const writer = writerFor(undefined)
    writer.begin()
    const head = headText(record.level, record.logger)
    return `${clock(record.time)}${head}${writer.text(record.message)}${writer.members(record.fields)}}\n`
  }

  const format: Format = Object.assign(
    (record: LogRecord) => (record instanceof LogEntry ? drawEntry(record) : drawForeign(record)),
    { into },
  )
  return format
}

/** Whether two of the three sources of fields have a key in common. */
function meet(bound: ReadonlySet<string>, scope: ReadonlySet<string>, own: object | undefined): boolean {
  if (bound.size === 0 && scope.size === 0) return false
  if (scope.size > 0 && bound.size > 0) for (const key of scope) if (bound.has(key)) return true
  if (own === undefined) return false
  for (const key of Object.keys(own)) if (bound.has(key) || scope.has(key)) return true
  return false
}

function headOf(prepared: Prepared, level: string): Piece {
  let head = prepared.heads.get(level)
  if (head === undefined) {
    head = pieceOf(headText(level, prepared.category), {})
    prepared.heads.set(level, head)
  }
  return head
}

function pieceOf(text: string, fields: object): Piece {
  return { text, bytes: Buffer.from(text), keys: new Set(Object.keys(fields)) }
}

function headText(level: string, category: string): string {
  return `,"level":${quote(level)}${category === '' ? '' : `,"logger":${quote(category)}`},"msg":`
}

/** Draws times as `{"time":"…"`; remembers the last second and the last millisecond. */
function isoClock(): (epochMs: number) => string {
  let lastMs = Number.NaN
  let lastSecond = Number.NaN
  let secondText = ''
  let text = ''
  return (epochMs) => {
    if (epochMs === lastMs) return text
    const second = Math.floor(epochMs / 1000)
    if (second !== lastSecond) {
      secondText = isoText(epochMs).slice(0, -4)
      lastSecond = second
    }
    lastMs = epochMs
    text = `{"time":"${secondText}${String(Math.floor(epochMs) - second * 1000).padStart(3, '0')}Z"`
    return text
  }
}

/** ISO 8601 in UTC; the epoch itself for a time that no calendar holds. */
export function isoText(epochMs: number): string {
  const date = new Date(epochMs)
  return Number.isNaN(date.getTime()) ? '1970-01-01T00:00:00.000Z' : date.toISOString()
}
