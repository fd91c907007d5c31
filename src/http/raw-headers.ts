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
  return find(req, name, name)
}

/** The same for one header of many requests: quicker, as it knows how browsers spell the name. */
export function headerFinder(name: string): (req: HeaderSource) => string | undefined {
  const usual = name.replace(/(?<![^-])[a-z]/g, (letter) => letter.toUpperCase())
  return (req) => find(req, name, usual)
}

function find(req: HeaderSource, name: string, usual: string): string | undefined {
  const { rawHeaders } = req
  if (rawHeaders === undefined || rawHeaders.length === 0) return parsedHeader(req.headers, name)
  let found: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] as string
    if (raw.length !== name.length || !isNamed(raw, name, usual)) continue
    const value = rawHeaders[index + 1] as string
    if (found === undefined) found = value
    else if (!FIRST_ONLY.has(name)) found += (name === 'cookie' ? '; ' : ', ') + value
  }
  if (found === undefined && name === 'host' && req.httpVersionMajor >= 2)
    return requestHeader(req, ':authority')
  return found
}

/** Whether a name of the same length is this one in any letter case; the first letter tells most others apart. */
function isNamed(raw: string, name: string, usual: string): boolean {
  if ((raw.charCodeAt(0) | 32) !== (name.charCodeAt(0) | 32)) return false
  return raw === usual || raw.toLowerCase() === name
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
