/**
 * Every connection of the HTTP servers of this process: whether a request is in flight on it, and whether it rests.
 * A resting connection can be handed to the next process as it is, so that the client notices nothing.
 */

import { Server as HttpServer, type IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHttp2Session } from 'node:http2'
import { type Server, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { CLOSE_MS, CLOSE_RESTART } from '../websocket.ts'
import { type ServerWithHandle, sharedServers, type TcpHandle } from './listen.ts'
import { watchSessions } from './sessions.ts'

interface SocketInside extends Socket {
  _handle: TcpHandle | null
  parser?: { unconsume?: () => void } | null
  server?: unknown
}

interface ConnectionState {
  readonly socket: SocketInside
  readonly server: Server
  readonly inFlight: Set<ServerResponse>
  /** `bytesRead` when the last request had come whole; more since then is the beginning of another. */
  readUpTo: number
  request: IncomingMessage | undefined
  isWebSocket: boolean
}

export interface Connections {
  /** Watches a server. On the object itself, so that we come before all who hook the prototypes. */
  watch(server: Server): void
  /** Whether nothing is open but resting connections. */
  isIdle(): boolean
  /** Whether a connection is open that has not asked anything yet and cannot be given away. */
  hasUnasked(): boolean
  /** From now on connections are given away as soon as they rest; calls back each time something ends. */
  drain(giveAway: (key: string, handle: TcpHandle) => void, onProgress: () => void): void
  /** Puts a connection that another process gave away into the server of that key. False when there is none. */
  adopt(key: string, handle: object): boolean
}

/** Called for each request before the application; true when it was answered here. */
export type Intercept = (req: IncomingMessage, res: ServerResponse) => boolean

type Emit = (this: Server, event: string | symbol, ...args: unknown[]) => boolean

/** Watches the connections of servers. */
export function watchConnections(intercept: Intercept): Connections {
  const states = new Map<object, ConnectionState>()
  const sessions = watchSessions((res) => endStream(res as unknown as ServerResponse))
  const draining: { give?: (key: string, handle: TcpHandle) => void; progress?: () => void } = {}
  const track = (server: Server, socket: SocketInside): ConnectionState => {
    const state: ConnectionState = {
      socket,
      server,
      inFlight: new Set(),
      readUpTo: socket.bytesRead,
      request: undefined,
      isWebSocket: false,
    }
    states.set(socket, state)
    socket.once('close', () => {
      states.delete(socket)
      draining.progress?.()
    })
    return state
  }
  const onRequest = (server: Server, req: IncomingMessage, res: ServerResponse): boolean => {
    if (sessions.began(req, res)) return intercept(req, res)
    const socket = req.socket as SocketInside | undefined
    if (socket === undefined || !(socket instanceof Socket)) return intercept(req, res)
    const state = states.get(socket) ?? track(server, socket)
    state.inFlight.add(res)
    state.request = req
    const noteRead = (): void => {
      state.readUpTo = socket.bytesRead
    }
    noteRead()
    req.once('end', noteRead)
    res.once('close', () => {
      state.inFlight.delete(res)
      if (draining.give !== undefined) release(state, draining.give)
      draining.progress?.()
    })
    return intercept(req, res)
  }
  const onEvent = (server: Server, event: string | symbol, args: readonly unknown[]): boolean => {
    if (event === 'connection' && server instanceof HttpServer) track(server, args[0] as SocketInside)
    else if (event === 'session') sessions.add(args[0] as ServerHttp2Session)
    else if (event === 'secureConnection') {
      const socket = args[0] as SocketInside & { readonly alpnProtocol?: string | false }
      if (socket.alpnProtocol !== 'h2') track(server, socket)
    } else if (event === 'upgrade' && args[1] instanceof Socket) {
      const state = states.get(args[1])
      const protocol = (args[0] as IncomingMessage).headers.upgrade
      if (state !== undefined) state.isWebSocket = protocol?.toLowerCase() === 'websocket'
    } else if (event === 'request' && isResponse(args[1]))
      return onRequest(server, args[0] as IncomingMessage, args[1])
    return false
  }

  return {
    watch(server) {
      const emit = server.emit as Emit
      const watched: Emit = function (event, ...args) {
        return onEvent(this, event, args) || emit.call(this, event, ...args)
      }
      server.emit = watched as typeof server.emit
    },
    isIdle: () =>
      sessions.isIdle() &&
      [...states.values()].every((state) => state.inFlight.size === 0 && !isHalfway(state)),
    hasUnasked: () =>
      [...states.values()].some(({ socket, readUpTo }) => !socket.destroyed && readUpTo === 0),
    drain(giveAway, onProgress) {
      draining.give = giveAway
      draining.progress = onProgress
      const look = (): void => {
        for (const state of states.values()) release(state, giveAway)
      }
      look()
      sessions.drain(onProgress)
      // A stream may begin on a connection that was already here.
      setInterval(look, LOOK_MS).unref()
    },
    adopt: (key, handle) => adoptConnection(sharedServers.get(key), handle),
  }
}

/** Between looks at connections that are still busy. */
const LOOK_MS = 100

const isResponse = (value: unknown): value is ServerResponse =>
  value instanceof ServerResponse || (typeof value === 'object' && value !== null && 'writeHead' in value)

/** A websocket, or a request of which only a part has come. */
const isHalfway = (state: ConnectionState): boolean =>
  state.isWebSocket || (!state.socket.destroyed && state.socket.bytesRead > state.readUpTo)

/** Does with a connection what can be done now: give it away, tell its client to come again, or let it finish. */
function release(state: ConnectionState, giveAway: (key: string, handle: TcpHandle) => void): void {
  const { socket, inFlight, request } = state
  if (socket.destroyed || socket.writableEnded) return
  if (state.isWebSocket) {
    state.isWebSocket = false
    socket.end(CLOSE_RESTART)
    setTimeout(() => socket.destroy(), CLOSE_MS).unref()
    return
  }
  for (const res of inFlight) endStream(res)
  if (inFlight.size > 0 || isHalfway(state)) return
  const key = [...sharedServers].find(([, server]) => server === state.server)?.[0]
  const isWhole = socket.writableLength === 0 && request?.complete !== false
  if (key !== undefined && isWhole && state.server instanceof HttpServer && !(socket instanceof TLSSocket)) {
    const handle = detach(socket)
    if (handle !== undefined) {
      giveAway(key, handle)
      return
    }
  }
  // Encrypted: its keys are in this process. A connection that has not asked yet is served here.
  if (state.readUpTo > 0) socket.end()
}

/** Event streams end on their own, so that the browser comes again; anything else is left to finish. */
function endStream(res: ServerResponse): void {
  if (!res.headersSent || res.writableEnded) return
  // Of HTTP/2 it is true.
  const { _header: head } = res as { readonly _header?: unknown }
  const sent = typeof head === 'string' ? head : `content-type: ${res.getHeader('content-type')}`
  if (!/^content-type:\s*text\/event-stream/im.test(sent)) return
  res.end()
  // What the application still writes would be an error on a stream it did not end.
  res.write = () => false
  res.end = () => res
}

/** Takes the kernel's connection out of its socket, unread bytes and all. Undefined when that cannot be done. */
function detach(socket: SocketInside): TcpHandle | undefined {
  const handle = socket._handle
  if (handle === null || handle === undefined || typeof handle.readStop !== 'function') return undefined
  handle.readStop()
  socket.parser?.unconsume?.()
  socket._handle = null
  socket.destroy()
  return handle
}

/** As the server's own `onconnection` does. */
function adoptConnection(server: ServerWithHandle | undefined, handle: object): boolean {
  if (server === undefined) return false
  const socket = new Socket({ handle, readable: true, writable: true } as ConstructorParameters<
    typeof Socket
  >[0]) as SocketInside
  socket.setNoDelay(true)
  socket.server = server
  const counted = server as unknown as { _connections: number; readonly allowHalfOpen?: boolean }
  counted._connections++
  // net.Socket counts its server's connections down by this name.
  ;(socket as unknown as { _server: Server })._server = server
  socket.allowHalfOpen = counted.allowHalfOpen ?? true
  server.emit('connection', socket)
  return true
}
