/** The page at the prefix itself: the errors that are kept, and the lock. */

import { randomUUID } from 'node:crypto'
import { stripAnsi } from '../../core/ansi.ts'
import { escapeHtml, jsonForScript } from '../../core/escape.ts'
import { strftime } from '../../core/time.ts'
import type { Answer } from '../../http/respond.ts'
import { PAGE_STYLE } from '../../report/html/style.generated.ts'
import { type ErrorSummary, type PageData, PREFIX } from '../protocol.ts'
import { assetUrls } from './assets.ts'
import { pageHeaders } from './page-headers.ts'

/** Draws the list, without script where there is no `data`; `notice` says what is missing, '' nothing; `base` see mount. */
export function listPage(
  errors: readonly ErrorSummary[],
  data: PageData | undefined,
  notice: string,
  base: string,
): Answer {
  const urls = assetUrls(base)
  const prefix = base + PREFIX
  const nonce = randomUUID().replaceAll('-', '')
  const rows = bugsOf(errors)
    .map((bug) => row(bug, prefix))
    .join('\n')
  const list =
    errors.length === 0
      ? '<p>No error is kept. Cause one, and it is listed here.</p>'
      : `<ol class="rs-list" aria-label="Kept errors, each bug once, the newest first">\n${rows}\n</ol>`
  const lock = data?.console
    ? '<section id="rs-unlock" aria-label="Lock"><p>Consoles need JavaScript.</p></section>'
    : ''
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors of this server</title>
<style nonce="${nonce}">${PAGE_STYLE}</style>
<link rel="stylesheet" href="${urls.style}" nonce="${nonce}">
</head>
<body>
<main class="rs-list-page">
<header class="rs-list-head"><h1>Errors of this server</h1><div id="rs-status" role="status"></div><div id="rs-toolbar"></div></header>
${notice === '' ? '' : `<p role="alert">${escapeHtml(notice)}</p>`}
${lock}
${list}
</main>
${data === undefined ? '' : clientScript(data, nonce, urls.script)}</body>
</html>
`
  return { status: 200, type: 'text/html; charset=utf-8', body, headers: pageHeaders(nonce) }
}

function clientScript(data: PageData, nonce: string, url: string): string {
  return `<script type="application/json" id="rocksolid-data" nonce="${nonce}">${jsonForScript(data)}</script>
<script src="${url}" nonce="${nonce}"></script>
`
}

/** Errors of the same bug together, the newest first. */
function bugsOf(errors: readonly ErrorSummary[]): readonly (readonly ErrorSummary[])[] {
  const bugs = new Map<string, ErrorSummary[]>()
  for (const error of errors) {
    const bug = bugs.get(error.fingerprint)
    if (bug === undefined) bugs.set(error.fingerprint, [error])
    else bug.push(error)
  }
  return [...bugs.values()]
}

/** One bug: what, where, when its newest error was; how often it was seen, since when; its other errors, folded. */
function row([newest, ...earlier]: readonly ErrorSummary[], prefix: string): string {
  if (newest === undefined) return ''
  const { name, message, count, first } = newest
  const text = stripAnsi(message).split('\n')[0] ?? ''
  const seen = count > 1 ? ` <span class="rs-times">${count} times since ${time(first)}</span>` : ''
  const what = `<span class="rs-name">${escapeHtml(name)}</span> <span class="rs-list-message">${escapeHtml(text)}</span>`
  return `<li>${link(newest, prefix, what)}<p>${time(newest.at)}${seen} ${where(newest)}</p>${folded(earlier, prefix)}</li>`
}

function folded(earlier: readonly ErrorSummary[], prefix: string): string {
  if (earlier.length === 0) return ''
  const items = earlier.map((one) => `<li>${link(one, prefix, time(one.at))} ${where(one)}</li>`).join('\n')
  return `
<details class="rs-earlier"><summary>${earlier.length} earlier kept</summary><ol>
${items}
</ol></details>`
}

const link = ({ id }: ErrorSummary, prefix: string, inside: string): string =>
  `<a href="${prefix}/errors/${escapeHtml(id)}">${inside}</a>`

const where = ({ request }: ErrorSummary): string =>
  request === undefined ? '' : `<code>${escapeHtml(request)}</code>`

/** The time of day, with the whole date for machines and for who points at it. */
function time(at: number): string {
  const iso = new Date(at).toISOString()
  return `<time datetime="${iso}" title="${iso}">${strftime(at, '%H:%M:%S')}</time>`
}
