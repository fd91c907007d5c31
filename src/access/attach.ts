/**
 * The access log of a whole server, whatever framework answers: it also sees what no middleware does, such as
 * requests that the parser or the server itself refuses, upgrades and CONNECT.
 * It listens to nothing, because a listener changes what Node does by itself; it only looks at what is emitted.
 */

import diagnostics from 'node:diagnostics_channel'
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Http2SecureServer, Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { type Check, checkArgument } from '../core/options.ts'
import { connectionOfSocket } from '../http/connection.ts'
import type { Exchange } from '../http/exchange.ts'
import { type ClientError, rejectedExchange, tunnelExchange } from '../http/side-exchange.ts'
import { type ConnectRequest, streamExchange, tunnelStreamExchange } from '../http/stream-exchange.ts'
import type { AccessLogger } from './access-logger.ts'

/** A server that can be attached to. */
export type AnyServer = Server | HttpsServer | Http2Server | Http2SecureServer

type Emit = (this: unknown, event: string | symbol, ...args: unknown[]) => boolean

const isServer: Check = (value) =>
  typeof (value as { emit?: unknown } | null | undefined)?.emit === 'function'
    ? undefined
    : 'a server of node:http, node:https or node:http2'

/** Observes every exchange of `server` with `logger`. @returns a function that ends it */
export function observeServer(server: AnyServer, logger: AccessLogger): () => void {
  const target = server as unknown as { emit: Emit }
  checkArgument('attach', 'the server', server, isServer)
  let attached = true
  const hadOwn = Object.hasOwn(target, 'emit')
  const { emit } = target
  const observing: Emit = function observedEmit(event, ...args) {
    if (attached) observeEvent(event, args, logger, server)
    return emit.call(this, event, ...args)
  }
  const stop = observeStarts(logger, (one) => one === server)
  target.emit = observing
  return () => {
    attached = false
    stop()
    if (target.emit !== observing) return
    if (hadOwn) target.emit = emit
    else delete (target as { emit?: Emit }).emit
  }
}

/** Observes requests from their start, where Node tells of it, also those it will never hand to the application. */
export function observeStarts(logger: AccessLogger, isObserved: (server: unknown) => boolean): () => void {
  const channel = 'http.server.request.start'
  const onStart = (message: unknown): void => {
    const { request, response, server } = message as {
      request: IncomingMessage
      response: ServerResponse
      server: unknown
    }
    if (!isObserved(server)) return
    const exchange = logger.observe(request, response)
    // Taken back when the request is handed to the application; else Node answers by itself.
    if (exchange !== undefined) exchange.forcedOutcome = 'rejected'
  }
  diagnostics.subscribe(channel, onStart)
  return () => void diagnostics.unsubscribe(channel, onStart)
}

/** Observes what `server` is about to emit. */
export function observeEvent(
  event: string | symbol,
  args: readonly unknown[],
  logger: AccessLogger,
  server: EventEmitter,
): void {
  switch (event) {
    case 'request':
    case 'checkContinue':
    case 'checkExpectation': {
      const exchange = logger.observe(args[0] as IncomingMessage, args[1] as ServerResponse)
      if (exchange?.forcedOutcome === 'rejected') exchange.forcedOutcome = undefined
      return
    }
    case 'connect':
      if (isOverHttp2(args[0])) {
        observeHttp2Connect(args[0], logger, server)
        return
      }
      logger.follow(() => tunnelExchange(args[0] as IncomingMessage, args[1] as Socket))
      return
    case 'upgrade':
      logger.follow(() => tunnelExchange(args[0] as IncomingMessage, args[1] as Socket))
      return
    case 'stream': {
      const [stream, headers, , raw] = args as [ServerHttp2Stream, IncomingHttpHeaders, unknown, string[]?]
      // With a listener for requests Node makes one of this stream, which comes by here too, or refuses it.
      const hasRequests = server.listenerCount('request') > 0
      const isRefused = hasRequests && isRefusedExpectation(headers, server)
      if (hasRequests && !isRefused) return
      const open = (): Exchange => {
        const exchange = streamExchange(stream, headers, raw)
        if (isRefused) exchange.forcedOutcome = 'rejected'
        return exchange
      }
      logger.follow(open, { measure: true })
      return
    }
    case 'clientError':
      logger.follow(() => rejectedExchange(args[0] as ClientError, args[1] as Socket))
      return
    case 'timeout':
      if (typeof args[0] === 'object' && args[0] !== null)
        connectionOfSocket(args[0] as Socket).timedOut = true
      return
    default:
  }
}

/** Whether Node will answer 417 to an expectation over HTTP/2 that nobody listens for. */
function isRefusedExpectation(headers: IncomingHttpHeaders, server: EventEmitter): boolean {
  const { expect, ':method': method } = headers
  const isUnknown = expect !== undefined && expect !== '100-continue' && method !== 'CONNECT'
  return isUnknown && server.listenerCount('checkExpectation') === 0
}

/** Node gives 'connect' a socket, and over HTTP/2 a response. */
function isOverHttp2(req: unknown): req is ConnectRequest {
  return (req as Partial<ConnectRequest> | undefined)?.stream !== undefined
}

function observeHttp2Connect(req: ConnectRequest, logger: AccessLogger, server: EventEmitter): void {
  logger.follow(
    () => {
      const exchange = tunnelStreamExchange(req)
      // Without a listener Node answers 405 by itself.
      if (server.listenerCount('connect') === 0) exchange.forcedOutcome = 'rejected'
      return exchange
    },
    { measure: true },
  )
}
