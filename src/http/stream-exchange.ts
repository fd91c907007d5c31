/**
 * The exchange of an HTTP/2 stream for which Node makes no request and response, because its server listens for
 * 'stream' alone. Nothing but 'close' and 'trailers' is listened for: other listeners would change what Node does.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { Exchange, exchangeOfKey } from './exchange.ts'

/** The exchange of this stream; ends when the stream closes. Call it before the listeners of 'stream'. */
export function streamExchange(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[] = [],
): Exchange {
  return exchangeOfKey(stream, () => {
    const exchange = new Exchange(requestOf(stream, headers, rawHeaders), responseOf(stream))
    stream.once('close', () => exchange.end())
    return exchange
  })
}

/** The exchange of a CONNECT over HTTP/2, for which Node's response is a tunnel once it has begun. */
export function tunnelStreamExchange({ stream, headers, rawHeaders }: ConnectRequest): Exchange {
  const exchange = streamExchange(stream, headers, rawHeaders)
  // Before the listener that ends the exchange.
  stream.prependOnceListener('close', () => {
    if (Math.floor((exchange.status ?? 0) / 100) === 2) exchange.forcedOutcome ??= 'upgraded'
  })
  return exchange
}

/** What is used of Node's request. */
export type ConnectRequest = Pick<Http2ServerRequest, 'stream' | 'headers' | 'rawHeaders'>

function requestOf(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  rawHeaders: readonly string[],
): IncomingMessage {
  const request = {
    method: headers[':method'],
    url: headers[':path'] ?? headers[':authority'],
    headers,
    rawHeaders,
    trailers: {},
    stream,
    socket: stream.session?.socket,
    httpVersion: '2.0',
    httpVersionMajor: 2,
    httpVersionMinor: 0,
  }
  stream.once('trailers', (trailers) => {
    request.trailers = trailers
  })
  return request as unknown as IncomingMessage
}

/** Stands where a response would; asks the stream. */
function responseOf(stream: ServerHttp2Stream): ServerResponse {
  const response = {
    stream,
    statusMessage: '',
    get statusCode() {
      return stream.sentHeaders?.[':status']
    },
    get headersSent() {
      return stream.headersSent
    },
    get writableFinished() {
      return stream.writableFinished
    },
    getHeader: (name: string) => stream.sentHeaders?.[name],
    prependListener: stream.prependListener.bind(stream),
  }
  return response as unknown as ServerResponse
}
