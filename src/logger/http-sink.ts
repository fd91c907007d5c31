/** Records to a server: batches of JSON or NDJSON, to Loki, or to any OpenTelemetry collector. */

import { type Check, checkArgument, isBoolean, isOneOf, isString, resolveOptions } from '../core/options.ts'
import { BatchQueue } from './batch-queue.ts'
import {
  type BatchOptions,
  DELIVERY_CHECKS,
  DELIVERY_DEFAULTS,
  type SpoolOptions,
  spoolOf,
} from './delivery-options.ts'
import { type FormatChoice, formatOf, isFormat } from './formats.ts'
import { type HttpShape, httpDelivery } from './http-delivery.ts'
import { lokiShape } from './loki-shape.ts'
import { otlpShape } from './otlp-shape.ts'
import { type LogRecord, textOf } from './record.ts'
import type { Sink } from './sink.ts'
import { Trouble } from './trouble.ts'

/** Options of {@link httpSink}, {@link lokiSink} and {@link otlpSink}. */
export interface HttpSinkOptions extends BatchOptions, SpoolOptions {
  /** Default `POST`. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Send bodies packed with gzip. Default false. */
  readonly compress?: boolean
}

/** Further options of {@link httpSink}. */
export interface HttpBatchOptions extends HttpSinkOptions {
  /** `json`: an array of the records; `ndjson`: a line each. Default `ndjson`. */
  readonly body?: 'json' | 'ndjson'
  /** How a record looks. Default `json`; with `body: 'json'` it must give JSON. */
  readonly format?: FormatChoice
}

/** Further options of {@link lokiSink}. */
export interface LokiSinkOptions extends HttpSinkOptions {
  /** Labels of the stream, beside `level`. */
  readonly labels?: Readonly<Record<string, string>>
}

/** Further options of {@link otlpSink}. */
export interface OtlpSinkOptions extends HttpSinkOptions {
  /** Attributes of the resource: `{ 'service.name': 'shop' }`. */
  readonly resource?: Readonly<Record<string, string>>
}

const isRecord = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')
    ? undefined
    : 'an object of texts'

const CHECKS = {
  method: isString,
  headers: isRecord,
  compress: isBoolean,
  ...DELIVERY_CHECKS,
} as const

const DEFAULTS = { ...DELIVERY_DEFAULTS, method: 'POST', compress: false }

type Given = Readonly<HttpSinkOptions & typeof DEFAULTS>

/**
 * A sink that sends batches to a URL: at least once, in order, tried again while the receiver is down.
 * @throws {ConfigError} for a URL that cannot be read, or an option that is not right
 */
export function httpSink(url: string | URL, options?: HttpBatchOptions): Sink {
  const checks = { ...CHECKS, body: isOneOf('json', 'ndjson'), format: isFormat }
  const defaults = { ...DEFAULTS, body: 'ndjson' as 'json' | 'ndjson', format: 'json' as FormatChoice }
  const given = resolveOptions<HttpBatchOptions, typeof defaults>('httpSink', options, checks, defaults)
  const format = formatOf(given.format, { color: false, dateFormat: undefined })
  const isList = given.body === 'json'
  return sinkFor('httpSink', url, given, {
    item: (record) => textOf(record, format).trimEnd(),
    compose: (items) => (isList ? `[${items.join(',')}]` : `${items.join('\n')}\n`),
    contentType: isList ? 'application/json' : 'application/x-ndjson',
  })
}

/** A sink that pushes to Grafana Loki: the URL of its `/loki/api/v1/push`. */
export function lokiSink(url: string | URL, options?: LokiSinkOptions): Sink {
  const checks = { ...CHECKS, labels: isRecord }
  const given = resolveOptions<LokiSinkOptions, typeof DEFAULTS>('lokiSink', options, checks, DEFAULTS)
  return sinkFor('lokiSink', url, given, lokiShape(given.labels ?? {}))
}

/** A sink that sends OpenTelemetry logs as OTLP/HTTP JSON: the URL of a collector's `/v1/logs`. */
export function otlpSink(url: string | URL, options?: OtlpSinkOptions): Sink {
  const checks = { ...CHECKS, resource: isRecord }
  const given = resolveOptions<OtlpSinkOptions, typeof DEFAULTS>('otlpSink', options, checks, DEFAULTS)
  return sinkFor('otlpSink', url, given, otlpShape(given.resource ?? {}))
}

function sinkFor(factory: string, url: string | URL, given: Given, shape: HttpShape): Sink {
  const text = url instanceof URL ? url.href : url
  checkArgument(factory, 'the URL', text, isHttpUrl)
  const target = new URL(text)
  const label = `http ${target.host}`
  const trouble = new Trouble(label)
  const { method, headers = {}, compress } = given
  const { compose, contentType, onAnswer } = shape
  const deliver = httpDelivery({
    url: target.href,
    method,
    headers,
    contentType,
    compress,
    compose,
    onAnswer,
  })
  const queue = new BatchQueue(given, deliver, trouble, spoolOf(given))
  const sink = (record: LogRecord): void => queue.push(shape.item(record))
  return Object.assign(sink, {
    label,
    flush: queue.flush,
    flushSync: () => queue.flushSync(false),
    close: () => queue.close(),
    onTrouble: trouble.listen.bind(trouble),
  })
}

const isHttpUrl: Check = (value) =>
  typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? undefined
    : 'an absolute http: or https: URL such as "http://localhost:4318/v1/logs"'
