/** Makes a request again as it came: the same method, address, headers and body, to the socket it came in at. */

import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import { errorPagePath } from '../pages/error-page-path.ts'
import { bodyOf, entranceOf } from './kept-requests.ts'

/** What came of it. */
export type Replayed =
  | { readonly ok: true; readonly status: number; readonly debugUrl?: string; readonly ms: number }
  | { readonly ok: false; readonly explanation: string }

/** Says that a request is a repetition. */
const MARK = 'x-rocksolid-replay'

/** Headers of the connection and of the body's way, which are made anew. */
const OWN = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  MARK,
])

const TIMEOUT_MS = 30_000

/** Methods that by their meaning change nothing (RFC 9110 §9.2.1). */
export const isSafe = (method: string): boolean => /^(?:GET|HEAD|OPTIONS|TRACE)$/.test(method)

/** Sends the request and waits for the head of its answer, 30 seconds at most. Never rejects. */
export function replay(req: IncomingMessage): Promise<Replayed> {
  const body = bodyOf(req)
  if (body === undefined) return Promise.resolve({ ok: false, explanation: NO_BODY })
  const entrance = entranceOf(req)
  if (entrance === undefined || req.httpVersionMajor !== 1) {
    return Promise.resolve({ ok: false, explanation: NO_WAY })
  }
  const options: RequestOptions & { rejectUnauthorized: boolean } = {
    host: entrance.host,
    port: entrance.port,
    method: req.method,
    path: (req as { originalUrl?: string }).originalUrl ?? req.url,
    headers: headersFor(req, body) as never,
    setHost: false,
    agent: false,
    timeout: TIMEOUT_MS,
    // It is this very server, whose certificate is most often its own.
    rejectUnauthorized: false,
  }
  return send(entrance.isSecure ? https.request(options) : http.request(options), body)
}

const NO_BODY = 'Its body was not kept: it is larger than 64 KiB, or the application had not read all of it.'
const NO_WAY = 'Only requests of HTTP/1 over TCP can be made again from here. Copy it as curl instead.'

function headersFor(req: IncomingMessage, body: Buffer): string[] {
  const headers: string[] = []
  for (let index = 0; index + 1 < req.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [req.rawHeaders[index], req.rawHeaders[index + 1]]
    if (!OWN.has(name.toLowerCase())) headers.push(name, value)
  }
  if (body.length > 0) headers.push('Content-Length', String(body.length))
  headers.push('Connection', 'close', MARK, '1')
  return headers
}

function send(request: http.ClientRequest, body: Buffer): Promise<Replayed> {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    request.on('response', (response) => {
      const { statusCode = 0, headers } = response
      const url = errorPagePath(headers['x-debug-url'])
      const ms = Math.round(performance.now() - startedAt)
      resolve({ ok: true, status: statusCode, ms, ...(url === undefined ? {} : { debugUrl: url }) })
      // Nobody reads the rest.
      response.destroy()
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    request.on('error', (error) =>
      resolve({ ok: false, explanation: `It could not be made: ${error.message}.` }),
    )
    request.end(body)
  })
}
