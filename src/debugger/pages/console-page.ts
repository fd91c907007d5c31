/** The page of the standalone console: one console and its lock, nothing else. */

import type { Answer } from '../../http/respond.ts'
import { html } from '../../report/html/markup.ts'
import { type PageData, PREFIX } from '../protocol.ts'
import { pageAnswer } from './document.ts'

/** `names` are those it begins with; without `data` there is no script and so no console. */
export function consolePage(names: readonly string[], data: PageData | undefined, base: string): Answer {
  const scope = names.map((name, index) => html`${index > 0 && ', '}<code>${name}</code>`)
  const main = html`<main class="rs-list-page">
<header class="rs-list-head"><h1>Console of this server</h1><div id="rs-status" role="status"></div><div class="rs-history"><a href="${base}${PREFIX}/">All errors</a></div><div id="rs-toolbar"></div></header>
<p class="rs-note">In scope: ${names.length === 0 ? 'nothing but globals' : scope}</p>
<div class="rs-frames"><div class="rs-console-slot" data-console="0.0"><p class="rs-note">The console needs JavaScript.</p></div></div>
</main>`
  return pageAnswer({ status: 200, title: 'Console of this server', main, client: { data, base } })
}
