/** What tells one request from all others, the same for every piece around it: lines and records can be joined by it. */

import { randomUUID } from 'node:crypto'
import { shared } from '../core/shared.ts'
import { makeStamp } from '../core/stamp.ts'
import { type HeaderSource, requestHeader } from './raw-headers.ts'

/** Ids of the W3C Trace Context in a request. */
export interface TraceIds {
  readonly traceId: string
  /** Of the caller's span. */
  readonly spanId: string
}

/** What a client or a proxy may give as an id; anything else could be mistaken for more than one. */
const READABLE_ID = /^[\w.:+=/-]{1,128}$/

/** https://www.w3.org/TR/trace-context/#traceparent-header; ids of zeros are no ids, and `ff` is no version. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-[\da-f]{2}(?:-.*)?$/

const made = shared('request-ids', () => makeStamp<string>())

/** {@link knownRequestId}, else 16 random hexadecimal digits, which it is then known by. */
export function requestIdOf(req: object, headers: HeaderSource): string {
  const known = knownRequestId(req, headers)
  if (known !== undefined) return known
  // 64 bits of it; Node makes UUIDs from random bytes it has in stock.
  const uuid = randomUUID()
  const id = uuid.slice(0, 8) + uuid.slice(-8)
  made.set(req, id)
  return id
}

/** `req.id` when the application has set one, else a readable header X-Request-Id, else the one that was made for it. */
export function knownRequestId(req: object, headers: HeaderSource): string | undefined {
  const { id } = req as { id?: unknown }
  if (typeof id === 'string' || typeof id === 'number') return String(id)
  const given = requestHeader(headers, 'x-request-id')
  return given !== undefined && READABLE_ID.test(given) ? given : made.get(req)
}

export function traceIdsOf(headers: HeaderSource): TraceIds | undefined {
  const [, traceId, spanId] = TRACEPARENT.exec(requestHeader(headers, 'traceparent') ?? '') ?? []
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId }
}
