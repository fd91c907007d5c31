/** What a failed request gets when the whole report is not for the client: a status and an id, nothing else. */

import type { IncomingMessage } from 'node:http'
import { answerKind } from '../http/accepts.ts'
import { type Answer, jsonAnswer } from '../http/respond.ts'

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
