/**
 * The measuring that needs a hand on the response: byte counts and the moment of the header.
 * Each function is called once for an exchange and only when something asks for its number. What it puts on the
 * response keeps its original's arguments, return value, throws and `this`.
 */

import { Buffer } from 'node:buffer'
import { fstatSync } from 'node:fs'
import { type IncomingMessage, ServerResponse } from 'node:http'
import { countBelow } from './body-below.ts'
import type { Connection } from './connection.ts'

/** The part of an exchange that is measured here; all times are ms of the monotonic clock. */
export interface Measured {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly connection: Connection
  /** The HTTP/2 stream below request and response. */
  readonly stream: object | undefined
  readonly number: number
  readonly method: string
  readonly url: string
  headersMs: number
  uploadMs: number
  bodyBytesCounted: number
  readonly pipelined: boolean
  writing: boolean
  bodyEnded: boolean
  requestBodyBytes: number
  wireBytesIn: number
  wireBytesOut: number
}

/** Writes of whatever kind, seen as one function. */
// biome-ignore lint/suspicious/noExplicitAny: `this` is whatever the caller has; each use names what it needs of it
type AnyCall = (this: any, ...args: unknown[]) => unknown

/** Something that writes: a response, an HTTP/2 stream below one, or the prototype of responses. */
interface Writing {
  write: AnyCall
  end: AnyCall
  readonly writableEnded?: boolean
  readonly destroyed?: boolean
}

/**
 * Counts the bytes of the body as they are handed over, below whatever wraps the response later (compression).
 */
export function countBody(exchange: Measured, counters: Counters): void {
  const { res, stream } = exchange
  // Comparing is cheaper than asking for own properties.
  const { write, end } = ServerResponse.prototype
  if (stream !== undefined || res.write !== write || res.end !== end) {
    const add = (bytes: number): void => {
      exchange.bodyBytesCounted += bytes
    }
    if (stream === undefined && countBelow(res, add)) return
    if (stream !== undefined) countFiles(stream as Http2Files, exchange)
    countOn((stream ?? res) as unknown as Writing, exchange)
    return
  }
  const target = res as unknown as Writing
  target.write = counters.write
  target.end = counters.end
}

/** What is used of an HTTP/2 stream that sends a file by itself. */
type Http2Files = Partial<Record<'respondWithFile' | 'respondWithFD', AnyCall>> & {
  readonly sentHeaders?: Readonly<Record<string, unknown>>
  prependOnceListener(event: 'close', listener: () => void): unknown
  readonly rstCode?: number
  readonly aborted?: boolean
}

/**
 * A file goes from the system into the stream without passing `write`. Its length is the one that Node has put into
 * the header, or that of the descriptor; what was sent of one that was cut short nobody tells, so it is unknown.
 */
function countFiles(stream: Http2Files, exchange: Measured): void {
  for (const name of ['respondWithFile', 'respondWithFD'] as const) {
    const inner = stream[name]
    if (inner === undefined) continue
    stream[name] = function sent(this: unknown, ...args) {
      const size = name === 'respondWithFD' ? sizeOfFile(args[0], args[2]) : undefined
      stream.prependOnceListener('close', () => {
        const promised = stream.sentHeaders?.['content-length'] ?? size
        // No file was sent after all: it was not there, or the application answered in its place.
        if (promised === undefined) return
        const isWhole = stream.rstCode === 0 && stream.aborted !== true
        exchange.bodyBytesCounted += isWhole ? Number(promised) : Number.NaN
      })
      return inner.apply(this, args)
    }
  }
}

function sizeOfFile(descriptor: unknown, options: unknown): number | undefined {
  const { offset = 0, length = -1 } = (options ?? {}) as { offset?: number; length?: number }
  if (length >= 0) return length
  try {
    const fd = typeof descriptor === 'number' ? descriptor : (descriptor as { fd: number }).fd
    const file = fstatSync(fd)
    return file.isFile() ? file.size - Math.max(0, offset) : Number.NaN
  } catch {
    return undefined
  }
}

