/** The tables under the stack: request, process, and whatever sections the report brings. */

import { requestToCurl, requestToFetch } from '../render-request.ts'
import { renderText } from '../render-text.ts'
import type { Report } from '../report.ts'
import { html, type Markup } from './markup.ts'
import type { View } from './view.ts'

/** Rows of names and values under a heading. */
export interface MetadataGroup {
  readonly name: string
  readonly sections: readonly {
    readonly name: string
    readonly rows: readonly (readonly [key: string, value: string])[]
  }[]
}

/** Request, sections and process as groups of rows. */
export function metadataGroups({
  request,
  runtime,
  sections = [],
  ...report
}: Report): readonly MetadataGroup[] {
  const groups: MetadataGroup[] = []
  if (request !== undefined) {
    const rows: (readonly [string, string])[] = [
      ['Method', request.method],
      ['URL', request.url],
      ['HTTP version', request.httpVersion],
    ]
    if (request.remoteAddress !== undefined) rows.push(['Remote address', request.remoteAddress])
    const line = { name: 'Request line', rows }
    const headers = { name: 'Headers', rows: request.headers }
    groups.push({ name: 'Request', sections: request.headers.length === 0 ? [line] : [line, headers] })
  }
  for (const { name, rows = [], text } of sections) {
    const parts = rows.length === 0 ? [] : [{ name: '', rows }]
    groups.push({
      name,
      sections: text === undefined ? parts : [...parts, { name: TEXT, rows: [[TEXT, text]] }],
    })
  }
  const rows: (readonly [string, string])[] = [
    ['Runtime', `${runtime.name} on ${runtime.platform}`],
    ['Process', `${runtime.pid}, up ${runtime.uptimeSeconds} s`],
    ['Folder', runtime.cwd],
    ['Time', new Date(report.at).toISOString()],
    ['Report', report.id],
    ['Fingerprint', report.fingerprint],
  ]
  groups.push({ name: 'Process', sections: [{ name: '', rows }] })
  return groups
}

/** Marks a section of printed lines rather than of rows; no row of anybody's has such a name. */
const TEXT = '\0text'

/** The groups, each under its heading. */
export function metadataPart(view: View, groups: readonly MetadataGroup[]): Markup {
  return html`${groups.map(
    (
      group,
      index,
    ) => html`<section class="rs-meta" aria-labelledby="rs-meta-${index}"><h2 id="rs-meta-${index}" class="rs-label">${group.name}</h2>
${group.sections.map((section) => {
  const [first] = section.rows
  if (section.name === TEXT) {
    return html`<pre class="rs-output" tabindex="0" aria-label="${group.name}">${view.message(first?.[1] ?? '')}</pre>
`
  }
  return html`<table class="rs-table">${section.name !== '' && html`<caption>${section.name}</caption>`}<tbody>${section.rows.map(
    ([key, value]) => html`<tr><th scope="row">${key}</th><td>${value}</td></tr>
`,
  )}</tbody></table>
`
})}</section>
`,
  )}`
}

/** The request as commands and the whole report as text, to be selected and copied where there is no script. */
export function textPart({ report }: View): Markup {
  const { request } = report
  const again =
    request &&
    html`<details class="rs-text"><summary>Request as curl</summary><pre class="rs-output" tabindex="0" aria-label="The request as a curl command">${requestToCurl(request)}</pre></details>
<details class="rs-text"><summary>Request as fetch</summary><pre class="rs-output" tabindex="0" aria-label="The request as a call of fetch">${requestToFetch(request)}</pre></details>
`
  return html`${again}<details class="rs-text"><summary>As text</summary><pre class="rs-output" tabindex="0" aria-label="The report as text">${renderText(report)}</pre></details>
`
}
