/** Records as OpenTelemetry's log data model in OTLP/HTTP JSON. Specification: opentelemetry.io, OTLP 1.x. */

import { DeliveryError } from './batch-queue.ts'
import type { HttpShape } from './http-delivery.ts'
import { jsonFormat } from './json-format.ts'
import { wellFormed } from './json-text.ts'
import { nanoseconds } from './loki-shape.ts'
import { type LogRecord, textOf } from './record.ts'

/** The specification's SeverityNumber: four to a level, the first of each for the plain one. */
const SEVERITIES: readonly (readonly [least: number, number: number])[] = [
  [60, 21],
  [50, 17],
  [40, 13],
  [30, 9],
  [20, 5],
]

/** An error as its JSON line has it. */
interface ErrorFields {
  readonly type?: unknown
  readonly message?: unknown
  readonly stack?: unknown
  readonly errors?: unknown
  readonly cause?: unknown
}

interface KeyValue {
  readonly key: string
  readonly value: object
}

/** @param resource attributes of the resource, `service.name` first among them */
export function otlpShape(resource: Readonly<Record<string, string>>): HttpShape {
  const format = jsonFormat()
  const attributes = Object.entries(resource).map(([key, value]) => ({ key, value: { stringValue: value } }))
  const head = `{"resourceLogs":[{"resource":{"attributes":${JSON.stringify(attributes)}},"scopeLogs":[{"scope":{"name":"rocksolid"},"logRecords":[`
  return {
    item: (record) => JSON.stringify(logRecord(record, textOf(record, format))),
    compose: (items) => `${head}${items.join(',')}]}]}]}`,
    contentType: 'application/json',
    onAnswer: refused,
  }
}

/** The fields go by way of their JSON line, which is bounded, masked and safe. */
function logRecord(record: LogRecord, line: string): object {
  const { time: _time, level: _level, msg, logger, ...fields } = JSON.parse(line) as Record<string, unknown>
  const { traceId, spanId, ...rest } = fields
  const attributes = [
    ...(logger === undefined ? [] : [{ key: 'logger.name', value: anyValue(logger) }]),
    ...Object.entries(rest).flatMap(([key, value]) => attributesOf(key, value)),
  ]
  return {
    timeUnixNano: nanoseconds(record.time),
    observedTimeUnixNano: nanoseconds(record.time),
    severityNumber: SEVERITIES.find(([least]) => record.severity >= least)?.[1] ?? 1,
    severityText: record.level.toUpperCase(),
    body: anyValue(msg),
    attributes,
    ...(isHex(traceId, 32) ? { traceId } : {}),
    ...(isHex(spanId, 16) ? { spanId } : {}),
  }
}

/** An error has names of its own in the semantic conventions. */
function attributesOf(key: string, value: unknown): KeyValue[] {
  const error = value as ErrorFields | null
  if (key === 'err' && typeof error === 'object' && error !== null && 'type' in error) {
    return [
      { key: 'exception.type', value: anyValue(error.type) },
      { key: 'exception.message', value: anyValue(error.message ?? '') },
      { key: 'exception.stacktrace', value: anyValue(stackText(error)) },
    ]
  }
  return [{ key, value: anyValue(value) }]
}

/** The stack with those of members and causes below, as runtimes print them. */
function stackText({ stack, type, message, errors, cause }: ErrorFields): string {
  const own = typeof stack === 'string' ? stack : `${String(type)}: ${String(message)}`
  const members = Array.isArray(errors) ? errors.map((one) => below('Member', one)) : []
  return [own, ...members, ...(cause === undefined ? [] : [below('Caused by', cause)])].join('\n')
}

function below(lead: string, error: unknown): string {
  const isError = typeof error === 'object' && error !== null && 'type' in error
  return `${lead}: ${isError ? stackText(error) : typeof error === 'string' ? error : JSON.stringify(error)}`
}

function anyValue(value: unknown): object {
  // Protocol Buffers take valid UTF-8 only.
  if (typeof value === 'string') return { stringValue: wellFormed(value) }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  if (typeof value === 'object' && value !== null) {
    const values = Object.entries(value).map(([key, one]) => ({ key, value: anyValue(one) }))
    return { kvlistValue: { values } }
  }
  return {}
}

const isHex = (value: unknown, length: number): boolean =>
  typeof value === 'string' && value.length === length && /^[\da-f]+$/.test(value)

/** A collector that took only some says how many it refused; those must not be sent again. */
function refused(text: string): void {
  let answer: { partialSuccess?: { rejectedLogRecords?: unknown; errorMessage?: unknown } } | null
  try {
    answer = JSON.parse(text) as typeof answer
  } catch {
    return
  }
  const { rejectedLogRecords: rejected, errorMessage: why } = answer?.partialSuccess ?? {}
  // A 64-bit number, which JSON has as a text.
  const count = typeof rejected === 'string' || typeof rejected === 'number' ? Number(rejected) : 0
  if (!(count > 0)) return
  const message = `the collector refused ${count} records: ${typeof why === 'string' ? why : 'it did not say why'}`
  throw new DeliveryError(message, 'never', undefined, count)
}
