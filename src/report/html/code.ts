/** Lines of source as HTML, the failing one marked and a caret under the place. */

import { shared } from '../../core/shared.ts'
import type { DescriptionEntry } from '../../inspect/description.ts'
import type { SourceExcerpt } from '../../stack/source.ts'
import type { ReportFrame } from '../report.ts'
import { highlightLines } from './highlight.ts'
import { html, type Markup, NOTHING, trusted } from './markup.ts'

/** The excerpt of a frame, with the values that its failing line had right under that line. */
export function frameCode(
  { file, values = [] }: Pick<ReportFrame, 'file' | 'values'>,
  source: SourceExcerpt,
): Markup {
  const changed =
    source.changed === true &&
    html`<p class="rs-note">This file was changed after the process had started: the lines may have moved.</p>`
  const { head, tail } = drawn(source, file)
  return html`<div class="rs-code" role="group" tabindex="0" aria-label="Source code"><div>${trusted(head)}${valuesPart(values)}${trusted(tail)}</div></div>${changed}`
}

function valuesPart(values: readonly DescriptionEntry[]): Markup {
  if (values.length === 0) return NOTHING
  return html`<div class="rs-values-row"><dl class="rs-values">${values.map(
    ({ key, value }) =>
      html`<div><dt>${key}</dt><dd><code class="rs-value" data-type="${value.type}">${value.text}</code></dd></div>`,
  )}</dl></div>`
}

/** The lines up to the failing one, and those after it. */
interface Drawing {
  readonly head: string
  readonly tail: string
}

/** Drawings of excerpts, which are the same objects as long as their file stays as it is. */
const drawings = shared('report.code', () => new WeakMap<SourceExcerpt, Drawing>())

function drawn(source: SourceExcerpt, file: string | undefined): Drawing {
  let drawing = drawings.get(source)
  if (drawing === undefined) {
    drawing = draw(source, file)
    drawings.set(source, drawing)
  }
  return drawing
}

/** Whether {@link frameCode} has drawn this very excerpt before. */
export const isDrawn = (source: SourceExcerpt): boolean => drawings.has(source)

/** `file` decides the language. */
function draw(source: SourceExcerpt, file: string | undefined): Drawing {
  const lines = highlightLines(source.lines, file ?? '')
  const digits = String(source.startLine + lines.length - 1).length
  const rows = lines.map((line, index) => {
    const number = source.startLine + index
    const shown = String(number).padStart(digits)
    if (number !== source.line) return html`<span class="rs-line"><i>${shown}</i>${line}\n</span>`
    return html`<span class="rs-line rs-failing"><i>${shown}</i>${line}\n</span>${caret(source, digits)}`
  })
  const split = source.line - source.startLine + 1
  const block = (part: readonly Markup[]): string =>
    part.length === 0 ? '' : html`<pre><code>${part}</code></pre>`.text
  return { head: block(rows.slice(0, split)), tail: block(rows.slice(split)) }
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
