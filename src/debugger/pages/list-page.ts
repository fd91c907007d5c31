/** The page at the prefix itself: the errors that are kept, and the lock. */

import { stripAnsi } from '../../core/ansi.ts'
import { strftime } from '../../core/time.ts'
import type { Answer } from '../../http/respond.ts'
import { html, type Markup } from '../../report/html/markup.ts'
import { type ErrorSummary, type PageData, PREFIX } from '../protocol.ts'
import { pageAnswer } from './document.ts'

/** Draws the list, without script where there is no `data`; `notice` says what is missing, '' nothing; `base` see mount. */
export function listPage(
  errors: readonly ErrorSummary[],
  data: PageData | undefined,
  notice: string,
  base: string,
): Answer {
  const rows = bugsOf(errors).map((bug) => html`${row(bug, base + PREFIX)}\n`)
  const list =
    errors.length === 0
      ? html`<p>No error is kept. Cause one, and it is listed here.</p>`
      : html`<ol class="rs-list" aria-label="Kept errors, each bug once, the newest first">\n${rows}</ol>`
  const lock =
    data?.console === true &&
    html`<section id="rs-unlock" aria-label="Lock"><p>Consoles need JavaScript.</p></section>\n`
  const main = html`<main class="rs-list-page">
<header class="rs-list-head"><h1>Errors of this server</h1><div id="rs-status" role="status"></div><div id="rs-toolbar"></div></header>
${notice !== '' && html`<p role="alert">${notice}</p>\n`}${lock}${list}
</main>`
  return pageAnswer({ status: 200, title: 'Errors of this server', main, client: { data, base } })
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
function row([newest, ...earlier]: readonly ErrorSummary[], prefix: string): Markup | undefined {
  if (newest === undefined) return undefined
  const { name, message, count, first } = newest
  const text = stripAnsi(message).split('\n')[0] ?? ''
  const seen = count > 1 && html` <span class="rs-times">${count} times since ${time(first)}</span>`
  const what = html`<span class="rs-name">${name}</span> <span class="rs-list-message">${text}</span>`
  return html`<li>${link(newest, prefix, what)}<p>${time(newest.at)}${seen} ${where(newest)}</p>${folded(earlier, prefix)}</li>`
}

function folded(earlier: readonly ErrorSummary[], prefix: string): Markup | undefined {
  if (earlier.length === 0) return undefined
  const items = earlier.map((one) => html`<li>${link(one, prefix, time(one.at))} ${where(one)}</li>\n`)
  return html`
<details class="rs-earlier"><summary>${earlier.length} earlier kept</summary><ol>
${items}</ol></details>`
}

const link = ({ id }: ErrorSummary, prefix: string, inside: Markup): Markup =>
  html`<a href="${prefix}/errors/${id}">${inside}</a>`

const where = ({ request }: ErrorSummary): Markup | undefined =>
  request === undefined ? undefined : html`<code>${request}</code>`

/** The time of day, with the whole date for machines and for who points at it. */
function time(at: number): Markup {
  const iso = new Date(at).toISOString()
  return html`<time datetime="${iso}" title="${iso}">${strftime(at, '%H:%M:%S')}</time>`
}
