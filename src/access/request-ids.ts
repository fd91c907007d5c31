/** What tells one request from all others. */

import { randomUUID } from 'node:crypto'
import { shared } from '../core/shared.ts'
import { makeStamp } from '../core/stamp.ts'
import type { Exchange } from '../http/exchange.ts'
import { requestHeader } from '../http/raw-headers.ts'

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/

const made = shared('request-ids', () => makeStamp<string>())

/** `req.id` when the application has set one, else the header X-Request-Id, else a random one in hexadecimal. */
export function requestIdOf(exchange: Exchange): string {
  const given = givenRequestId(exchange)
  if (given !== undefined) return given
  let own = made.get(exchange.req)
  if (own === undefined) {
    own = randomUUID().replaceAll('-', '')
    made.set(exchange.req, own)
  }
  return own
}

/** The id that the request came with, or that the application has given it. */
export function givenRequestId(exchange: Exchange): string | undefined {
  const { id } = exchange.req as { id?: unknown }
  if (typeof id === 'string' || typeof id === 'number') return String(id)
  return requestHeader(exchange, 'x-request-id') || undefined
}

/** The trace id of the request; https://www.w3.org/TR/trace-context/#traceparent-header */
export function traceOf(exchange: Exchange): string | undefined {
  return TRACEPARENT.exec(requestHeader(exchange, 'traceparent') ?? '')?.[1]
}

/** The id of the caller's span. */
export function spanOf(exchange: Exchange): string | undefined {
  return TRACEPARENT.exec(requestHeader(exchange, 'traceparent') ?? '')?.[2]
}
