/**
 * One request and its response, measured: when it came and ended, what was sent, how it ended.
 * All observers of one response share one measurement, and only what some observer needs is measured (see
 * {@link NEEDS}).
 */

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { shared } from '../core/shared.ts'
import { type Connection, connectionOf, type Queued, type SocketLike, tlsOf } from './connection.ts'
import {
  countBody,
  countRequestBody,
  countWire,
  type Measured,
  sharedCounters,
  timeHeaders,
} from './measure.ts'
import { sentStatus } from './sent-headers.ts'

/** What an observer needs to have measured beyond the times of start and end; bits. */
export const NEEDS = {
  /** Bytes of the response's body: wraps `res.write` and `res.end`. */
  bodyBytes: 1,
  /** The moment the header was written: wraps `res.writeHead`. */
  headersTime: 2,
  /** Bytes on the connection in both directions. */
  wireBytes: 4,
  /** Bytes of the request's body that reached the application, and when the first came: wraps `req.push`. */
  requestBody: 8,
  /** What is known of TLS, which a socket forgets when it closes. */
  tls: 16,
} as const

/**
 * How an exchange ended.
 * `ok`: the whole response was handed to the system. `aborted`: the client closed the connection first. `reset`: it
 * cut it (TCP reset, HTTP/2 RST_STREAM). `destroyed`: the server cut it. `timeout`: the server gave up waiting.
 * `upgraded`: a tunnel or another protocol took over, and has ended. `rejected`: the server answered by itself a
 * request that it could not or would not hand to the application.
 */
export type Outcome = 'ok' | 'aborted' | 'reset' | 'destroyed' | 'timeout' | 'upgraded' | 'rejected'

/** Told once when the exchange has ended. */
export interface ExchangeObserver {
  exchangeEnded(exchange: Exchange): void
}

/** What is used of an HTTP/2 stream. */
interface Http2Stream {
  readonly rstCode: number
  readonly aborted: boolean
}

/** Taken once: in Node it is an accessor of the global object, which is asked anew wherever it is named. */
const { performance } = globalThis

/** One for all copies of this package, so that they share an exchange. */
const EXCHANGE: unique symbol = shared('exchange-key', () => Symbol('rocksolid.exchange')) as never

