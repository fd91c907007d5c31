/** The parts of the page, each a function from the view to HTML. */

import { stripAnsi } from '../../core/ansi.ts'
import type { DescriptionEntry } from '../../inspect/description.ts'
import type { ReportedError } from '../report.ts'
import { type DrawSource, frameList } from './frames.ts'
import { hintsPart } from './hints.ts'
import { html, type Markup, NOTHING } from './markup.ts'
import { MAX_SHOWN, type PageHistory, shownErrors, type View } from './view.ts'

/** The bar on top: which request it was, and room for the script's buttons. Opens `main`; the layout closes it. */
export function headerPart({ report, options }: View): Markup {
  const { request } = report
  const what = request
    ? html`<p class="rs-request"><span class="rs-method">${request.method}</span> <span class="rs-url">${request.url}</span></p>`
    : options.banner === undefined && html`<p class="rs-request"><span class="rs-url">Error report</span></p>`
  return html`<header class="rs-header">${options.banner !== undefined && html`<p class="rs-banner">${options.banner}</p>`}
${what}
${options.history !== undefined && historyPart(options.history)}<div id="rs-toolbar"></div><div id="rs-status" role="status"></div></header>
<main class="rs-main">
`
}

/** Plain links: they work without a script, and a script finds them by their `rel`. */
function historyPart({ older, newer, all, count, saved, missing }: PageHistory): Markup {
  const step = (url: string | undefined, rel: string, text: string): Markup =>
    url === undefined
      ? html`<span class="rs-off">${text}</span>`
      : html`<a href="${url}" rel="${rel}">${text}</a>`
  return html`<nav class="rs-history" aria-label="Errors of this server">${step(older, 'prev', 'Older')}${step(newer, 'next', 'Newer')}<a href="${all}">${count === 1 ? 'All errors' : `All ${count} errors`}</a><a href="${saved}" download>Save</a>${missing !== undefined && html`<span class="rs-note">${missing}</span>`}</nav>
`
}

/** Type and message of the error to look at first, and the way it took. */
export function infoPart(view: View): Markup {
  const error = view.report.errors[view.primary] as ReportedError
  return html`<section class="rs-hero" aria-labelledby="rs-title">
<h1 id="rs-title"><span class="rs-name">${error.name}</span>${codeMark(error)}
${heroMessage(view, error.message)}</h1>
${because(view)}${reportedAs(view)}${view.options.history?.seen !== undefined && html`<p class="rs-seen">${view.options.history.seen}</p>`}${causePath(view)}${hintsPart(view)}</section>
`
}

/** The root cause in a line, when it is not the error shown: it has no frame of the application to look at. */
function because(view: View): Markup {
  const [root] = view.order
  const error = root === undefined || root === view.primary ? undefined : view.report.errors[root]
  if (error === undefined || firstLine(error.message) === '') return NOTHING
  return html`<p class="rs-because">because of <a href="#rs-error-${root}">${error.name}</a>: ${firstLine(error.message)}</p>
`
}

/** What became of it, in a line, when another error was reported: that one may say for whom or for what it failed. */
function reportedAs({ report, order, wayOut, primary }: View): Markup {
  const index = order[wayOut - 1]
  const error = index === undefined || index === primary ? undefined : report.errors[index]
  if (error === undefined || firstLine(error.message) === '') return NOTHING
  return html`<p class="rs-because">reported as <a href="#rs-error-${index}">${error.name}</a>: ${firstLine(error.message)}</p>
`
}

const LONG_MESSAGE = 400

/** Most characters of the first line of a long message for it to be the headline. */
const LONG_HEADLINE = 160

/** A short message is the headline; a long one is a text to scroll in, under its first line where that can be one. */
function heroMessage(view: View, whole: string): Markup {
  const message = whole.replace(/^(?:[ \t\r]*\n)+/, '')
  if (message === '') return NOTHING
  const isLong = message.length > LONG_MESSAGE || message.split('\n').length > 5
  if (!isLong) {
    const lines = message.includes('\n') && ' rs-lines'
    return html`<span class="rs-message${lines}">${view.message(message)}</span>`
  }
  const end = message.indexOf('\n')
  // Colours may go on over the end of a line.
  const hasHeadline = end > 0 && end <= LONG_HEADLINE && !/[\x1b\x9b]/.test(message)
  const text = hasHeadline ? message.slice(end + 1) : message
  const headline = hasHeadline && html`<span class="rs-message">${view.message(message.slice(0, end))}</span>`
  return html`${headline}<span class="rs-message rs-long" tabindex="0">${view.message(text)}</span>`
}

