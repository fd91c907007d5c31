/** What a request gets that is not carried out: JSON for scripts, a plain page for people. Nothing else is in it. */

import { createHash } from 'node:crypto'
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
  if (answerKind(req.headers) !== 'html')
    return { ...jsonAnswer(status, refusal), headers: { ...SEALED, ...headers } }
  const policy = `${SEALED['Content-Security-Policy']}; style-src '${STYLE_HASH}'`
  return {
    status,
    type: 'text/html; charset=utf-8',
    body: page(refusal),
    headers: { ...SEALED, 'Content-Security-Policy': policy, ...headers },
  }
}

/** Headers of answers that hold no page of ours: nothing in them runs, nobody frames or embeds them. */
export const SEALED = {
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
} as const

/** The colours and the measure of the other pages, for one that has nothing else of theirs. */
const STYLE = `
:root { color-scheme: light dark; background: #f4f5f7; color: #1b1f24 }
body { max-width: 71.5rem; margin: 0 auto; padding: 1rem 1.25rem; font: 0.9375rem / 1.5 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; font-weight: 600; line-height: 1.3 }
code { font: 0.8125rem / 1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }
@media (prefers-color-scheme: dark) { :root { background: #0e1014; color: #e4e7eb } }
`
const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`

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
<style>${STYLE}</style>
<h1>${title}</h1>
<p>${escapeHtml(explanation)}</p>
${what}${allow}</html>
`
}
