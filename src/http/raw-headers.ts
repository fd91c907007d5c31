/** Request headers looked up as they came, without having Node build its header object. */

import type { IncomingHttpHeaders } from 'node:http'

/** What headers are looked up in: a request, or an exchange. */
export interface HeaderSource {
  readonly rawHeaders: readonly string[] | undefined
  readonly httpVersionMajor: number
  readonly headers: IncomingHttpHeaders
}

/** Headers of which Node keeps the first when a client sends several; see the documentation of `message.headers`. */
const FIRST_ONLY = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
])

/**
 * A request header with one character for each byte (latin1), several of one name joined as Node joins them.
 * `name` in lower case. On HTTP/2 `host` is also found as `:authority`.
 */
export function requestHeader(req: HeaderSource, name: string): string | undefined {
  const { rawHeaders } = req
  if (rawHeaders === undefined || rawHeaders.length === 0) return parsedHeader(req.headers, name)
  let found: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] as string
    if (raw.length !== name.length || raw.toLowerCase() !== name) continue
    const value = rawHeaders[index + 1] as string
    if (found === undefined) found = value
    else if (!FIRST_ONLY.has(name)) found += (name === 'cookie' ? '; ' : ', ') + value
  }
  return found ?? authorityFor(name, req)
}

/** What HTTP/2 has in the place of the header Host. */
function authorityFor(name: string, req: HeaderSource): string | undefined {
  return name === 'host' && req.httpVersionMajor >= 2 ? requestHeader(req, ':authority') : undefined
}

/** A header that is looked for in every request. */
interface Wanted {
  readonly name: string
  /** As browsers spell it. */
  readonly usual: string
  /** Code of its first letter in lower case, which tells most others of its length apart. */
  readonly first: number
  /** Another one whose name is as long. */
  readonly next: Wanted | undefined
  /** Where its value stands in the headers that were gone through last. */
  at: number
}

const [NOWHERE, SEVERAL] = [-1, -2]

/** Most names that are looked for together, and the longest of them; others are looked for one by one. */
const MAX_WANTED = 64
const MAX_LENGTH = 64

const wanted: Wanted[] = []
const wantedByLength: (Wanted | undefined)[] = new Array(MAX_LENGTH + 1).fill(undefined)
/** The headers that were gone through last: one request's are kept in memory. */
let goneThrough: readonly string[] | undefined

/** The same as {@link requestHeader} for one header of many requests, which are gone through once for all finders. */
export function headerFinder(name: string): (req: HeaderSource) => string | undefined {
  const entry = wantedHeader(name)
  if (entry === undefined) return (req) => requestHeader(req, name)
  return (req) => {
    const { rawHeaders } = req
    if (rawHeaders === undefined || rawHeaders.length === 0) return parsedHeader(req.headers, name)
    if (rawHeaders !== goneThrough) goThrough(rawHeaders)
    if (entry.at >= 0) return rawHeaders[entry.at]
    return entry.at === SEVERAL ? requestHeader(req, name) : authorityFor(name, req)
  }
}

function wantedHeader(name: string): Wanted | undefined {
  const known = wanted.find((one) => one.name === name)
  if (known !== undefined || wanted.length >= MAX_WANTED || name.length > MAX_LENGTH) return known
  const usual = name.replace(/(?<![^-])[a-z]/g, (letter) => letter.toUpperCase())
  const first = name.charCodeAt(0) | 32
  const entry: Wanted = { name, usual, first, next: wantedByLength[name.length], at: NOWHERE }
  wanted.push(entry)
  wantedByLength[name.length] = entry
  goneThrough = undefined
  return entry
}

function goThrough(rawHeaders: readonly string[]): void {
  for (let index = 0; index < wanted.length; index++) (wanted[index] as Wanted).at = NOWHERE
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] as string
    if (raw.length > MAX_LENGTH) continue
    for (let entry = wantedByLength[raw.length]; entry !== undefined; entry = entry.next) {
      if ((raw.charCodeAt(0) | 32) !== entry.first) continue
      if (raw === entry.usual || raw.toLowerCase() === entry.name)
        entry.at = entry.at === NOWHERE ? index + 1 : SEVERAL
    }
  }
  goneThrough = rawHeaders
}

/** The request's headers as they came, by lower-case name, without what the application or its framework has added. */
export function receivedHeaders(req: HeaderSource): IncomingHttpHeaders {
  const { rawHeaders, headers } = req
  if (rawHeaders === undefined || rawHeaders.length === 0) return headers
  const names = rawHeaders.filter((_one, index) => index % 2 === 0)
  return Object.fromEntries(names.map((name, index) => [name.toLowerCase(), rawHeaders[index * 2 + 1]]))
}

/** A trailer that came after the request's body. `name` in lower case. */
export function requestTrailer(
  req: { readonly trailers: NodeJS.Dict<string> },
  name: string,
): string | undefined {
  return parsedHeader(req.trailers, name)
}

/** A header of Node's object, which middleware may have added; never what objects inherit. */
export function parsedHeader(
  headers: Readonly<Record<string, string | readonly string[] | undefined>> | undefined,
  name: string,
): string | undefined {
  if (headers === undefined || !Object.hasOwn(headers, name)) return undefined
  const value = headers[name]
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.join(', ') : undefined
}
