/** Where a request says it is going, for the guard. What is said twice, or two ways that differ, is not believed. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Server } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { parseHost } from '../../http/hosts.ts'
import { targetOf } from '../../http/mount.ts'

/** The host as sent; undefined when it was sent twice or two ways that differ, since then nobody knows which counts. */
export function rawHost(req: IncomingMessage): string | undefined {
  const headers = req.headers as IncomingHttpHeaders & { readonly ':authority'?: string }
  // As received: where a prototype was polluted, Node takes what stands there for the header and drops the one sent.
  const sent = req.rawHeaders.filter((_, index) => index % 2 === 1 && isHost(req.rawHeaders[index - 1]))
  if (sent.length > 1) return undefined
  const host = sent[0] ?? (Object.hasOwn(headers, 'host') ? headers.host : undefined)
  const authority = headers[':authority']
  const inTarget = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(targetOf(req))?.[1]
  const [first, ...others] = [authority, host, inTarget].filter((one) => one !== undefined)
  return others.every((one) => one.toLowerCase() === first?.toLowerCase()) ? first : undefined
}

const isHost = (name: string | undefined): boolean => name?.toLowerCase() === 'host'

/** The names a proxy says the request was sent to; for proxies that were listed only. */
export function forwardedHosts(req: IncomingMessage): readonly string[] {
  const value = req.headers['x-forwarded-host']
  if (value === undefined) return []
  return String(value)
    .split(',')
    .map((name) => name.trim())
}

/** The scheme of the connection itself. */
export function schemeOf(req: IncomingMessage): 'http' | 'https' {
  return (req.socket as TLSSocket).encrypted === true ? 'https' : 'http'
}

/** Where a browser reached this server, for links; from the socket and the raw host only. */
export function originOf(req: IncomingMessage): string | undefined {
  const raw = (req.headers[':authority'] as string | undefined) ?? req.headers.host
  if (parseHost(raw) === undefined) return undefined
  return `${schemeOf(req)}://${raw}`
}

/** Whether the request came on a unix socket, and not on a TCP connection that was reset and lost its address. */
export function isUnixSocket(req: IncomingMessage): boolean {
  const { server } = req.socket as { readonly server?: Pick<Server, 'address'> }
  return typeof server?.address() === 'string'
}

/**
 * Whether a page may carry the token: it is opened as a document, which no other page can read. A script's `fetch` of
 * the page gets it without, so that a script of the application itself cannot take the token out of it; so does what a
 * service worker passes on, or is handed before it has asked (Service Workers, "navigation preload").
 */
export function opensAsDocument({ headers }: IncomingMessage): boolean {
  const destination = headers['sec-fetch-dest']
  const isDocument = destination === undefined || destination === 'document'
  return isDocument && headers['service-worker-navigation-preload'] === undefined
}
