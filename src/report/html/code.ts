/** Lines of source as HTML, the failing one marked and a caret under the place. */

import { shared } from '../../core/shared.ts'
import type { ReportFrame, SourceExcerpt } from '../report.ts'
import { highlightLines } from './highlight.ts'
import { html, type Markup, NOTHING, trusted } from './markup.ts'

/** The excerpt of a frame and the values that its failing line had. */
export function frameCode(frame: ReportFrame, source: SourceExcerpt): Markup {
  const values = frame.values ?? []
  const changed =
    source.changed === true &&
    html`<p class="rs-note">This file was changed after the process had started: the lines may have moved.</p>`
  const code = html`${codeBlock(source, frame.file)}${changed}`
  if (values.length === 0) return code
  return html`${code}<dl class="rs-values">${values.map(
    ({ key, value }) =>
      html`<div><dt>${key}</dt><dd><code class="rs-value" data-type="${value.type}">${value.text}</code></dd></div>`,
  )}</dl>`
}

/** Drawings of excerpts, which are the same objects as long as their file stays as it is. */
const drawings = shared('report.code', () => new WeakMap<SourceExcerpt, string>())

/** The excerpt; `file` decides the language. */
function codeBlock(source: SourceExcerpt, file: string | undefined): Markup {
  let drawn = drawings.get(source)
  if (drawn === undefined) {
    drawn = drawCode(source, file).text
    drawings.set(source, drawn)
  }
  return trusted(drawn)
}

/** Whether {@link frameCode} has drawn this very excerpt before. */
export const isDrawn = (source: SourceExcerpt): boolean => drawings.has(source)

function drawCode(source: SourceExcerpt, file: string | undefined): Markup {
  const lines = highlightLines(source.lines, file ?? '')
  const digits = String(source.startLine + lines.length - 1).length
  return html`<pre class="rs-code" tabindex="0" aria-label="Source code"><code>${lines.map((line, index) => {
    const number = source.startLine + index
    const shown = String(number).padStart(digits)
    if (number !== source.line) return html`<span class="rs-line"><i>${shown}</i>${line}\n</span>`
    return html`<span class="rs-line rs-failing"><i>${shown}</i>${line}\n</span>${caret(source, digits)}`
  })}</code></pre>`
}

function caret(source: SourceExcerpt, digits: number): Markup {
  if (source.column === undefined) return NOTHING
  const line = source.lines[source.line - source.startLine] ?? ''
  if (source.column > line.length + 1) return NOTHING
  const before = line.slice(0, source.column - 1).replace(/[^\t]/g, ' ')
  const token = /^(?:(?:new|await|throw)\s{1,4})?[\w$]+/.exec(line.slice(source.column - 1))?.[0] ?? ' '
  const marks = '^'.repeat(Math.min(token.length, 60))
  return html`<span class="rs-line rs-caret" aria-hidden="true"><i>${' '.repeat(digits)}</i>${trusted(before)}<b>${marks}</b>\n</span>`
}
