/**
 * The measuring that needs a hand on the response: byte counts and the moment of the header.
 * Each function is called once for an exchange and only when something asks for its number. What it puts on the
 * response keeps its original's arguments, return value, throws and `this`.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connection } from './connection.ts'

/** The part of an exchange that is measured here; all times are ms of the monotonic clock. */
export interface Measured {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly connection: Connection
  headersMs: number
  uploadMs: number
  bodyBytesCounted: number
  requestBodyBytes: number
  wireBytesIn: number
  wireBytesOut: number
}

/** Writes of whatever kind, seen as one function. */
// biome-ignore lint/suspicious/noExplicitAny: `this` is whatever the caller has; each use names what it needs of it
type AnyCall = (this: any, ...args: unknown[]) => unknown

/** Something that writes: a response, or an HTTP/2 stream below one. */
interface Writing {
  write: AnyCall
  end: AnyCall
  readonly writableEnded?: boolean
  readonly destroyed?: boolean
}

/** Counts the bytes of the body as they are handed over, below whatever wraps the response later (compression). */
export function countBody(exchange: Measured): void {
  const target = (http2StreamOf(exchange.req) ?? exchange.res) as unknown as Writing
  const { write, end } = target
  // Some responses call their own `write` from `end`.
  let ending = false
  target.write = function countedWrite(this: Writing, chunk, encoding, callback) {
    const open = !ending && this.writableEnded !== true && this.destroyed !== true
    const result = write.call(this, chunk, encoding, callback)
    if (open) exchange.bodyBytesCounted += sizeOf(chunk, encoding)
    return result
  }
  target.end = function countedEnd(this: Writing, chunk, encoding, callback) {
    const open = !ending && this.writableEnded !== true && this.destroyed !== true
    ending = true
    try {
      const result = end.call(this, chunk, encoding, callback)
      if (open) exchange.bodyBytesCounted += sizeOf(chunk, encoding)
      return result
    } finally {
      ending = false
    }
  }
}

/** Notes when the header is written. */
export function timeHeaders(exchange: Measured): void {
  const stream = http2StreamOf(exchange.req) as unknown as Record<string, AnyCall> | undefined
  const target = stream ?? (exchange.res as unknown as Record<string, AnyCall>)
  const names = stream === undefined ? ['writeHead'] : ['respond', 'respondWithFD', 'respondWithFile']
  for (const name of names) {
    const inner = target[name]
    if (inner === undefined) continue
    target[name] = function timed(this: unknown, ...args) {
      const now = performance.now()
      const result = inner.apply(this, args)
      if (exchange.headersMs === 0) exchange.headersMs = now
      return result
    }
  }
}

/**
 * Counts what went over the connection for this exchange, header and framing included.
 * Taken at the end as the difference to the end of the exchange before; a pipelined request's own share of what was
 * read is worked out from its header.
 */
export function countWire(exchange: Measured): void {
  const { connection, res } = exchange
  const take = (): void => {
    const { socket } = connection
    const written = socket.bytesWritten ?? 0
    exchange.wireBytesOut += written - connection.writtenAccounted
    connection.writtenAccounted = written
    const read = socket.bytesRead ?? 0
    exchange.wireBytesIn += read - connection.readAccounted
    connection.readAccounted = read
  }
  // Before Node hands the socket to the next pipelined response.
  res.prependListener('finish', take)
  res.prependListener('close', () => {
    if (!res.writableFinished) take()
  })
}

/** Counts the request's body as it reaches the application. */
export function countRequestBody(exchange: Measured): void {
  const target = (http2StreamOf(exchange.req) ?? exchange.req) as unknown as { push: AnyCall }
  const { push } = target
  target.push = function counted(this: IncomingMessage, chunk, encoding) {
    if (chunk !== null && chunk !== undefined) {
      if (exchange.uploadMs === 0) exchange.uploadMs = performance.now()
      exchange.requestBodyBytes += sizeOf(chunk, encoding)
    }
    return push.call(this, chunk, encoding)
  }
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}

function http2StreamOf(req: IncomingMessage): object | undefined {
  return (req as { stream?: object }).stream
}
