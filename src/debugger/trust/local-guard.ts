/**
 * The part of the guard that needs no secret: from where a request comes, to which name, and who reads its answer.
 * The debugger's routes, error pages and the runner's overlay stand on it.
 *
 * Assumed: any page in the developer's browser attacks this server, and whoever reaches the console owns the machine.
 */

import type { IncomingMessage } from 'node:http'
import { withoutMapping } from '../../http/connection.ts'
import {
  addressList,
  forwardingHeader,
  isListedName,
  isLoopbackAddress,
  isLoopbackName,
  parseHost,
  withoutZone,
} from '../../http/hosts.ts'
import { receivedHeaders } from '../../http/raw-headers.ts'
import { forwardedHosts, isUnixSocket, rawHost, schemeOf } from './request-origin.ts'

/** What a request must be for a thing to be done. Each level includes those before it. */
export type LocalNeed =
  /** Read by no other site: may load itself again. */
  | 'reload'
  /** From this machine, to a name of this machine: may see an error page with source. */
  | 'local'
  /** And made by a script of this origin, not by a link or form. */
  | 'own-script'

/** Whether, and if not, why and what would allow it. */
export type Verdict = { readonly allowed: true } | RefusedVerdict

export interface RefusedVerdict {
  readonly allowed: false
  readonly status: 401 | 403
  readonly error: string
  readonly explanation: string
  /** The option that would allow it, as it is written. */
  readonly option: string | undefined
}

/** Who counts as this machine beside itself. */
export interface LocalGuardOptions {
  /** Host names beside this machine's own. */
  readonly allowedHosts: readonly string[]
  /** Peer addresses and ranges beside loopback; `unix` for proxies on a unix socket. */
  readonly allowedPeers: readonly string[]
  /** Whether a peer without an address, on a unix socket, counts as local. */
  readonly allowUnixSocket: boolean
}

export interface LocalGuard {
  check(req: IncomingMessage, need: LocalNeed): Verdict
}

export function makeLocalGuard(options: LocalGuardOptions): LocalGuard {
  const isAllowedPeer = addressList(options.allowedPeers.filter((entry) => entry !== 'unix'))
  const isUnixListed = options.allowedPeers.includes('unix')
  const isAllowedHost = (raw: string | undefined): boolean => {
    const name = parseHost(raw)?.name
    return name !== undefined && (isLoopbackName(name) || isListedName(name, options.allowedHosts))
  }

  function check(req: IncomingMessage, need: LocalNeed): Verdict {
    const isOpen = need === 'reload'
    return (isOpen ? undefined : (checkPeer(req) ?? checkHost(req))) ?? checkReader(req, need) ?? ALLOWED
  }

  /** A peer that was listed: what it forwards counts as this machine's own. */
  const isListedPeer = (req: IncomingMessage): boolean => {
    const address = peerOf(req)
    return address === undefined ? isUnixListed && isUnixSocket(req) : isAllowedPeer(address)
  }

  function checkPeer(req: IncomingMessage): RefusedVerdict | undefined {
    const address = peerOf(req)
    if (address === undefined) {
      if ((options.allowUnixSocket || isUnixListed) && isUnixSocket(req)) return checkForwarder(req, 'unix')
      const explanation = 'The connection has no peer address, so its sender is not known to be this machine.'
      return refuse(403, 'Unknown peer', `${explanation} For a unix socket,`, 'allowUnixSocket: true')
    }
    if (!isLoopbackAddress(address) && !isAllowedPeer(address)) {
      const option = `allowedPeers: [${JSON.stringify(address)}]`
      return refuse(
        403,
        'Not from this machine',
        `The peer ${address} is not this machine. If it is,`,
        option,
      )
    }
    return checkForwarder(req, address)
  }

  function checkForwarder(req: IncomingMessage, address: string): RefusedVerdict | undefined {
    const forwarder = forwardingHeader(receivedHeaders(req))
    if (forwarder === undefined || isListedPeer(req)) return undefined
    const why = `The request came through a proxy (it has the header ${forwarder.slice(0, 40)}), so its sender is not known to be this machine.`
    const option = `allowedPeers: [${JSON.stringify(address)}]`
    return refuse(403, 'Forwarded', `${why} If the proxy serves nobody else,`, option)
  }

  function checkHost(req: IncomingMessage): RefusedVerdict | undefined {
    const names = [rawHost(req), ...(isListedPeer(req) ? forwardedHosts(req) : [])]
    const wrong = names.findIndex((name) => !isAllowedHost(name))
    if (wrong < 0) return undefined
    const name = parseHost(names[wrong])?.name
    const shown = JSON.stringify((names[wrong] ?? '').slice(0, 100))
    const why = `The ${wrong === 0 ? 'host' : 'forwarded host'} ${shown} is not a name of this machine.`
    if (name === undefined) return refuse(403, 'Unknown host', why)
    return refuse(403, 'Unknown host', `${why} If it is,`, `allowedHosts: [${JSON.stringify(name)}]`)
  }

  /** Who reads the answer: scripts of other sites never, their links only as a document of its own. */
  function checkReader(req: IncomingMessage, need: LocalNeed): RefusedVerdict | undefined {
    const { headers } = req
    const site = headers['sec-fetch-site']
    const isOwn = site === undefined || site === 'same-origin' || (site === 'none' && need !== 'own-script')
    const isLink =
      need === 'local' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
    if (isLink) return undefined
    if (!isOwn) {
      const shown = String(site).slice(0, 20)
      return refuse(403, 'Another site', `The request was made by another site (Sec-Fetch-Site: ${shown}).`)
    }
    if (headers.origin === undefined || isOwnOrigin(req, headers.origin)) return undefined
    const shown = JSON.stringify(headers.origin.slice(0, 100))
    return refuse(403, 'Another origin', `The request was made by a page of ${shown}.`)
  }

  function isOwnOrigin(req: IncomingMessage, origin: string): boolean {
    const isListed = isListedPeer(req)
    const hosts = [rawHost(req), ...(isListed ? forwardedHosts(req) : [])]
    // A proxy that was listed may have taken the encryption off.
    const schemes = isListed ? ['http', 'https'] : [schemeOf(req)]
    return hosts.some((host) => schemes.some((scheme) => origin === `${scheme}://${host?.toLowerCase()}`))
  }

  return { check }
}

export const ALLOWED: Verdict = { allowed: true }

/** The socket's address without zone and without the mapping of IPv4, as options take it; never a header's. */
function peerOf(req: IncomingMessage): string | undefined {
  const address = req.socket?.remoteAddress
  return address ? withoutMapping(withoutZone(address)) : undefined
}

/** With an option, the explanation ends where the option is named. */
export function refuse(
  status: 401 | 403,
  error: string,
  explanation: string,
  option?: string,
): RefusedVerdict {
  const whole = option === undefined ? explanation : `${explanation} set the option ${option}.`
  return { allowed: false, status, error, explanation: whole, option }
}