const codeMark = (error: ReportedError): Markup | false =>
  error.code !== undefined &&
  !error.message.includes(error.code) &&
  html` <code class="rs-errorcode">${error.code}</code>`

/** From the root cause to what was reported, then what hangs beside that way, all as links to the errors. */
function causePath(view: View): Markup {
  const { errors, moreErrors } = view.report
  if (errors.length < 2) return NOTHING
  const leftOut = moreErrors + Math.max(0, errors.length - MAX_SHOWN)
  const item = (index: number): Markup => {
    const current = index === view.primary && html` aria-current="true"`
    return html`<li><a href="#rs-error-${index}"${current}><span class="rs-relation">${relationText(view, index)}</span> ${errors[index]?.name}${errors[index]?.code !== undefined && ` ${errors[index]?.code}`}</a></li>`
  }
  const beside = view.order.slice(view.wayOut, MAX_SHOWN)
  return html`<nav class="rs-path" aria-label="Errors of the chain"><ol>${shorten(
    view.order.slice(0, view.wayOut),
  ).map((index) => (index === undefined ? html`<li class="rs-note">…</li>` : item(index)))}</ol>
${beside.length > 0 && html`<ul>${beside.map(item)}</ul>`}${leftOut > 0 && html`<p class="rs-note">and ${leftOut} more errors</p>`}</nav>`
}

const LONG_WAY = 7

/** A long way keeps its two ends; undefined stands for what is between. */
function shorten(way: readonly number[]): readonly (number | undefined)[] {
  return way.length <= LONG_WAY ? way : [...way.slice(0, 4), undefined, ...way.slice(-2)]
}

/** What the error is in its chain. */
function relationText({ report }: View, index: number): string {
  const error = report.errors[index] as ReportedError
  if (error.relation === 'member') return `${error.member?.number ?? 0} of ${error.member?.of ?? 0}`
  if (error.relation === 'suppressed') return 'Suppressed'
  const isCut = report.moreErrors > 0 && index === report.errors.length - 1
  const hasCause =
    isCut || report.errors.some((other) => other.parent === index && other.relation === 'cause')
  if (error.relation === 'reported') return 'Reported'
  return hasCause ? 'Wrapped' : 'Root cause'
}

/** Every error with its stack; the primary one open, the others folded. */
export function stackPart(view: View, draw: DrawSource): Markup {
  const error = view.report.errors[view.primary] as ReportedError
  return html`<section class="rs-error" id="rs-error-${view.primary}" aria-labelledby="rs-stack-title">
<h2 id="rs-stack-title" class="rs-label">Stack</h2>
${frameList(view, error, view.primary, draw)}${propertyTable(error.properties)}</section>
`
}

/** The other errors of the chain. */
export function causePart(view: View, draw: DrawSource): Markup {
  const rest = shownErrors(view).filter((index) => index !== view.primary)
  if (rest.length === 0) return NOTHING
  return html`<section aria-labelledby="rs-chain-title"><h2 id="rs-chain-title" class="rs-label">Other errors of the chain</h2>
${rest.map((index) => {
  const error = view.report.errors[index] as ReportedError
  return html`<details class="rs-error rs-other"><summary><span class="rs-relation">${relationText(view, index)}</span> <span class="rs-name">${error.name}</span>${codeMark(error)} <span class="rs-brief">${firstLine(error.message)}</span></summary>
<div id="rs-error-${index}">${error.message !== '' && html`<p class="rs-message">${view.message(error.message)}</p>`}
${frameList(view, error, index, draw)}${propertyTable(error.properties)}</div></details>
`
})}</section>
`
}

const firstLine = (message: string): string => stripAnsi(message).split('\n', 1)[0]?.slice(0, 200) ?? ''

/** Own properties of an error, one a row. */
export function propertyTable(entries: readonly DescriptionEntry[]): Markup {
  if (entries.length === 0) return NOTHING
  return html`<div class="rs-properties"><table class="rs-table"><caption>Properties</caption><tbody>${entries.map(
    (entry) => html`<tr><th scope="row">${entry.key}</th><td>${valueMarkup(entry)}</td></tr>
`,
  )}</tbody></table></div>`
}

function valueMarkup({ value }: DescriptionEntry): Markup {
  if (value.entries === undefined || value.entries.length === 0) {
    return html`<code class="rs-value" data-type="${value.type}">${value.text}</code>`
  }
  return html`<details class="rs-object"><summary><code>${value.text}</code></summary><ul>${value.entries.map(
    (entry) => html`<li><span class="rs-key">${entry.key}</span> ${valueMarkup(entry)}</li>`,
  )}${value.more !== undefined && html`<li class="rs-note">… ${value.more} more</li>`}</ul></details>`
}
