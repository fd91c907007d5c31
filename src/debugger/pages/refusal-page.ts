/** What a request gets that is not carried out: JSON for scripts, a plain page for people. Nothing else is in it. */

import type { IncomingMessage } from 'node:http'
import { escapeHtml } from '../../core/escape.ts'
import { answerKind } from '../../http/accepts.ts'
import { type Answer, jsonAnswer } from '../../http/respond.ts'
import type { Refusal } from '../protocol.ts'

export function refusalAnswer(
  req: IncomingMessage,
  status: number,
  refusal: Refusal,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const answer =
    answerKind(req.headers) === 'html'
      ? { status, type: 'text/html; charset=utf-8', body: page(refusal) }
      : jsonAnswer(status, refusal)
  return { ...answer, headers: { ...SEALED, ...headers } }
}

/** Headers of answers that hold no page of ours: nothing in them runs, nobody frames or embeds them. */
export const SEALED = {
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
} as const

function page({ error, explanation, refused, option }: Refusal): string {
  const title = escapeHtml(error)
  const what = refused === undefined ? '' : `<p>Refused: <code>${escapeHtml(refused)}</code></p>\n`
  const allow = option === undefined ? '' : `<p>Option: <code>${escapeHtml(option)}</code></p>\n`
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<h1>${title}</h1>
<p>${escapeHtml(explanation)}</p>
${what}${allow}</html>
`
}
