/** The shapes of JSON lines: our own, Elastic Common Schema, OpenTelemetry, Google Cloud, or one of the application. */

import type { Level } from '../core/levels.ts'
import type { Exchange } from '../http/exchange.ts'
import { knownRequestId } from '../http/request-ids.ts'
import type { Value } from './field.ts'
import { routeOf } from './fields-application.ts'
import { errorText, failed, failureOf } from './fields-response.ts'
import { durationOf, headersAfter } from './fields-time.ts'
import type { SchemaLeaf, SchemaObject, SchemaValue } from './json-line.ts'

/** The names of the schemas that are built in. */
export const SCHEMA_NAMES = ['rocksolid', 'ecs', 'otel', 'gcp'] as const

/** One of {@link SCHEMA_NAMES}. */
export type SchemaName = (typeof SCHEMA_NAMES)[number]

/** What a schema is built with. */
export interface SchemaTools {
  /** A field by name, such as `req` with `accept`. */
  readonly field: (name: string, argument?: string) => SchemaLeaf
  readonly level: (exchange: Exchange) => Level
  /** True when the request took longer than the option `slow`; undefined without one. */
  readonly isSlow: (exchange: Exchange) => boolean | undefined
}

type Members = SchemaObject['members']

const object = (...members: Members): SchemaObject => ({ members })

const computed = (read: (exchange: Exchange) => Value | boolean): SchemaLeaf => ({ needs: 0, read })

const constant = (value: Value): SchemaLeaf => ({ needs: 0, read: () => value })

const errorPart = (part: string): SchemaLeaf =>
  computed((exchange) => (failed(exchange) ? errorText(failureOf(exchange), part) : undefined))

/** Milliseconds with three digits after the point, as a number. */
const rounded = (ms: number | undefined): number | undefined =>
  ms === undefined ? undefined : Math.round(ms * 1000) / 1000

const utc: SchemaLeaf = computed((exchange) => new Date(exchange.startEpochMs).toISOString())

const list = (...values: readonly string[]): SchemaLeaf => ({ needs: 0, read: () => values })

const textOf = (leaf: SchemaLeaf): SchemaLeaf => ({
  needs: leaf.needs,
  read: (exchange) => {
    const value = leaf.read(exchange)
    return value === undefined ? undefined : String(value)
  },
})

/** The kind of failure: the error's, the way it ended early, or the status as text. */
const errorOrOutcome: SchemaLeaf = computed((exchange) => {
  if (exchange.outcome !== 'ok' && exchange.outcome !== 'upgraded') return exchange.outcome
  if (!failed(exchange)) return undefined
  return errorText(failureOf(exchange), 'name') ?? String(exchange.status)
})

const own = ({ field, level, isSlow }: SchemaTools): SchemaObject =>
  object(
    ['time', field('time', 'iso')],
    ['level', computed(level)],
    ['phase', computed(({ ended }) => (ended ? undefined : 'start'))],
    ['remote_addr', field('remote-addr')],
    ['user', field('remote-user')],
    ['method', field('method')],
    ['url', field('url')],
    ['route', field('route')],
    ['protocol', field('protocol')],
    ['status', field('status')],
    ['outcome', field('outcome')],
    ['bytes', field('bytes')],
    ['duration_ms', computed((exchange) => (exchange.ended ? rounded(durationOf(exchange)) : undefined))],
    ['ttfb_ms', { ...field('ttfb'), read: (exchange) => rounded(headersAfter(exchange)) }],
    ['slow', computed((exchange) => isSlow(exchange) || undefined)],
    ['host', field('req', 'host')],
    ['referrer', field('referrer')],
    ['user_agent', field('user-agent')],
    ['request_id', computed((exchange) => knownRequestId(exchange.req, exchange))],
    ['trace_id', field('trace-id')],
    [
      'error',
      object(['type', errorPart('name')], ['message', errorPart('message')], ['stack', errorPart('stack')]),
    ],
  )

/** https://www.elastic.co/docs/reference/ecs */
const ecs = ({ field, level }: SchemaTools): SchemaObject =>
  object(
    ['@timestamp', utc],
    ['log.level', computed(level)],
    ['message', field('request-line')],
    ['ecs.version', constant('8.11.0')],
    [
      'event',
      object(
        ['dataset', constant('http.access')],
        ['kind', constant('event')],
        ['category', list('web')],
        ['outcome', computed((exchange) => (failed(exchange) ? 'failure' : 'success'))],
        ['duration', computed((exchange) => Math.round(durationOf(exchange) * 1e6))],
      ),
    ],
    ['client', object(['ip', field('remote-addr')], ['port', field('peer-port')])],
    ['user', object(['name', field('remote-user')])],
    [
      'http',
      object(
        ['version', field('http-version')],
        [
          'request',
          object(
            ['id', computed((exchange) => knownRequestId(exchange.req, exchange))],
            ['method', field('method')],
            ['referrer', field('referrer')],
          ),
        ],
        ['response', object(['status_code', field('status')], ['body', object(['bytes', field('bytes')])])],
      ),
    ],
    [
      'url',
      object(
        ['original', field('url')],
        ['path', field('path')],
        ['query', field('args')],
        ['scheme', field('scheme')],
        ['domain', field('host')],
        ['port', field('host-port')],
      ),
    ],
    ['user_agent', object(['original', field('user-agent')])],
    ['trace', object(['id', field('trace-id')])],
    [
      'error',
      object(
        ['type', errorOrOutcome],
        ['message', errorPart('message')],
        ['stack_trace', errorPart('stack')],
      ),
    ],
  )

