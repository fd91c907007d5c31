/** Fields of the response and of how the exchange ended. */

import { STATUS_CODES } from 'node:http'
import { type Exchange, NEEDS } from '../http/exchange.ts'
import { failuresOf } from '../http/failures.ts'
import { sentHeader, sentHeaderBytes, sentTrailer } from '../http/sent-headers.ts'
import { type Field, isToken, oneOf, simple } from './field.ts'
import { durationOf } from './fields-time.ts'

/** What ended the work for a request; asked only of requests that failed. */
export function failureOf(exchange: Exchange): unknown {
  if (exchange.failure !== undefined) return exchange.failure
  return failuresOf(exchange.req).at(-1) ?? (exchange.res as { err?: unknown }).err
}

/** Whether the status says that the server failed, or no status was sent at all. */
export const failed = (exchange: Exchange): boolean => (exchange.status ?? 500) >= 500

/** Whether it was the client who ended the exchange. */
export function clientLeft(exchange: Exchange): boolean {
  return exchange.ended && (exchange.outcome === 'aborted' || exchange.outcome === 'reset')
}

export const RESPONSE_FIELDS: readonly Field[] = [
  {
    name: 'status',
    about: 'Status that was sent; when the client left before any, 499 (see the option `abortedStatus`).',
    plain: true,
    bind:
      (_argument, { abortedStatus }) =>
      (exchange) =>
        exchange.status ?? (clientLeft(exchange) ? abortedStatus : undefined),
  },
  simple('status-phrase', 'Reason phrase of the status that was sent.', (exchange) => {
    const { status } = exchange
    return status === undefined ? undefined : exchange.res.statusMessage || STATUS_CODES[status]
  }),
  simple(
    'bytes',
    'Bytes of the body that were handed to the system, after compression, without chunk framing; 0 for HEAD, 204 and 304; missing when no header was sent, and of an HTTP/2 file that was cut short.',
    (exchange) => (exchange.headersSent ? exchange.bodyBytes : undefined),
    { needs: NEEDS.bodyBytes, plain: true, varies: true },
  ),
  simple(
    'header-bytes',
    "Bytes of the response's status line and header; missing on HTTP/2.",
    (exchange) => (exchange.headersSent ? sentHeaderBytes(exchange.res) || undefined : undefined),
    { plain: true },
  ),
  {
    name: 'res',
    about: 'A header of the response as it was sent, those that Node adds included; secrets masked.',
    argument: { about: 'name of the header, in any letter case', required: true, check: isToken },
    bind: (argument = '', { mask }) => {
      const name = argument.toLowerCase()
      const masked = mask.header(name)
      return (exchange) => {
        const values = exchange.headersSent ? sentHeader(exchange.res, name) : []
        return values.length === 0 ? undefined : masked(values.join(', '))
      }
    },
  },
  simple('content-type', 'Media type of the response without its parameters.', (exchange) => {
    const [value] = exchange.headersSent ? sentHeader(exchange.res, 'content-type') : []
    return value?.split(';')[0]?.trim()
  }),
  {
    name: 'res-trailer',
    about: 'A trailer that was sent after the body of the response.',
    argument: { about: 'name of the trailer, in any letter case', required: true, check: isToken },
    bind: (argument = '', { mask }) => {
      const name = argument.toLowerCase()
      const masked = mask.header(name)
      return (exchange) => {
        const values = sentTrailer(exchange.res, name)
        return values.length === 0 ? undefined : masked(values.join(', '))
      }
    },
  },
  simple(
    'outcome',
    'How it ended: `ok`, `aborted` (client closed), `reset` (client cut), `destroyed` (server cut), `timeout`, `upgraded`, `rejected`.',
    (exchange) => (exchange.ended ? exchange.outcome : undefined),
    { plain: true },
  ),
  simple(
    'request-completion',
    '`OK` when the whole response was sent, else empty.',
    (exchange) => (exchange.outcome === 'ok' ? 'OK' : ''),
    { plain: true },
  ),
  simple(
    'phase',
    '`start` in a line written when the request came, else `end`.',
    ({ ended }) => (ended ? 'end' : 'start'),
    {
      plain: true,
    },
  ),
  {
    name: 'level',
    about:
      'How serious it is: `error` from 500, `warn` from 400 and for what ended early, `debug` for OPTIONS, else `info`.',
    plain: true,
    bind: (_argument, settings) => settings.level,
  },
  {
    name: 'slow',
    about: '`slow` when the request took at least as long as the option `slow` says, else missing.',
    plain: true,
    bind:
      (_argument, { slow }) =>
      (exchange) =>
        slow !== undefined && durationOf(exchange) >= slow ? 'slow' : undefined,
  },
  {
    name: 'error',
    about: 'The error beside a status from 500: its name and message.',
    argument: {
      about: '`name`, `message`, `code` or `stack`',
      check: oneOf('name', 'message', 'code', 'stack'),
    },
    bind: (argument) => (exchange) =>
      failed(exchange) ? errorText(failureOf(exchange), argument) : undefined,
  },
]

/** A part of a thrown value as text; the error's own getters may throw. */
export function errorText(error: unknown, part?: string): string | undefined {
  if (error === undefined || error === null) return undefined
  try {
    if (!(error instanceof Error)) return part === undefined || part === 'message' ? String(error) : undefined
    if (part === 'stack') return typeof error.stack === 'string' ? error.stack : undefined
    if (part === 'code') return 'code' in error ? String(error.code) : undefined
    if (part === 'name') return String(error.name)
    return part === 'message' ? String(error.message) : `${error.name}: ${error.message}`
  } catch {
    return 'an error that cannot be shown'
  }
}
