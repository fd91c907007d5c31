/**
 * The one place that decides who may do what. Every request to the debugger's prefix and every error page passes it.
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
import { PROOF_HEADER, TOKEN_HEADER } from '../protocol.ts'
import { type Secrets, secretEquals } from './pin.ts'
import { forwardedHosts, isUnixSocket, rawHost, schemeOf } from './request-origin.ts'
import type { Sessions } from './session-cookie.ts'

/** What a request must be for a thing to be done. Each level includes those before it. */
export type Need =
  /** From this machine, to a name of this machine: may see an error page with source. */
  | 'local'
  /** And sent by a page of this debugger itself. */
  | 'own-page'
  /** And from a browser that was unlocked by link or PIN. */
  | 'unlocked'

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

/** What the guard was told by options. */
export interface GuardOptions {
  readonly secrets: Secrets
  /** Counts wrong tokens and cookies. */
  readonly attempts: { noteFailure(): void }
  readonly sessions: Sessions
  /** Host names beside this machine's own. */
  readonly allowedHosts: readonly string[]
  /** Peer addresses and ranges beside loopback; `unix` for proxies on a unix socket. */
  readonly allowedPeers: readonly string[]
  /** Whether a peer without an address, on a unix socket, counts as local. */
  readonly allowUnixSocket: boolean
}

export interface Guard {
  check(req: IncomingMessage, need: Need): Verdict
  /** Whether the browser of this request was unlocked; says nothing of the rest. */
  isUnlocked(req: IncomingMessage): boolean
}

export function makeGuard(options: GuardOptions): Guard {
  const isAllowedPeer = addressList(options.allowedPeers.filter((entry) => entry !== 'unix'))
  const isUnixListed = options.allowedPeers.includes('unix')
  const { secrets, attempts, sessions } = options
  const isAllowedHost = (raw: string | undefined): boolean => {
    const name = parseHost(raw)?.name
    return name !== undefined && (isLoopbackName(name) || isListedName(name, options.allowedHosts))
  }

  function check(req: IncomingMessage, need: Need): Verdict {
    const local = checkPeer(req) ?? checkHost(req) ?? checkReader(req, need)
    if (local !== undefined) return local
    if (need === 'local') return ALLOWED
    const given = req.headers[TOKEN_HEADER]
    if (typeof given !== 'string' || !secretEquals(given, secrets.token)) {
      if (given !== undefined) attempts.noteFailure()
      return refuse(
        403,
        'Not from this page',
        'The request carries no token of this debugger, or that of a server that has restarted. Reload the page.',
      )
    }
    if (need === 'own-page') return ALLOWED
    const session = sessionOf(req)
    if (session === 'wrong') attempts.noteFailure()
    if (session === 'unlocked') return ALLOWED
    return refuse(
      401,
      'Locked',
      'This browser is not unlocked. Open the link printed in the terminal, or enter the PIN printed there.',
    )
  }

  const sessionOf = (req: IncomingMessage): ReturnType<Sessions['state']> => {
    const proof = req.headers[PROOF_HEADER]
    return sessions.state(req.headers.cookie, typeof proof === 'string' ? proof : undefined)
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
    const forwarder = forwardingHeader(req.headers)
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
  function checkReader(req: IncomingMessage, need: Need): RefusedVerdict | undefined {
    const { headers } = req
    const site = headers['sec-fetch-site']
    const isOwn = site === undefined || site === 'same-origin' || (site === 'none' && need === 'local')
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

  return { check, isUnlocked: (req) => sessionOf(req) === 'unlocked' }
}

const ALLOWED: Verdict = { allowed: true }

/** The socket's address without zone and without the mapping of IPv4, as options take it; never a header's. */
function peerOf(req: IncomingMessage): string | undefined {
  const address = req.socket?.remoteAddress
  return address ? withoutMapping(withoutZone(address)) : undefined
}

/** With an option, the explanation ends where the option is named. */
function refuse(status: 401 | 403, error: string, explanation: string, option?: string): RefusedVerdict {
  const whole = option === undefined ? explanation : `${explanation} set the option ${option}.`
  return { allowed: false, status, error, explanation: whole, option }
}
