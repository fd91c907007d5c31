/** What a failed request gets when the whole report is not for the client: a status and an id, nothing else. */

import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { answerKind } from '../http/accepts.ts'
import { type Answer, jsonAnswer } from '../http/respond.ts'

/** Answers who may not see the report: a status, an id to find it by in the terminal where it is told, nothing else. */
export function bareAnswer(req: IncomingMessage, status: number, id: string | undefined): Answer {
  const title = status < 500 ? (STATUS_CODES[status] ?? 'Error') : 'Internal Server Error'
  switch (answerKind(req.headers)) {
    case 'html': {
      const body = `<!DOCTYPE html>\n<html lang="en">\n<meta charset="utf-8">\n<title>${title}</title>\n<h1>${title}</h1>\n${id === undefined ? '' : `<p>Error id: <code>${id}</code></p>\n`}</html>\n`
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
      return {
        status,
        type: 'text/plain; charset=utf-8',
        body: `${title}\n${id === undefined ? '' : `Error id: ${id}\n`}`,
      }
  }
}