function countOn(target: Writing, exchange: Measured): void {
  for (const name of ['write', 'end'] as const) {
    const own = Object.hasOwn(target, name) ? target[name] : undefined
    target[name] = function counted(this: Writing, chunk, encoding, callback) {
      // An inherited method is looked up again each time: a framework may have changed the prototype meanwhile.
      const inner = own ?? (Object.getPrototypeOf(target) as Writing)[name]
      const isOver = this.writableEnded === true || this.destroyed === true
      return count(isOver ? undefined : exchange, this, inner, chunk, encoding, callback)
    }
  }
}

/** Methods that count. */
export interface Counters {
  readonly write: AnyCall
  readonly end: AnyCall
}

/**
 * The two methods for responses on which nobody has put methods of their own: the same functions for all of them,
 * which costs a response two properties and no closure.
 */
export function sharedCounters(find: (res: object) => Measured | undefined): Counters {
  return {
    write(this: Writing, chunk, encoding, callback) {
      const exchange = find(this)
      const inner = (Object.getPrototypeOf(exchange?.res ?? this) as Writing).write
      return count(isOpen(exchange, this) ? exchange : undefined, this, inner, chunk, encoding, callback)
    },
    end(this: Writing, chunk, encoding, callback) {
      const exchange = find(this)
      const inner = (Object.getPrototypeOf(exchange?.res ?? this) as Writing).end
      const result = count(
        isOpen(exchange, this) ? exchange : undefined,
        this,
        inner,
        chunk,
        encoding,
        callback,
      )
      if (exchange !== undefined) exchange.bodyEnded = true
      return result
    },
  }
}

/**
 * Whether what is written now is sent. The response is asked last: of a framework's each property that is read costs
 * a microsecond. One that was destroyed has taken its connection with it, if it had one.
 */
function isOpen(exchange: Measured | undefined, writing: Writing): boolean {
  if (exchange === undefined || exchange.bodyEnded) return false
  if (exchange.connection.socket.destroyed === false && !exchange.pipelined) return true
  return writing.destroyed !== true
}

/** Without an exchange nothing is counted. */
function count(
  exchange: Measured | undefined,
  writing: Writing,
  inner: AnyCall,
  chunk: unknown,
  encoding: unknown,
  callback: unknown,
): unknown {
  if (exchange === undefined || exchange.writing) return inner.call(writing, chunk, encoding, callback)
  exchange.writing = true
  try {
    const result = inner.call(writing, chunk, encoding, callback)
    exchange.bodyBytesCounted += sizeOf(chunk, encoding)
    return result
  } finally {
    exchange.writing = false
  }
}

/** Notes when the header is written. */
export function timeHeaders(exchange: Measured): void {
  const stream = exchange.stream as unknown as Record<string, AnyCall> | undefined
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
    const read = (socket.bytesRead ?? 0) - connection.readAccounted
    // What was read may already hold the requests behind this one.
    const own = connection.requests > exchange.number ? Math.min(read, requestSize(exchange)) : read
    exchange.wireBytesIn += own
    connection.readAccounted += own
  }
  // Before Node hands the socket to the next pipelined response.
  res.prependListener('finish', take)
  res.prependListener('close', () => {
    if (!res.writableFinished) take()
  })
}

/** Counts the request's body as it reaches the application. */
export function countRequestBody(exchange: Measured): void {
  const target = (exchange.stream ?? exchange.req) as unknown as { push: AnyCall }
  const { push } = target
  target.push = function counted(this: IncomingMessage, chunk, encoding) {
    if (chunk !== null && chunk !== undefined) {
      if (exchange.uploadMs === 0) exchange.uploadMs = performance.now()
      exchange.requestBodyBytes += sizeOf(chunk, encoding)
    }
    return push.call(this, chunk, encoding)
  }
}

/** Bytes of a request as it was received, worked out from its parts; more than any for a chunked body. */
function requestSize({ req, method, url }: Measured): number {
  let size = method.length + url.length + ' HTTP/1.1\r\n'.length + 1 + 2
  let body = 0
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [req.rawHeaders[index], req.rawHeaders[index + 1]]
    size += name.length + value.length + 4
    const lower = name.toLowerCase()
    if (lower === 'content-length') body = Number(value)
    if (lower === 'transfer-encoding') body = Number.POSITIVE_INFINITY
  }
  return size + body
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') {
    return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  return chunk instanceof Uint8Array ? chunk.byteLength : 0
}