export class Exchange implements Measured, Queued {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly connection: Connection
  /** The method and target as they were received, before any middleware could rewrite them. */
  readonly method: string
  readonly url: string
  /** Start by the wall clock, ms since 1970. */
  readonly startEpochMs: number
  /** Start and end by the monotonic clock, ms; end is 0 until the exchange has ended. */
  readonly startMs: number
  endMs = 0
  /** Monotonic ms when the response's header was written, when the first byte of the request's body came; else 0. */
  headersMs = 0
  uploadMs = 0
  /** Counted bytes, NaN when it cannot be known; see {@link NEEDS}. */
  bodyBytesCounted = 0
  requestBodyBytes = 0
  wireBytesIn = 0
  wireBytesOut = 0
  /** Number of this request on its connection, from 1. */
  readonly number: number
  /** It had to wait for an earlier response on its connection. */
  readonly pipelined: boolean
  /** What {@link NEEDS} is being measured. */
  measured = 0
  /** What the handler threw or was rejected with, when a wrapper has seen it. */
  failure: unknown
  /** The address that the framework has worked out from headers of proxies that the application trusts. */
  frameworkAddress: string | undefined
  /** Set by who takes the response out of Node's usual course. */
  forcedOutcome: Outcome | undefined
  forcedStatus: number | undefined
  ended = false
  /** A counted call of the response is going on; what it calls in turn is not counted again. */
  writing = false
  /** The response's own `end` has been called. */
  bodyEnded = false
  // Plain fields rather than #private ones: they are made for every request.
  readonly stream: Http2Stream | undefined
  /** Of the request; asked here once because a framework's requests are slow to ask. */
  readonly rawHeaders: readonly string[] | undefined
  readonly httpVersionMajor: number
  readonly httpVersionMinor: number
  private _neverSent = false
  private _released = false
  private _endStatus: number | undefined
  private _endOutcome: Outcome | undefined
  private _first: ExchangeObserver | undefined
  private _more: ExchangeObserver[] | undefined

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.startMs = performance.now()
    this.startEpochMs = Date.now()
    this.req = req
    this.res = res
    ;(res as { [EXCHANGE]?: Exchange })[EXCHANGE] = this
    this.method = req.method ?? ''
    this.url = (req as { originalUrl?: string }).originalUrl ?? req.url ?? ''
    this.rawHeaders = req.rawHeaders
    this.httpVersionMajor = req.httpVersionMajor
    this.httpVersionMinor = req.httpVersionMinor
    this.connection = connectionOf(req)
    this.number = ++this.connection.requests
    const current = this.connection.socket._httpMessage
    this.pipelined = current !== undefined && current !== null && current !== res
    this.stream = this.httpVersionMajor >= 2 ? (req as { stream?: Http2Stream }).stream : undefined
    recent.exchange = this
  }

  /** Node's object of the request's headers, with what middleware has added to it. */
  get headers(): IncomingHttpHeaders {
    return this.req.headers
  }

  /** Node's object of the request's trailers. */
  get trailers(): NodeJS.Dict<string> {
    return this.req.trailers
  }

  /** Adds an observer; the same one twice is told once. Who has a response begins with `observeExchange`. */
  observe(observer: ExchangeObserver, needs: number): void {
    if (this._first === undefined) this._first = observer
    else if (this._first !== observer && this._more?.includes(observer) !== true) {
      this._more ??= []
      this._more.push(observer)
    }
    this.measure(needs)
  }

  /** Begins to measure what is not yet measured of `needs`. */
  measure(needs: number): void {
    const missing = needs & ~this.measured
    if (missing === 0) return
    this.measured |= missing
    if (missing & NEEDS.bodyBytes) countBody(this, COUNTERS)
    if (missing & NEEDS.headersTime) timeHeaders(this)
    if (missing & NEEDS.wireBytes) countWire(this)
    if (missing & NEEDS.tls) tlsOf(this.connection)
    if (missing & NEEDS.requestBody) countRequestBody(this)
  }

  /** How many observers it has. */
  get observers(): number {
    return (this._first === undefined ? 0 : 1) + (this._more?.length ?? 0)
  }

  /** The status that went out; undefined when no header did. */
  get status(): number | undefined {
    return this.ended ? this._endStatus : this._statusNow()
  }

  get headersSent(): boolean {
    return this.status !== undefined
  }

  /**
   * Bytes of the body handed to the system, without transfer coding; 0 where HTTP allows none. Undefined when Node does
   * not tell them: of a file that an HTTP/2 stream sent by itself and that was cut short.
   */
  get bodyBytes(): number | undefined {
    const { status } = this
    if (status === undefined || status === 204 || status === 304 || this.method === 'HEAD') return 0
    return Number.isNaN(this.bodyBytesCounted) ? undefined : this.bodyBytesCounted
  }

  get outcome(): Outcome {
    return this._endOutcome ?? this._outcomeNow()
  }

  connectionClosed(): void {
    this._neverSent = true
    this.end()
  }

  /** Node has said 'close' of the response. */
  responseClosed(): void {
    this._released = hasLetGo(this.connection.socket, this.res)
    this.end()
  }

  /** Ends the measurement and tells the observers; later calls do nothing. */
  end(): void {
    if (this.ended) return
    this.endMs = performance.now()
    this._endStatus = this._statusNow()
    this._endOutcome = this._outcomeNow()
    this.ended = true
    if (recent.exchange === this) recent.exchange = undefined
    if (this.pipelined) this.connection.queue?.delete(this)
    this._first?.exchangeEnded(this)
    if (this._more !== undefined) for (const observer of this._more) observer.exchangeEnded(this)
  }

  private _statusNow(): number | undefined {
    if (this.forcedStatus !== undefined) return this.forcedStatus
    if (this._released) return this.res.statusCode
    return this._neverSent ? undefined : sentStatus(this.res, this.stream)
  }

  private _outcomeNow(): Outcome {
    return this.forcedOutcome ?? (this._completed() ? 'ok' : this._abortOutcome())
  }

  private _completed(): boolean {
    if (this._released) return true
    if (this._neverSent) return false
    const stream = this.stream
    // HTTP/2 says 'finish' of a cancelled stream too.
    if (stream !== undefined) return stream.rstCode === 0 && !stream.aborted && this.status !== undefined
    // `writableFinished`, and even 'finish', also come when a broken socket has thrown its buffer away.
    return this.res.writableFinished && !this.connection.socket.errored && !isDestroyed(this.res.socket)
  }

  private _abortOutcome(): Outcome {
    const stream = this.stream
    if (stream !== undefined) return stream.rstCode === 0 ? 'aborted' : 'reset'
    const { connection } = this
    if (connection.timedOut) return 'timeout'
    const { errored } = connection.socket
    // Node's parser has failed on what came behind this request, and Node has cut the connection.
    if (errored && isParseError(errored)) return 'destroyed'
    if (errored) return 'reset'
    return connection.socket.readableEnded === true ? 'aborted' : 'destroyed'
  }
}

/**
 * The exchange that was asked for last and goes on. Under Express each response has a hidden class of its own, so that
 * every property of it that is read costs a microsecond; most handlers answer before another request comes.
 */
const recent = shared<{ exchange: Exchange | undefined }>('recent-exchange', () => ({ exchange: undefined }))

/** The exchange of a response that is being observed. */
export function exchangeOf(res: object): Exchange | undefined {
  const { exchange } = recent
  if (exchange?.res === res) return exchange
  const found = (res as { [EXCHANGE]?: Exchange })[EXCHANGE]
  if (found?.ended === false) recent.exchange = found
  return found
}

/** Exchanges for which Node makes no response, by what stands for them: a stream, a request, an error of the parser. */
const byKey = shared('exchanges-by-key', () => new WeakMap<object, Exchange>())

/** The one exchange of `key`, so that several observers share it; `begin` makes it for the first. */
export function exchangeOfKey(key: object, begin: () => Exchange): Exchange {
  const known = byKey.get(key)
  if (known !== undefined) return known
  const exchange = begin()
  byKey.set(key, exchange)
  return exchange
}

const COUNTERS = sharedCounters(exchangeOf)

/**
 * Whether the connection lives on without a response that has closed, which is so only when the whole response was
 * handed to the system. Else, and where a runtime does not tell, the response itself must be asked.
 */
function hasLetGo(socket: SocketLike, res: object): boolean {
  const { _httpMessage: message } = socket
  return message !== undefined && message !== res && socket.destroyed === false && !socket.errored
}

/** A response that really finished has been detached from its socket. */
function isDestroyed(socket: Socket | null | undefined): boolean {
  return socket?.destroyed === true
}

function isParseError(error: Error): boolean {
  return String((error as NodeJS.ErrnoException).code).startsWith('HPE_')
}
