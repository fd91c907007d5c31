/** One record as one line of JSON: `{"time":…,"level":…,"logger":…,"msg":…, fields}`. The default of files. */

import { isOneOf, resolveOptions } from '../core/options.ts'
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
  /** From the closing of the time to the beginning of the message, by level. */
  readonly heads: Map<string, string>
  readonly category: string
  /** The rendered fields of the logger. */
  readonly bound: string
  readonly boundKeys: ReadonlySet<string>
}

interface PreparedScope {
  readonly text: string
  readonly keys: ReadonlySet<string>
}

const NO_KEYS: ReadonlySet<string> = new Set()
const NO_SCOPE: PreparedScope = { text: '', keys: NO_KEYS }

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
    const bound = origin.fields === undefined ? '' : writer.members(origin.fields)
    const boundKeys = origin.fields === undefined ? NO_KEYS : new Set(Object.keys(origin.fields))
    const prepared = { writer, heads: new Map(), category: origin.category, bound, boundKeys }
    origin.memo.set(format, prepared)
    return prepared
  }

  const prepareScope = (scope: ScopeFields, writer: JsonWriter): PreparedScope => {
    const prepared = { text: writer.members(scope.fields), keys: new Set(Object.keys(scope.fields)) }
    scope.memo.set(format, prepared)
    return prepared
  }

  const drawEntry = (entry: LogEntry): string => {
    const { origin, own } = entry
    const prepared = (origin.memo.get(format) as Prepared | undefined) ?? prepare(origin)
    const { writer } = prepared
    writer.begin()
    const scope =
      entry.scope === undefined
        ? NO_SCOPE
        : ((entry.scope.memo.get(format) as PreparedScope | undefined) ?? prepareScope(entry.scope, writer))
    const head = clock(entry.time) + headOf(prepared, entry.level) + writer.text(entry.message)
    if (meet(prepared.boundKeys, scope.keys, own)) {
      return `${head}${writer.members(mergeFields(origin.fields, entry.scope?.fields, own))}}\n`
    }
    return `${head}${prepared.bound}${scope.text}${own === undefined ? '' : writer.members(own)}}\n`
  }

  const drawForeign = (record: LogRecord): string => {
    const writer = writerFor(undefined)
    writer.begin()
    const head = headText(record.level, record.logger)
    return `${clock(record.time)}${head}${writer.text(record.message)}${writer.members(record.fields)}}\n`
  }

  const format: Format = (record) => (record instanceof LogEntry ? drawEntry(record) : drawForeign(record))
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

function headOf(prepared: Prepared, level: string): string {
  let head = prepared.heads.get(level)
  if (head === undefined) {
    head = headText(level, prepared.category)
    prepared.heads.set(level, head)
  }
  return head
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
