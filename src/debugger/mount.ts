/**
 * Below which path the debugger stands, so that its links, its cookie and its script find it: of a mount in the
 * application (`app.use('/sub', withDebugger(sub))`), and of a proxy that takes a prefix off before it passes a request on
 * and says so (`X-Forwarded-Prefix`). The latter is believed, since it decides about nothing but links of this origin.
 */

import type { IncomingMessage } from 'node:http'
import { originOf, targetOf } from './trust/request-origin.ts'

/** What Express and connect put on a request. */
interface Mounted {
  readonly baseUrl?: unknown
  readonly originalUrl?: unknown
}

/** Folders with plain names, 16 at most: nothing that begins a host, goes up, or ends a header. */
const PLAIN = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~%@+-]{1,100}){1,16}$/

/** The path of the mount that the request is in, without a slash at its end; '' at the root. */
export function mountOf(req: IncomingMessage): string {
  const { originalUrl, baseUrl } = req as Mounted
  if (typeof originalUrl !== 'string') return ''
  // connect tells what the client sent, Express also what it has taken off.
  const { url = '' } = req
  const taken = typeof baseUrl === 'string' ? baseUrl : originalUrl.slice(0, -url.length)
  return originalUrl === `${taken}${url}` || (typeof baseUrl === 'string' && originalUrl.startsWith(baseUrl))
    ? plain(taken)
    : ''
}

/** The path that a browser has to put before the debugger's own; `mount` is that of {@link mountOf}. */
export function baseOf(req: IncomingMessage, mount: string = mountOf(req)): string {
  const prefix = req.headers['x-forwarded-prefix']
  return (typeof prefix === 'string' ? plain(prefix.replace(/\/$/, '')) : '') + mount
}

/** The address that a browser has to put before the debugger's own path; undefined where that is not known. */
export function addressOf(req: IncomingMessage, mount?: string): string | undefined {
  const origin = originOf(req)
  return origin === undefined ? undefined : origin + baseOf(req, mount)
}

/** The request's target below the mount. */
export function mountedTarget(req: IncomingMessage): string {
  const target = targetOf(req)
  const mount = mountOf(req)
  if (mount === '') return target
  const rest = target.slice(mount.length)
  return rest.startsWith('/') ? rest : `/${rest}`
}

const plain = (path: string): string => (PLAIN.test(path) ? path : '')
