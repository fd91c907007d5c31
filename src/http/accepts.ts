/** Which kind of answer a client wants for an error: a page, JSON, Markdown or plain text. */

import type { IncomingHttpHeaders } from 'node:http'

/** The kinds of answers an error report can have. */
export type AnswerKind = 'html' | 'json' | 'markdown' | 'text'

/**
 * Decides by `Accept`, and where that says nothing by the fetch metadata of browsers:
 * a document gets HTML, a script's fetch JSON, anything else (curl) text.
 * Specification: RFC 9110 §12.5.1; Fetch Metadata Request Headers.
 */
export function answerKind(headers: IncomingHttpHeaders): AnswerKind {
  const best = preferred(headers.accept)
  if (best !== undefined) return best
  const destination = headers['sec-fetch-dest']
  if (destination === 'document') return 'html'
  if (destination === 'empty' || headers['sec-fetch-mode'] === 'cors') return 'json'
  if (headers['x-requested-with'] === 'XMLHttpRequest') return 'json'
  return 'text'
}

const MAX_ACCEPT_LENGTH = 1000

function preferred(accept: string | undefined): AnswerKind | undefined {
  let best: AnswerKind | undefined
  let bestQuality = 0
  for (const range of (accept ?? '').slice(0, MAX_ACCEPT_LENGTH).toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    const kind = kindOf(type)
    if (kind === undefined) continue
    const given = parameters.find((parameter) => parameter.startsWith('q='))
    const quality = given === undefined ? 1 : Number(given.slice(2)) || 0
    if (quality > bestQuality) {
      best = kind
      bestQuality = quality
    }
  }
  return best
}

/** Wildcards say nothing: the bare one is sent by curl and by fetch alike. */
function kindOf(type: string): AnswerKind | undefined {
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html'
  if (type === 'application/json' || type.endsWith('+json') || type === 'text/json') return 'json'
  if (type === 'text/markdown') return 'markdown'
  if (type === 'text/plain') return 'text'
  return undefined
}
