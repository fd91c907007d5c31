/**
 * Below which path of the server a request is handled, for links and cookies that must lead back: a mount of Express or
 * connect says so on the request itself; adapters note what their framework knows; and where neither does, the option
 * `mount` of the debugger. Folders with plain names only, since they become links and headers.
 */

import type { IncomingMessage } from 'node:http'
import { shared } from '../core/shared.ts'
import { makeStamp } from '../core/stamp.ts'

/** What Express and connect put on a request. */
interface Mounted {
  readonly url?: unknown
  readonly baseUrl?: unknown
  readonly originalUrl?: unknown
}

/** Folders with plain names, 16 at most: nothing that begins a host, goes up, or ends a header. */
const PLAIN = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~%@+-]{1,100}){1,16}$/

const noted = shared('mounts', () => makeStamp<string>())

/** The path of the mount that the request is in, without a slash at its end; '' at the root. */
export function mountOf(req: object): string {
  return noted.get(req) ?? mountNow(req)
}

/**
 * Notes the mount at which a request is taken: that of this moment, since routers further in take more off its path, and
 * the outer ones have put it back when an error comes by. The last one counts.
 * @param known what the framework knows of it; default: what Express or connect say on the request
 */
export function enterMount(req: object, known: string = mountNow(req)): void {
  noted.set(req, plainPath(known))
}

/** The path when it is one that links may begin with, else ''. */
export const plainPath = (path: string): string => (PLAIN.test(path) ? path : '')

/** The request's target as the client sent it, also where a framework has mounted the handler elsewhere. */
export function targetOf(req: IncomingMessage): string {
  const { originalUrl } = req as { readonly originalUrl?: unknown }
  return typeof originalUrl === 'string' ? originalUrl : (req.url ?? '/')
}

/** What a framework has taken off the target `whole` when it hands on `rest`; '' when it has not just taken off. */
export function takenOff(whole: string, rest: string): string {
  if (whole.endsWith(rest)) return whole.slice(0, whole.length - rest.length)
  // `/sub?q` is handed on as `/?q`.
  const bare = rest.replace(/^\/(?=$|\?)/, '')
  return bare !== rest && whole.endsWith(bare) ? whole.slice(0, whole.length - bare.length) : ''
}

/** The folders of `target` that stand where the pattern of a mount has its own: `/a` for `/:tenant` and `/a/b`. */
export function pathOfPattern(target: string, pattern: string): string {
  const count = pattern.split('/').filter((folder) => folder !== '').length
  return (
    /^(?:\/[^/?#]+)*/
      .exec(target)?.[0]
      .split('/', count + 1)
      .join('/') ?? ''
  )
}

function mountNow(req: object): string {
  const { originalUrl, baseUrl, url } = req as Mounted
  if (typeof originalUrl !== 'string' || typeof url !== 'string') return ''
  // connect tells what the client sent, Express also what it has taken off.
  if (typeof baseUrl !== 'string') return plainPath(takenOff(originalUrl, url))
  return originalUrl.startsWith(baseUrl) ? plainPath(baseUrl) : ''
}
