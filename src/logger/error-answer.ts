/** What the client gets when a handler failed and nobody else answers: the traceback, or a plain sentence. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorStatus } from '../http/error-status.ts'
import { forwardingHeader, isLoopbackAddress, isLoopbackName, parseHost } from '../http/hosts.ts'
import { type Answer, cutResponse, replaceOrCut } from '../http/respond.ts'
import type { ErrorApp } from './logging-options.ts'

/** wsgilog's sentence. */
const SENTENCE = 'Server got itself in trouble'

/** Ways to answer. */
export interface ErrorAnswerOptions {
  readonly toHtml: boolean
  readonly errorApp?: ErrorApp | undefined
}

/** Answers for a failed handler; when the response has begun, ends it so that the client sees that it is broken. */
export async function answerError(
  error: unknown,
  req: IncomingMessage,
  res: ServerResponse,
  { toHtml, errorApp }: ErrorAnswerOptions,
): Promise<void> {
  if (isBegun(res)) {
    cutResponse(res)
    return
  }
  const status = errorStatus(error)
  if (toHtml && maySeeSource(req)) {
    replaceOrCut(req, res, await pageOf(error, req, status))
    return
  }
  if (errorApp !== undefined) {
    try {
      await errorApp(req, res, error)
      return
    } catch {
      // The application's own error page failed: ours takes its place.
    }
  }
  const answer = { status, type: 'text/plain; charset=utf-8', body: `${SENTENCE}\n` }
  replaceOrCut(req, res, answer, { keepCors: true })
}

function isBegun(res: ServerResponse): boolean {
  return res.headersSent || res.writableEnded || res.destroyed
}

async function pageOf(error: unknown, req: IncomingMessage, status: number): Promise<Answer> {
  const { buildReport, renderHtml } = await import('../report/reporting.ts')
  const body = await renderHtml(await buildReport(error, { req }))
  const headers = {
    'Content-Security-Policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
  }
  return { status, type: 'text/html; charset=utf-8', body, headers }
}

/** Whether the client is the developer: on this machine, by a name of this machine, not in production. */
function maySeeSource(req: IncomingMessage): boolean {
  if (process.env.NODE_ENV === 'production') return false
  if (!isLoopbackAddress(req.socket?.remoteAddress)) return false
  const host = parseHost(req.headers.host ?? (req.headers[':authority'] as string | undefined))
  return host !== undefined && isLoopbackName(host.name) && forwardingHeader(req.headers) === undefined
}
