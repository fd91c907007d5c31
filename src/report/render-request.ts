/** The request as a command or a call, to be made again elsewhere. Masked values stay masked and must be filled in. */

import { escapeControls } from '../core/escape.ts'
import type { RequestFacts } from './report.ts'

/** Headers that the client makes itself. */
const OWN = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'keep-alive',
  'upgrade',
  'expect',
])

/** A `curl` command for a POSIX shell; every word that came from outside is quoted. */
export function requestToCurl(request: RequestFacts): string {
  const parts = ['curl', '--globoff', '--include']
  if (request.method === 'HEAD') parts.push('--head')
  else if (request.method !== 'GET') parts.push(`--request ${quote(request.method)}`)
  for (const [name, value] of headersOf(request)) parts.push(`--header ${quote(`${name}: ${value}`)}`)
  parts.push(`--url ${quote(urlOf(request))}`)
  return parts.join(' \\\n  ')
}

/** A call of `fetch` in JavaScript. */
export function requestToFetch(request: RequestFacts): string {
  const headers = headersOf(request).map(([name, value]) => `    [${json(name)}, ${json(value)}],\n`)
  const list = headers.length === 0 ? '' : `  headers: [\n${headers.join('')}  ],\n`
  return `await fetch(${json(urlOf(request))}, {\n  method: ${json(request.method)},\n${list}})`
}

function headersOf(request: RequestFacts): readonly (readonly [string, string])[] {
  return request.headers
    .filter(([name]) => !OWN.has(name.toLowerCase()) && /^[\w!#$%&'*+.^`|~-]+$/.test(name))
    .map(([name, value]) => [name, escapeControls(value)] as const)
}

/** The whole URL: the Host header names where the request went. HTTPS is known only to a proxy in front. */
function urlOf({ url, headers }: RequestFacts): string {
  const path = escapeControls(url)
  if (/^https?:\/\//i.test(path)) return path
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'localhost'
  return `http://${/^[\w.:[\]-]+$/.test(host) ? host : 'localhost'}${path.startsWith('/') ? path : `/${path}`}`
}

/** Nothing acts within single quotes but the quote itself. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** JSON is JavaScript but for two line separators, which are escaped already. */
const json = (text: string): string => JSON.stringify(text)
