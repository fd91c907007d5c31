/** The page at the prefix itself: the errors that are kept, and the lock. */

import { randomUUID } from 'node:crypto'
import { stripAnsi } from '../../core/ansi.ts'
import { escapeHtml, jsonForScript } from '../../core/escape.ts'
import { clfTime } from '../../core/time.ts'
import type { Answer } from '../../http/respond.ts'
import { PAGE_STYLE } from '../../report/html/style.generated.ts'
import { CLIENT_SCRIPT, CLIENT_STYLE } from '../client.generated.ts'
import { type ErrorSummary, type PageData, PREFIX } from '../protocol.ts'
import { pageHeaders } from './page-headers.ts'

/** Draws the list, without script where there is no `data`; `notice` says why it is shown instead of what was asked for. */
export function listPage(
  errors: readonly ErrorSummary[],
  data: PageData | undefined,
  notice?: string,
): Answer {
  const nonce = randomUUID().replaceAll('-', '')
  const rows = errors.map(row).join('\n')
  const list =
    errors.length === 0
      ? '<p>No error is kept. Cause one, and it is listed here.</p>'
      : `<ol class="rs-list">\n${rows}\n</ol>`
  const lock = data?.console
    ? '<section id="rs-unlock" aria-label="Lock"><p>Consoles need JavaScript.</p></section>'
    : ''
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors of this server</title>
<style nonce="${nonce}">${PAGE_STYLE}${CLIENT_STYLE}${LIST_STYLE}</style>
</head>
<body>
<main class="rs-list-page">
<h1>Errors of this server</h1>
${notice === undefined ? '' : `<p role="alert">${escapeHtml(notice)}</p>`}
${lock}
${list}
</main>
<div id="rs-status" role="status"></div>
${data === undefined ? '' : clientScript(data, nonce)}</body>
</html>
`
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: pageHeaders(nonce) }
}

function clientScript(data: PageData, nonce: string): string {
  return `<script type="application/json" id="rocksolid-data" nonce="${nonce}">${jsonForScript(data)}</script>
<script nonce="${nonce}">${CLIENT_SCRIPT}</script>
`
}

const LIST_STYLE = `
.rs-list-page { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
.rs-list-page h1 { font-size: 1.25rem; }
.rs-list { list-style: none; padding: 0; margin: 1rem 0; border-top: 1px solid var(--rs-line); }
.rs-list li { border-bottom: 1px solid var(--rs-line); }
.rs-list a { display: grid; gap: 0.1rem; padding: 0.6rem 0.25rem; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
.rs-list a:hover strong { text-decoration: underline; }
.rs-list span { color: var(--rs-muted); font-size: 0.85em; }
`

function row({ id, at, name, message, request }: ErrorSummary): string {
  const first = stripAnsi(message).split('\n')[0] ?? ''
  const where = `${request === undefined ? '' : `${request} · `}${clfTime(at)}`
  return `<li><a href="${PREFIX}/errors/${escapeHtml(id)}"><strong>${escapeHtml(`${name}: ${first}`)}</strong><span>${escapeHtml(where)}</span></a></li>`
}
