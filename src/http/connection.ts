/**
 * What is remembered of a connection while it is open: its addresses, how many requests came over it, how many bytes
 * are already accounted for, and which responses wait behind another one.
 * Addresses are read once, early: a socket that the client has reset no longer knows them.
 */

import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { shared } from '../core/shared.ts'

/** One connection: a TCP or TLS socket, a unix socket, or an HTTP/2 session. */
export interface Connection {
  /** Counts connections of this process from 1. */
  readonly id: number
  /** Textual address of the other end, an IPv4 one without the `::ffff:` that it has on a dual-stack socket; empty
   * for a unix socket. */
  readonly peerAddress: string
  readonly peerPort: number | undefined
  readonly localAddress: string
  readonly localPort: number | undefined
  readonly socket: SocketLike
  /** A socket of Node's own, of whose responses Node always tells the end. */
  readonly isNodeSocket: boolean
  /** Responses on it have been seen that a framework has made its own. */
  hasFramework: boolean
  /** Requests seen so far on this connection. */
  requests: number
  /** `socket.bytesRead` and `.bytesWritten` up to which exchanges have been accounted. */
  readAccounted: number
  writtenAccounted: number
  /** What is known of TLS; read when something needs it, while the socket is open. */
  tls: TlsFacts | undefined
  /** The server gave up waiting for this connection. */
  timedOut: boolean
  /** The responses that wait behind an unfinished one; made by the first. */
  queue: Set<Queued> | undefined
}

/** What a TLS socket tells while it is open. */
export interface TlsFacts {
  readonly version: string | undefined
  readonly cipher: string | undefined
  readonly subject: Readonly<Record<string, string | string[]>> | undefined
  readonly resumed: boolean
}

/** A response that Node has not given the socket yet. */
export interface Queued {
  connectionClosed(): void
}

/** The part of `net.Socket` that is used; HTTP/2 hands out a proxy of it. */
export interface SocketLike {
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
  readonly bytesRead?: number
  readonly bytesWritten?: number
  readonly errored?: Error | null
  readonly readableEnded?: boolean
  readonly destroyed?: boolean
  readonly encrypted?: boolean
  /** The response that Node has given the connection to; null while there is none. */
  readonly _httpMessage?: object | null
  once?(event: 'close', listener: () => void): unknown
}

/** What is used of a TLS socket. */
interface TlsSocket {
  getProtocol?(): string | null
  getCipher?(): { readonly name: string } | undefined
  getPeerCertificate?(): { readonly subject?: Readonly<Record<string, string | string[]>> } | null
  isSessionReused?(): boolean
}

/** What is known of a connection's TLS, once asked for remembered; undefined without TLS. */
export function tlsOf(connection: Connection): TlsFacts | undefined {
  const socket = connection.socket as SocketLike & TlsSocket
  if (connection.tls === undefined && socket.encrypted === true) {
    connection.tls = {
      version: socket.getProtocol?.() ?? undefined,
      cipher: socket.getCipher?.()?.name,
      subject: socket.getPeerCertificate?.()?.subject,
      resumed: socket.isSessionReused?.() === true,
    }
  }
  return connection.tls
}

const CONNECTION = Symbol('rocksolid.connection')

type Holder = object & { [CONNECTION]?: Connection }

const counter = shared('connections', () => ({ last: 0 }))

/** The connection of this request; the same object for all requests of one connection. */
export function connectionOf(req: IncomingMessage): Connection {
  // An HTTP/2 request hands out another proxy of the socket each time; its session stays the same.
  const session =
    req.httpVersionMajor >= 2
      ? (req as { stream?: { session?: { socket?: SocketLike } } }).stream?.session
      : undefined
  if (session !== undefined) return remembered(session, session.socket ?? NO_SOCKET)
  return connectionOfSocket(req.socket ?? NO_SOCKET)
}

/** The connection record of a socket, made when it has none yet. */
export function connectionOfSocket(socket: SocketLike): Connection {
  return remembered(socket, socket)
}

function remembered(holder: Holder, socket: SocketLike): Connection {
  const known = holder[CONNECTION]
  if (known !== undefined) return known
  const connection: Connection = {
    id: ++counter.last,
    peerAddress: withoutMapping(socket.remoteAddress ?? ''),
    peerPort: socket.remotePort,
    localAddress: withoutMapping(socket.localAddress ?? ''),
    localPort: socket.localPort,
    socket,
    isNodeSocket: socket instanceof Socket,
    hasFramework: false,
    requests: 0,
    readAccounted: 0,
    writtenAccounted: 0,
    tls: undefined,
    timedOut: false,
    queue: undefined,
  }
  if (Object.isExtensible(holder)) holder[CONNECTION] = connection
  return connection
}

/** Has `queued` told when the connection closes before the response got its turn. */
export function waitInQueue(connection: Connection, queued: Queued): void {
  if (connection.queue === undefined) {
    connection.queue = new Set()
    // The responses in front get their own 'close' first; those behind get none at all from Node.
    connection.socket.once?.('close', () =>
      setImmediate(() => {
        for (const one of connection.queue ?? []) one.connectionClosed()
        connection.queue?.clear()
      }),
    )
  }
  connection.queue.add(queued)
}

const NO_SOCKET: SocketLike = Object.freeze({})

/** An IPv4 address on a dual-stack socket without its IPv6 prefix. */
export function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}
