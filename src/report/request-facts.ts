/** What the report tells of the request, with credentials masked. */

import type { IncomingMessage } from 'node:http'
import { isReadable, readValue } from '../core/read.ts'
import { isSecretName, MASK, maskText } from '../inspect/redact.ts'
import type { RequestFacts } from './report.ts'

const MAX_HEADERS = 100
const MAX_VALUE = 4096

/** The facts of the request; undefined when it is none. Never throws. */
export function requestFacts(req: IncomingMessage | undefined): RequestFacts | undefined {
  if (req === undefined || req === null) return undefined
  try {
    const original = (req as { originalUrl?: unknown }).originalUrl
    const url = typeof original === 'string' ? original : req.url
    return {
      method: String(req.method ?? '').slice(0, 40),
      url: maskText(String(url ?? '').slice(0, MAX_VALUE)),
      httpVersion: String(req.httpVersion ?? ''),
      headers: headersOf(req),
      remoteAddress: addressOf(req),
    }
  } catch {
    return undefined
  }
}

function headersOf(req: IncomingMessage): readonly (readonly [string, string])[] {
  const headers: (readonly [string, string])[] = []
  const raw = rawHeaders(req)
  for (let index = 0; index + 1 < raw.length && headers.length < MAX_HEADERS; index += 2) {
    const name = String(raw[index]).slice(0, 200)
    if (name.startsWith(':')) continue
    const value = String(raw[index + 1]).slice(0, MAX_VALUE)
    headers.push([name, isSecretName(name) ? MASK : maskText(value)])
  }
  return headers
}

function rawHeaders(req: IncomingMessage): readonly unknown[] {
  if (Array.isArray(req.rawHeaders)) return req.rawHeaders
  const headers: unknown = req.headers
  return typeof headers === 'object' && headers !== null ? Object.entries(headers).flat() : []
}

function addressOf(req: IncomingMessage): string | undefined {
  const socket: unknown = req.socket
  if (!isReadable(socket)) return undefined
  const address = (socket as { remoteAddress?: unknown }).remoteAddress ?? readValue(socket, 'remoteAddress')
  return typeof address === 'string' ? address : undefined
}
