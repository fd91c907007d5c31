/** The tables under the stack: request, process, and whatever sections the report brings. */

import { requestToCurl, requestToFetch } from '../render-request.ts'
import { renderText } from '../render-text.ts'
import type { Report, ReportStep } from '../report.ts'
import { html, type Markup } from './markup.ts'
import { stepsPart } from './timeline.ts'
import type { View } from './view.ts'

/** A part under a heading of its own: tables, printed lines, steps. */
export interface MetadataGroup {
  readonly name: string
  readonly sections: readonly {
    readonly name: string
    readonly rows: readonly (readonly [key: string, value: string])[]
  }[]
  readonly text?: string
  readonly steps?: readonly ReportStep[]
}

/** Request, sections and process as groups. */
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
  for (const { name, rows = [], text, steps } of sections) {
    groups.push({
      name,
      sections: rows.length === 0 ? [] : [{ name: '', rows }],
      ...(text === undefined ? {} : { text }),
      ...(steps === undefined ? {} : { steps }),
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
  const app = groups.find(({ name }) => name === 'App')
  const process = { name: 'Process', rows }
  if (app === undefined) return [...groups, { name: 'Process', sections: [{ ...process, name: '' }] }]
  // What runs and what it runs in belong together, at the end.
  const others = groups.filter((group) => group !== app)
  return [...others, { ...app, sections: [...app.sections, process] }]
}

/** The groups, each to be opened by its heading; the page's script makes tabs of them. The first is open. */
export function metadataPart(view: View, groups: readonly MetadataGroup[]): Markup {
  return html`<section class="rs-more-facts" aria-label="More about this failure">
${groups.map(
  (
    group,
    index,
  ) => html`<details class="rs-meta" id="rs-meta-${index}"${index === 0 && html` open`}><summary>${group.name}${countOf(group)}</summary>
<div class="rs-meta-body">${group.sections.map(tableOf)}${group.steps !== undefined && stepsPart(group.steps)}${
    group.text !== undefined &&
    html`<pre class="rs-output" tabindex="0" aria-label="${group.name}">${view.message(group.text)}</pre>
`
  }</div></details>
`,
)}</section>
`
}

const countOf = ({ text, steps }: MetadataGroup): Markup | false => {
  const count = steps === undefined ? (text?.split('\n').length ?? 0) : steps.length
  return count > 0 && html` <span class="rs-count">${count}</span>`
}

const tableOf = ({ name, rows }: MetadataGroup['sections'][number]): Markup =>
  html`<table class="rs-table">${name !== '' && html`<caption>${name}</caption>`}<tbody>${rows.map(
    ([key, value]) => html`<tr><th scope="row">${key}</th><td>${value}</td></tr>
`,
  )}</tbody></table>
`

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
