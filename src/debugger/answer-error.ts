/** Answers a failed request: the debugger's page and its text forms for who may see them, a bare 500 for all others. */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerKind } from '../http/accepts.ts'
import { type Answer, jsonAnswer, replaceResponse } from '../http/respond.ts'
import { renderHtml } from '../report/render-html.ts'
import { reportToProblem } from '../report/render-json.ts'
import { renderMarkdown } from '../report/render-markdown.ts'
import { renderText } from '../report/render-text.ts'
import { CLIENT_SCRIPT, CLIENT_STYLE } from './client.generated.ts'
import { pageHeaders } from './pages/page-headers.ts'
import { type PageData, PREFIX } from './protocol.ts'
import type { Traceback } from './tracebacks.ts'

/** What the page of an error needs beside the error. */
export interface PageContext {
  readonly token: string
  /** Whether there are consoles at all. */
  readonly console: boolean
  /** A sentence at the top, such as why there are no consoles. */
  readonly banner: string | undefined
}

/** The answer with the whole report, in the form the client asked for. */
export async function reportAnswer(
  req: IncomingMessage,
  status: number,
  traceback: Traceback,
  context: PageContext,
): Promise<Answer> {
  const { report } = traceback
  const link = { 'X-Debug-Url': `${PREFIX}/errors/${report.id}` }
  switch (answerKind(req.headers)) {
    case 'html':
      return errorPage(status, traceback, context)
    case 'json':
      return {
        ...jsonAnswer(status, reportToProblem(report, status), 'application/problem+json'),
        headers: link,
      }
    case 'markdown':
      return { status, type: 'text/markdown; charset=utf-8', body: renderMarkdown(report), headers: link }
    default:
      return {
        status,
        type: 'text/plain; charset=utf-8',
        body: renderText(report, { color: false }),
        headers: link,
      }
  }
}

/** The HTML page of an error. */
export async function errorPage(status: number, traceback: Traceback, context: PageContext): Promise<Answer> {
  const { report, live } = traceback
  const nonce = randomUUID().replaceAll('-', '')
  const data: PageData = {
    token: context.token,
    error: report.id,
    console: context.console,
  }
  const body = await renderHtml(report, {
    nonce,
    live: context.console ? live : new Set(),
    bootstrap: data,
    script: CLIENT_SCRIPT,
    style: CLIENT_STYLE,
    ...(context.banner === undefined ? {} : { banner: context.banner }),
  })
  const headers = { ...pageHeaders(nonce), 'X-Debug-Url': `${PREFIX}/errors/${report.id}` }
  return { status, type: 'text/html; charset=utf-8', body, headers }
}

/** Answers who may not see the report: a status, an id to find it by in the terminal, nothing else. */
export function bareAnswer(req: IncomingMessage, status: number, id: string): Answer {
  const title = status < 500 ? 'Error' : 'Internal Server Error'
  switch (answerKind(req.headers)) {
    case 'html': {
      const body = `<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n<p>Error id: <code>${id}</code></p>\n</html>\n`
      return {
        status,
        type: 'text/html; charset=utf-8',
        body,
        headers: { 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'" },
      }
    }
    case 'json':
      return jsonAnswer(status, { type: 'about:blank', title, status, id }, 'application/problem+json')
    default:
      return { status, type: 'text/plain; charset=utf-8', body: `${title}\nError id: ${id}\n` }
  }
}

/**
 * Sends, or, where the response has begun, ends the connection as an uncaught error would have: a truncated body
 * must not look complete.
 */
export function sendOrCut(
  req: IncomingMessage,
  res: ServerResponse,
  answer: Answer,
  keepCors: boolean,
): void {
  if (replaceResponse(req, res, answer, { keepCors })) return
  if (!res.writableFinished) res.destroy()
}

/** The status an error asks for (`status` or `statusCode`, 400 to 599), else 500. Reads data properties only. */
export function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null) return 500
  for (const name of ['status', 'statusCode'] as const) {
    const value = dataProperty(error, name)
    if (Number.isInteger(value) && (value as number) >= 400 && (value as number) <= 599)
      return value as number
  }
  return 500
}

function dataProperty(value: object, name: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(value, name)?.value
  } catch {
    return undefined
  }
}
