/**
 * Exchanges for which Node makes no response object: upgrades and CONNECT, whose answer is written to the bare
 * socket, and requests that could not be parsed. What is written is watched for its header, nothing is changed.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { connectionOfSocket } from './connection.ts'
import { Exchange, exchangeOf, exchangeOfKey, type Outcome } from './exchange.ts'

/** Stands where a response would; filled from what is written to the socket. */
interface SeenResponse {
  statusCode: number
  statusMessage: string
  headersSent: boolean
  _header: string | null
  readonly writableFinished: boolean
  getHeader(): undefined
}

/** Most bytes of an answer in which the end of its header is looked for. */
const MAX_HEADER = 64 * 1024

/** The exchange of an upgrade or CONNECT; ends when the socket closes. Call it before the handler. */
export function tunnelExchange(req: IncomingMessage, socket: Socket): Exchange {
  return exchangeOfKey(req, () => {
    const exchange = sideExchange(req, socket)
    const switched = req.method === 'CONNECT' ? 2 : 1
    socket.once('close', () => {
      if (Math.floor((exchange.status ?? 0) / 100) === switched) exchange.forcedOutcome = 'upgraded'
      endSide(exchange, socket)
    })
    return exchange
  })
}

/** An error of Node's HTTP parser, as a server emits it with 'clientError'. */
export interface ClientError extends Error {
  readonly code?: string
  readonly rawPacket?: Buffer
}

/**
 * The exchange of a request that the parser refused; undefined when there was none to refuse. Call it before the
 * listeners of 'clientError'. When the parser failed in the body of a request that is known, that one is answered.
 */
export function rejectedExchange(error: ClientError, socket: Socket): Exchange | undefined {
  // The connection broke; nobody asked for anything that has no exchange of its own.
  if (error.code === 'ECONNRESET' || error.code === 'EPIPE' || error.code === 'ECONNABORTED') return undefined
  const outcome: Outcome = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timeout' : 'rejected'
  const message = (socket as { _httpMessage?: object })._httpMessage
  const open = message === undefined ? undefined : exchangeOf(message)
  if (open !== undefined) {
    if (open.headersSent || open.ended) return undefined
    open.failure ??= error
    const seen = watchAnswer(socket)
    // Before Node tells the response of the end of its socket.
    socket.prependOnceListener('close', () => {
      if (!seen.headersSent) return
      open.forcedStatus = seen.statusCode
      open.forcedOutcome = outcome
    })
    return undefined
  }
  return exchangeOfKey(error, () => {
    const exchange = sideExchange(requestOf(error, socket), socket)
    exchange.forcedOutcome = outcome
    exchange.failure = error
    socket.once('close', () => endSide(exchange, socket))
    return exchange
  })
}

function sideExchange(req: IncomingMessage, socket: Socket): Exchange {
  return new Exchange(req, watchAnswer(socket) as unknown as ServerResponse)
}

function endSide(exchange: Exchange, socket: Socket): void {
  const { connection } = exchange
  const written = socket.bytesWritten - connection.writtenAccounted
  const header = (exchange.res as unknown as SeenResponse)._header
  exchange.wireBytesOut = written
  exchange.wireBytesIn = socket.bytesRead - connection.readAccounted
  exchange.bodyBytesCounted = Math.max(0, written - (header?.length ?? 0))
  connection.writtenAccounted = socket.bytesWritten
  connection.readAccounted = socket.bytesRead
  exchange.end()
}

/** Reads the status and header out of the first bytes that are written. */
function watchAnswer(socket: Socket): SeenResponse {
  const seen: SeenResponse = {
    statusCode: 0,
    statusMessage: '',
    headersSent: false,
    _header: null,
    get writableFinished() {
      return this.headersSent
    },
    getHeader: () => undefined,
  }
  let text = ''
  const watched = socket as unknown as Record<'write' | 'end', AnyCall>
  const restores: (() => void)[] = []
  const stop = (): void => {
    for (const restore of restores.splice(0)) restore()
  }
  for (const name of ['write', 'end'] as const) {
    const hadOwn = Object.hasOwn(watched, name)
    const inner = watched[name]
    const watching: AnyCall = function watchedCall(this: unknown, ...args) {
      if (!seen.headersSent) {
        text += latin1Of(args[0], args[1])
        readHeader(text, seen)
        if (seen.headersSent || text.length > MAX_HEADER) stop()
      }
      return inner.apply(this, args)
    }
    watched[name] = watching
    restores.push(() => {
      if (watched[name] !== watching) return
      if (hadOwn) watched[name] = inner
      else delete (watched as Partial<typeof watched>)[name]
    })
  }
  return seen
}

type AnyCall = (this: unknown, ...args: unknown[]) => unknown

function readHeader(text: string, seen: SeenResponse): void {
  const end = text.indexOf('\r\n\r\n')
  const line = /^HTTP\/\d\.\d (\d{3})(?: ([^\r\n]*))?\r\n/.exec(text)
  if (end < 0 || line === null) return
  seen._header = text.slice(0, end + 4)
  seen.statusCode = Number(line[1])
  seen.statusMessage = line[2] ?? ''
  seen.headersSent = true
}

function latin1Of(chunk: unknown, encoding: unknown): string {
  if (chunk instanceof Uint8Array) return Buffer.from(chunk).toString('latin1')
  if (typeof chunk !== 'string') return ''
  return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8').toString(
    'latin1',
  )
}

/** Most header lines that are read of a request that could not be parsed. */
const MAX_LINES = 100

/** What can be made out of the packet in which the parser failed. */
function requestOf(error: ClientError, socket: Socket): IncomingMessage {
  const text = error.rawPacket?.subarray(0, MAX_HEADER).toString('latin1') ?? ''
  const [first = '', ...lines] = (text.split('\r\n\r\n')[0] ?? '').split('\r\n', MAX_LINES)
  const [, method = '', url = '', version] = /^([A-Z]{1,32}) (\S+)(?: HTTP\/(\d\.\d))?$/.exec(first) ?? []
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':')
    return colon > 0 ? [line.slice(0, colon), line.slice(colon + 1).trim()] : []
  })
  const [major = '1', minor = '1'] = (version ?? '1.1').split('.')
  connectionOfSocket(socket)
  const request = {
    method,
    url,
    rawHeaders,
    headers: {},
    trailers: {},
    socket,
    httpVersion: `${major}.${minor}`,
    httpVersionMajor: Number(major),
    httpVersionMinor: Number(minor),
  }
  return request as unknown as IncomingMessage
}
