/** Hears when the server around a debugger begins to listen, to print its link: nobody tells a handler where it serves. */

import diagnostics from 'node:diagnostics_channel'
import { Server as HttpServer } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { type AddressInfo, type Server as NetServer, Server } from 'node:net'
import { Server as TlsServer } from 'node:tls'

/** Where a server listens. */
export interface Listening {
  /** As a browser on this machine reaches it: `http://localhost:5000`. */
  readonly origin: string
  /** By address: `http://127.0.0.1:5000`. A name may lead elsewhere. */
  readonly url: string
  /** Whether other machines can connect. */
  readonly isPublic: boolean
}

const CHANNEL = 'tracing:net.server.listen:asyncEnd'

/**
 * Calls `onListening` once, for the first HTTP server that begins to listen and that `isOurs`.
 * @returns ends waiting for it
 */
export function onListen(
  isOurs: (server: HttpServer) => boolean,
  onListening: (listening: Listening) => void,
): () => void {
  const stop = (): void => void diagnostics.unsubscribe(CHANNEL, hear)
  function hear(message: unknown): void {
    const { server } = message as { server?: unknown }
    const listening = isHttp(server) && isOurs(server as HttpServer) ? listeningOf(server) : undefined
    if (listening === undefined) return
    stop()
    onListening(listening)
  }
  diagnostics.subscribe(CHANNEL, hear)
  return stop
}

/** The servers of node:http2 are known by name: their classes are not exported, and most processes never load them. */
function isHttp(server: unknown): server is NetServer {
  if (server instanceof HttpServer || server instanceof HttpsServer) return true
  return server instanceof Server && /^Http2(?:Secure)?Server$/.test(server.constructor.name)
}

/** Where a server listens; undefined when it does not, or on a unix socket. */
export function listeningOf(server: NetServer): Listening | undefined {
  const address = server.address()
  if (address === null || typeof address === 'string') return undefined
  return listeningAt(address, server instanceof TlsServer ? 'https' : 'http')
}

const ALL = new Set(['0.0.0.0', '::'])
const LOOPBACK = new Set(['127.0.0.1', '::1'])

function listeningAt({ address, port }: AddressInfo, scheme: 'http' | 'https'): Listening {
  const isReachedAsLocalhost = ALL.has(address) || LOOPBACK.has(address)
  const host = isReachedAsLocalhost ? 'localhost' : address.includes(':') ? `[${address}]` : address
  const own = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  const url = `${scheme}://${own.includes(':') ? `[${own}]` : own}:${port}`
  return { origin: `${scheme}://${host}:${port}`, url, isPublic: !LOOPBACK.has(address) }
}