const KNOWN_METHODS = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
  'QUERY',
])

/** Attributes of an HTTP server span; https://opentelemetry.io/docs/specs/semconv/http/http-spans/ */
const otel = ({ field, level }: SchemaTools): SchemaObject =>
  object(
    ['timestamp', utc],
    ['severity_text', computed((exchange) => level(exchange).toUpperCase())],
    ['severity_number', computed((exchange) => OTEL_SEVERITY[level(exchange)])],
    ['trace_id', field('trace-id')],
    ['span_id', field('span-id')],
    ['body', field('request-line')],
    [
      'attributes',
      object(
        ['http.request.method', computed(({ method }) => (KNOWN_METHODS.has(method) ? method : '_OTHER'))],
        [
          'http.request.method_original',
          computed(({ method }) => (KNOWN_METHODS.has(method) ? undefined : method)),
        ],
        ['url.scheme', field('scheme')],
        ['url.path', field('path')],
        ['url.query', field('args')],
        ['http.route', computed(routeOf)],
        ['http.response.status_code', field('status')],
        ['http.response.body.size', field('bytes')],
        ['error.type', errorOrOutcome],
        ['exception.message', errorPart('message')],
        ['exception.stacktrace', errorPart('stack')],
        ['network.protocol.name', constant('http')],
        [
          'network.protocol.version',
          computed(({ req }) =>
            req.httpVersionMinor === 0 && req.httpVersionMajor > 1
              ? String(req.httpVersionMajor)
              : `${req.httpVersionMajor}.${req.httpVersionMinor}`,
          ),
        ],
        ['client.address', field('remote-addr')],
        ['network.peer.address', field('peer-addr')],
        ['network.peer.port', field('peer-port')],
        ['server.address', field('host')],
        ['server.port', field('host-port')],
        ['user_agent.original', field('user-agent')],
        [
          'http.server.request.duration',
          computed((exchange) => Math.round(durationOf(exchange) * 1000) / 1e6),
        ],
      ),
    ],
  )

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#HttpRequest */
const gcp = ({ field, level }: SchemaTools): SchemaObject =>
  object(
    ['time', utc],
    ['severity', computed((exchange) => GCP_SEVERITY[level(exchange)])],
    ['message', field('request-line')],
    [
      'httpRequest',
      object(
        ['requestMethod', field('method')],
        ['requestUrl', field('url')],
        ['requestSize', textOf(field('wire-bytes', 'in'))],
        ['status', field('status')],
        ['responseSize', textOf(field('wire-bytes', 'out'))],
        ['userAgent', field('user-agent')],
        ['remoteIp', field('remote-addr')],
        ['serverIp', field('local-addr')],
        ['referer', field('referrer')],
        ['latency', computed((exchange) => `${(durationOf(exchange) / 1000).toFixed(6)}s`)],
        ['protocol', field('protocol')],
      ),
    ],
    ['logging.googleapis.com/trace', field('trace-id')],
    ['logging.googleapis.com/spanId', field('span-id')],
    ['stack_trace', errorPart('stack')],
  )

const OTEL_SEVERITY: Readonly<Record<Level, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
}

const GCP_SEVERITY: Readonly<Record<Level, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
}

const SCHEMAS: Readonly<Record<SchemaName, (tools: SchemaTools) => SchemaObject>> = {
  rocksolid: own,
  ecs,
  otel,
  gcp,
}

/** Members by key: a field's name (`req[accept]`), or further members. */
export type OwnSchema = { readonly [key: string]: string | OwnSchema }

/** Builds a built-in schema, or one of the application; names of fields are looked up by `tools.field`. */
export function buildSchema(schema: SchemaName | OwnSchema, tools: SchemaTools): SchemaObject {
  if (typeof schema === 'string') return SCHEMAS[schema](tools)
  return object(
    ...Object.entries(schema).map(([key, value]): readonly [string, SchemaValue] => [
      key,
      typeof value === 'string' ? tools.field(value) : buildSchema(value, tools),
    ]),
  )
}
