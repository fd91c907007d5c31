/**
 * The one place that decides who may do what. Every request to the debugger's prefix and every error page passes it.
 *
 * Assumed: any page in the developer's browser attacks this server, and whoever reaches the console owns the machine.
 */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { addressList, isListedName, isLoopbackAddress, isLoopbackName, parseHost } from '../../http/hosts.ts'
import { TOKEN_HEADER } from '../protocol.ts'
import type { Attempts } from './attempts.ts'
import { type Secrets, secretEquals } from './pin.ts'
import { sessionState } from './session-cookie.ts'

/** What a request must be for a thing to be done. Each level includes those before it. */
export type Need =
  /** From this machine, to a name of this machine: may see an error page with source. */
  | 'local'
  /** And sent by a page of this debugger itself. */
  | 'own-page'
  /** And from a browser that was unlocked by link or PIN. */
  | 'unlocked'

/** Whether, and if not, why and what would allow it. */
export type Verdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly status: 401 | 403
      readonly error: string
      readonly explanation: string
    }

/** What the guard was told by options. */
export interface GuardOptions {
  readonly secrets: Secrets
  readonly attempts: Attempts
  /** Host names beside this machine's own. */
  readonly allowedHosts: readonly string[]
  /** Peer addresses and ranges beside loopback. */
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
  const isAllowedPeer = addressList(options.allowedPeers)
  const { secrets, attempts } = options

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
    const session = sessionState(secrets, req.headers.cookie)
    if (session === 'wrong') attempts.noteFailure()
    if (session === 'unlocked') return ALLOWED
    return refuse(
      401,
      'Locked',
      'This browser is not unlocked. Open the link printed in the terminal, or enter the PIN printed there.',
    )
  }

  function checkPeer(req: IncomingMessage): Verdict | undefined {
    const address = req.socket?.remoteAddress
    if (!address && !options.allowUnixSocket) {
      return refuse(
        403,
        'Unknown peer',
        'The connection has no peer address. For a unix socket, set the option allowUnixSocket: true.',
      )
    }
    if (address && !isLoopbackAddress(address) && !isAllowedPeer(address)) {
      return refuse(
        403,
        'Not from this machine',
        `The peer ${address} is not this machine. To allow it, add it to the option allowedPeers: [${JSON.stringify(address)}].`,
      )
    }
    const forwarder = FORWARDING_HEADERS.find((name) => req.headers[name] !== undefined)
    if (forwarder !== undefined && !(address && isAllowedPeer(address))) {
      return refuse(
        403,
        'Forwarded',
        `The request came through a proxy (it has the header ${forwarder}), so its sender is not known to be this machine. If the proxy serves nobody else, list its address in allowedPeers: [${JSON.stringify(address ?? '')}].`,
      )
    }
    return undefined
  }

  function checkHost(req: IncomingMessage): Verdict | undefined {
    const raw = rawHost(req)
    const host = parseHost(raw)
    if (host !== undefined && (isLoopbackName(host.name) || isListedName(host.name, options.allowedHosts)))
      return undefined
    const shown = JSON.stringify((raw ?? '').slice(0, 100))
    const allow =
      host === undefined
        ? ''
        : ` To allow it, add it to the option allowedHosts: [${JSON.stringify(host.name)}].`
    return refuse(403, 'Unknown host', `The host ${shown} is not a name of this machine.${allow}`)
  }

  return {
    check,
    isUnlocked: (req) => sessionState(secrets, req.headers.cookie) === 'unlocked',
  }
}

const ALLOWED: Verdict = { allowed: true }

/** Headers that proxies and tunnels add. They are never believed, but they show that the peer is not the sender. */
const FORWARDING_HEADERS = [
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'x-forwarded-host',
  'cf-connecting-ip',
  'true-client-ip',
  'x-client-ip',
  'fly-client-ip',
  'ngrok-trace-id',
] as const

function refuse(status: 401 | 403, error: string, explanation: string): Verdict {
  return { allowed: false, status, error, explanation }
}

/** Who reads the answer: scripts of other sites never, their links only as a document of its own. */
function checkReader(req: IncomingMessage, need: Need): Verdict | undefined {
  const { headers } = req
  const site = headers['sec-fetch-site']
  const isDocument = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  const isOwn = site === undefined || site === 'same-origin' || (site === 'none' && need === 'local')
  if (!isOwn && !(need === 'local' && isDocument)) {
    return refuse(
      403,
      'Another site',
      `The request was made by another site (Sec-Fetch-Site: ${String(site).slice(0, 20)}).`,
    )
  }
  if (
    headers.origin !== undefined &&
    !isOwnOrigin(headers.origin, rawHost(req)) &&
    !(need === 'local' && isDocument)
  ) {
    return refuse(
      403,
      'Another origin',
      `The request was made by a page of ${JSON.stringify(headers.origin.slice(0, 100))}.`,
    )
  }
  return undefined
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  const match = /^https?:\/\/([^/\s]+)$/.exec(origin.toLowerCase())
  return match !== null && host !== undefined && match[1] === host.toLowerCase()
}

/** The host as sent; undefined when it was sent twice or two ways that differ, since then nobody knows which counts. */
function rawHost(req: IncomingMessage): string | undefined {
  const headers = req.headers as IncomingHttpHeaders & { readonly ':authority'?: string }
  const sent = req.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  if (sent.length > 1) return undefined
  const authority = headers[':authority']
  if (authority !== undefined && headers.host !== undefined && authority !== headers.host) return undefined
  return authority ?? headers.host
}
