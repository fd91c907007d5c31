/**
 * Where the exchange of a response begins: everything that wants to know about the end of a response observes its
 * exchange here. What begins too late is begun earlier from the next request of the same server on.
 */

import diagnostics from 'node:diagnostics_channel'
import { type IncomingMessage, ServerResponse } from 'node:http'
import onFinished from 'on-finished'
import { shared, whileHeld } from '../core/shared.ts'
import { waitInQueue } from './connection.ts'
import { Exchange, type ExchangeObserver, exchangeOf } from './exchange.ts'
import { learnShape, prepareShape } from './one-shape.ts'

/** Observes the end of `res`. The first observer starts the measurement, so call this as early as possible. */
export function observeExchange(
  req: IncomingMessage,
  res: ServerResponse,
  observer: ExchangeObserver,
  needs: number,
): Exchange {
  const known = exchangeOf(res)
  if (known !== undefined) {
    known.observe(observer, needs)
    return known
  }
  const isWrapped = res.write !== ServerResponse.prototype.write
  const exchange = begin(req, res)
  exchange.observe(observer, needs)
  if (isWrapped || isOfFramework(exchange)) observeEarly(exchange, needs)
  return exchange
}

function begin(req: IncomingMessage, res: ServerResponse): Exchange {
  const exchange = new Exchange(req, res)
  // Of a response on a real socket Node promises 'close', whatever happens. Others are on-finished's trade: HTTP/2,
  // injected requests, other runtimes.
  if (res instanceof ServerResponse && exchange.connection.isNodeSocket) {
    prepareShape(exchange)
    if (res.closed) setImmediate(() => exchange.end())
    else res.on('close', endExchange)
    if (exchange.pipelined) waitInQueue(exchange.connection, exchange)
  } else {
    const end = (): void => exchange.end()
    onFinished(res, end)
    // One without a socket that is given up says nothing else.
    res.once('close', end)
  }
  return exchange
}

function endExchange(this: ServerResponse): void {
  const exchange = exchangeOf(this)
  if (exchange === undefined) return
  if (exchange.number === 1) learnShape(exchange)
  exchange.responseClosed()
}

/** Requests of a connection that are looked at; each look is a call into the runtime. */
const MAX_LOOKS = 2

/** Whether a framework's prototype stands between this response and Node's, as far as it was looked at. */
function isOfFramework({ connection, number, res }: Exchange): boolean {
  if (number <= MAX_LOOKS) connection.hasFramework ||= Object.getPrototypeOf(res) !== ServerResponse.prototype
  return connection.hasFramework
}

/** What is measured of each request of a server before anybody else gets to see it; bits of NEEDS. */
const EARLY: unique symbol = shared('early-key', () => Symbol('rocksolid.early')) as never

/** While any server is observed so. */
const holdStarts = whileHeld('early-starts', () => {
  const channel = 'http.server.request.start'
  diagnostics.subscribe(channel, beginEarly)
  return () => void diagnostics.unsubscribe(channel, beginEarly)
})

/**
 * From the next request on, until this server closes, its exchanges begin before its handlers run: before a framework
 * makes the response slow to touch, and below whatever wraps its methods. Other servers of the process pay one look.
 */
function observeEarly({ connection, stream }: Exchange, needs: number): void {
  if (stream !== undefined) return
  const { server } = connection.socket as { server?: EarlyServer }
  if (server === undefined || !Object.isExtensible(server)) return
  const known = server[EARLY]
  server[EARLY] = (known ?? 0) | needs
  if (known !== undefined) return
  const release = holdStarts()
  server.once('close', () => {
    server[EARLY] = undefined
    release()
  })
}

function beginEarly(message: unknown): void {
  const { request, response, server } = message as RequestStart
  const wanted = server?.[EARLY]
  if (wanted === undefined || exchangeOf(response) !== undefined) return
  const exchange = begin(request, response)
  exchange.connection.hasFramework = true
  exchange.measure(wanted)
}

/** What is used of a server. */
interface EarlyServer {
  [EARLY]?: number | undefined
  once(event: 'close', listener: () => void): unknown
}

/** The message of Node's channel. */
interface RequestStart {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly server?: EarlyServer
}
