/** Sends the whole answers this package makes itself: error pages, refusals, the debugger's own pages. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { escapeHtml, jsonText } from '../core/escape.ts'
import { markOwnAnswer, releaseHeld } from './held-responses.ts'
import { targetOf } from './mount.ts'

/** A whole response. */
export interface Answer {
  readonly status: number
  /** `Content-Type` with its charset. */
  readonly type: string
  readonly body: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** Headers of the application that stay on a response replaced by an error page. */
const KEPT_HEADERS = new Set(['set-cookie', 'x-request-id', 'request-id', 'traceparent', 'server-timing'])

/** Headers by which an application lets other sites read its answers; they stay only on answers without secrets. */
const isCors = (name: string): boolean => name.startsWith('access-control-') || name === 'vary'

/** What to do with the headers the application has already set on the response. */
export interface ReplaceOptions {
  /** Keep `Access-Control-*` and `Vary`. Never for a page with source or a console. @default false */
  readonly keepCors?: boolean
}

/**
 * Answers in place of the application. Its headers are dropped, but for cookies and request ids, because they
 * describe a body that is not sent (length, encoding, cache) or would weaken the page (CSP, CORS).
 * @returns false when the response has begun or is gone, and nothing was done
 */
export function replaceResponse(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Answer,
  { keepCors = false }: ReplaceOptions = {},
): boolean {
  releaseHeld(res)
  if (res.headersSent || res.writableEnded || res.destroyed) return false
  markOwnAnswer(res)
  for (const name of res.getHeaderNames()) {
    if (!KEPT_HEADERS.has(name) && !(keepCors && isCors(name))) res.removeHeader(name)
  }
  const body = Buffer.from(answer.body, 'utf8')
  res.statusCode = answer.status
  // An application may have set its own reason phrase for another status. HTTP/2 has none.
  if (req.httpVersionMajor < 2) res.statusMessage = ''
  res.setHeader('Content-Type', answer.type)
  res.setHeader('Content-Length', body.length)
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Cache-Control', 'no-store')
  for (const [name, value] of Object.entries(answer.headers ?? {})) res.setHeader(name, value)
  seal(res, Object.keys(answer.headers ?? {}), keepCors)
  if (req.method === 'HEAD') res.end()
  else res.end(body)
  return true
}

const SEALED = ['content-type', 'cache-control', 'x-content-type-options', 'service-worker-allowed']

/**
 * Keeps the headers of an answer as they are: middleware may act when the head is written, after everybody else, and
 * would put its own policy in place of the page's. What it adds beside stays: sessions, timings, an encoding.
 */
function seal(res: ServerResponse, own: readonly string[], keepCors: boolean): void {
  const names = new Set([...SEALED, ...own.map((name) => name.toLowerCase())])
  names.delete('set-cookie')
  const isSealed = (name: unknown): boolean => {
    const lower = String(name).toLowerCase()
    return names.has(lower) || (!keepCors && lower.startsWith('access-control-'))
  }
  for (const method of ['setHeader', 'appendHeader', 'removeHeader'] as const) {
    const original = res[method] as ((...args: unknown[]) => unknown) | undefined
    if (original === undefined) continue
    const sealed = (...args: unknown[]): unknown => (isSealed(args[0]) ? res : original.apply(res, args))
    Object.defineProperty(res, method, { value: sealed, configurable: true, writable: true })
  }
}

/** {@link replaceResponse}, or, where the response has begun, {@link cutResponse}. */
export function replaceOrCut(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Answer,
  options?: ReplaceOptions,
): void {
  if (!replaceResponse(req, res, answer, options)) cutResponse(res)
}

/** Ends the connection of a response that has begun, as an uncaught error would: a half must not look complete. */
export function cutResponse(res: ServerResponse): void {
  releaseHeld(res)
  if (res.writableFinished) return
  const { stream } = res as { stream?: { close?(code: number): void } }
  // Destroying an HTTP/2 stream ends it as if it were complete. 2 is INTERNAL_ERROR (RFC 9113, 7).
  if (stream?.close !== undefined) stream.close(2)
  else res.destroy()
}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown, type = 'application/json'): Answer {
  return { status, type: `${type}; charset=utf-8`, body: jsonText(value) }
}

/**
 * Answers 404 as connect and Express do when none of their handlers took the request and nobody stands behind them.
 * A wrapper that gives an app its own `next` must, since the app then leaves this to it.
 */
export function answerNotFound(req: IncomingMessage, res: ServerResponse): void {
  if (res.headersSent || res.writableEnded || res.destroyed) return
  const path = targetOf(req).split('?')[0] ?? '/'
  const message = escapeHtml(`Cannot ${req.method ?? 'GET'} ${path}`)
  const body = `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n<pre>${message}</pre>\n</body>\n</html>\n`
  for (const name of ['Content-Encoding', 'Content-Language', 'Content-Range']) res.removeHeader(name)
  res.statusCode = 404
  if (req.httpVersionMajor < 2) res.statusMessage = ''
  res.setHeader('Content-Security-Policy', "default-src 'none'")
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Content-Type', 'text/html; charset=utf-8')
  res.setHeader('Content-Length', Buffer.byteLength(body))
  if (req.method === 'HEAD') res.end()
  else res.end(body)
}
