/** Hints as cards; what stands in backticks is code. */

import { stripAnsi } from '../../core/ansi.ts'
import type { Hint } from '../report.ts'
import { html, type Markup, NOTHING } from './markup.ts'
import type { View } from './view.ts'

/** The hints, or nothing. */
export function hintsPart(view: View): Markup {
  const { hints = [] } = view.report
  if (hints.length === 0) return NOTHING
  return html`<aside class="rs-hints" aria-label="Hints">${hints.map((hint) => hintCard(view, hint))}</aside>
`
}

function hintCard({ report, primary, order }: View, hint: Hint): Markup {
  const { change, command, links = [] } = hint
  // The root cause stands right above, so it needs no naming.
  const isNear = hint.error === primary || hint.error === order[0]
  const other = isNear ? undefined : report.errors[hint.error]
  const about =
    other !== undefined &&
    html`<p class="rs-note">About <a href="#rs-error-${hint.error}">${other.name}: ${stripAnsi(other.message).split('\n', 1)[0]?.slice(0, 120)}</a></p>`
  return html`<div class="rs-hint" data-hint="${hint.name}">${about}<p class="rs-hint-title">${withCode(hint.title)}</p>
${paragraphs(hint.text)}${
  change !== undefined &&
  html`<pre class="rs-change" tabindex="0" aria-label="Suggested change"><del>- ${change.before.trim()}</del>
<ins>+ ${change.after.trim()}</ins></pre>`
}${command !== undefined && html`<p><code class="rs-command">${command}</code></p>`}${links
  .filter(({ url }) => /^https:\/\//.test(url))
  .map(
    ({ title, url }) => html`<p><a href="${url}" rel="noreferrer noopener" target="_blank">${title}</a></p>`,
  )}</div>
`
}

/** Lines indented by two blanks are shown as they are: text with a caret under it. */
function paragraphs(text: string): Markup {
  const [first = '', ...rest] = text.split('\n')
  const shown = rest.length > 0 && html`<pre tabindex="0" aria-label="The text">${rest.join('\n')}</pre>`
  return html`<p>${withCode(first)}</p>${shown}`
}

/** Pairs of backticks become code; a lone one stays as it is. */
function withCode(text: string): Markup {
  const parts = text.split('`')
  if (parts.length % 2 === 0) return html`${text}`
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`
}
