/** morgan's tokens, with morgan's answers. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { clfTime } from '../../core/time.ts'
import type { Morgan } from './interface.ts'

/** What morgan leaves on requests and responses, for tokens of other people too. */
interface Noted {
  _startAt?: [number, number] | undefined
  _startTime?: Date | undefined
  _remoteAddress?: string | undefined
}

type NotedRequest = IncomingMessage & Noted & { readonly ip?: string; readonly originalUrl?: string }
type NotedResponse = ServerResponse & Noted & { readonly _header?: unknown }

export interface MorganExchange {
  readonly req: NotedRequest
  readonly res: NotedResponse
}

/** Remembers now as the start. */
export function noteStart(message: Noted): void {
  message._startAt = process.hrtime()
  message._startTime = new Date()
}

/** The address by framework, by morgan's own note, or by the socket. */
export function addressOf(req: NotedRequest): string | undefined {
  return req.ip || req._remoteAddress || req.connection?.remoteAddress || undefined
}

const CONTROLS = /[\0-\x1f\x7f-\x9f\u2028\u2029"\\]/g

const SHORT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** Control characters, quotes and backslashes as in JSON, so that a value stays within its quotes and its line. */
export function escapeToken(value: string): string {
  return value.replace(
    CONTROLS,
    (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Puts the tokens on `morgan`. */
export function defineTokens(morgan: Morgan): void {
  morgan
    .token('url', (req: NotedRequest) => req.originalUrl || req.url)
    .token('method', (req: NotedRequest) => req.method)
    .token('status', (_req, res: NotedResponse) => (headersSent(res) ? String(res.statusCode) : undefined))
    .token('referrer', ({ headers }: NotedRequest) => headers.referer || joined(headers.referrer))
    .token('remote-addr', addressOf)
    .token('remote-user', userOf)
    .token('pid', () => String(process.pid))
    .token('http-version', (req: NotedRequest) => `${req.httpVersionMajor}.${req.httpVersionMinor}`)
    .token('user-agent', (req: NotedRequest) => req.headers['user-agent'])
    .token('req', (req: NotedRequest, _res, field) => joined(req.headers[String(field).toLowerCase()]))
    .token('res', (_req, res: NotedResponse, field) =>
      headersSent(res) ? joined(res.getHeader(String(field))) : undefined,
    )
    .token('date', (_req, _res, shape) => dateText(new Date(), shape || 'web'))
    .token('response-time', (req: NotedRequest, res: NotedResponse, digits) =>
      req._startAt && res._startAt
        ? shown(millisecondsBetween(req._startAt, res._startAt), digits)
        : undefined,
    )
    .token('total-time', (req: NotedRequest, res: NotedResponse, digits) =>
      req._startAt && res._startAt
        ? shown(millisecondsBetween(req._startAt, process.hrtime()), digits)
        : undefined,
    )
}

function headersSent(res: NotedResponse): boolean {
  return typeof res.headersSent === 'boolean' ? res.headersSent : Boolean(res._header)
}

function joined(value: string | number | readonly string[] | undefined): string | number | undefined {
  return typeof value === 'object' ? value.join(', ') : value
}

function dateText(date: Date, shape: string): string | undefined {
  if (shape === 'clf') return clfTime(date.getTime(), true)
  if (shape === 'iso') return date.toISOString()
  return shape === 'web' ? date.toUTCString() : undefined
}

function millisecondsBetween(from: readonly [number, number], to: readonly [number, number]): number {
  return (to[0] - from[0]) * 1e3 + (to[1] - from[1]) * 1e-6
}

function shown(ms: number, digits: string | undefined): string {
  return ms.toFixed(digits === undefined ? 3 : Number(digits))
}

/** The user of Basic credentials, decoded as UTF-8. */
function userOf(req: NotedRequest): string | undefined {
  const match = /^ *basic +([A-Za-z0-9._~+/-]+=*) *$/i.exec(req.headers.authorization ?? '')
  const pair = /^([^:]*):/.exec(Buffer.from(match?.[1] ?? '', 'base64').toString())
  return pair?.[1]
}
