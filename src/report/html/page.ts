/** The page put together without the pipeline: what is shown when youch cannot be loaded or fails. */

import { frameCode } from './code.ts'
import { layoutPart } from './layout.ts'
import { html, type Markup, NOTHING } from './markup.ts'
import { metadataGroups, metadataPart, textPart } from './metadata.ts'
import { causePart, headerPart, infoPart, stackPart } from './sections.ts'
import type { View } from './view.ts'

/** The whole page of a view. */
export function plainPage(view: View): string {
  const draw = (error: number, frame: number): Markup => sourceOf(view, error, frame)
  const groups = metadataGroups(view.report)
  const body = html`${headerPart(view)}${infoPart(view)}${stackPart(view, draw)}${causePart(view, draw)}${metadataPart(view, groups)}${textPart(view)}`
  return layoutPart(view, body).text
}

/** The code of a frame, or why there is none. */
export function sourceOf(view: View, error: number, frame: number): Markup {
  const found = view.report.errors[error]?.frames[frame]
  if (found === undefined) return NOTHING
  if (found.source !== undefined && !view.withCode.has(`${error}.${frame}`)) {
    return html`<p class="rs-note">Its code is left out to keep the page small.</p>`
  }
  if (found.source !== undefined) return frameCode(found, found.source)
  return html`<p class="rs-note">${found.kind === 'runtime' ? 'Part of the runtime.' : 'The source is not readable.'} <code>${found.raw}</code></p>`
}
