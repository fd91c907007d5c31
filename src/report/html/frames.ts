/** The stack of one error: open where to look first, foreign frames folded. */

import { editorLink } from '../editors.ts'
import { frameItems, mainFrameIndex, ownerOf, shownFunction, shownPath, shownPlace } from '../frame-groups.ts'
import type { ReportedError, ReportFrame } from '../report.ts'
import { frameCode } from './code.ts'
import { html, type Markup, NOTHING } from './markup.ts'
import type { View } from './view.ts'

/** Draws the source of a frame; a step of its own because the page's pipeline loads it. */
export type DrawSource = (errorIndex: number, frameIndex: number) => Markup

/** The frames of `error`, which stands at `errorIndex` of the report. */
export function frameList(view: View, error: ReportedError, errorIndex: number, draw: DrawSource): Markup {
  if (error.frames.length === 0) return html`<p class="rs-note">${noStack(error)}</p>`
  const main = mainFrameIndex(error.frames)
  const frame = (one: ReportFrame, index: number): Markup =>
    frameDetails(view, one, `${errorIndex}.${index}`, index === main, draw(errorIndex, index))
  return html`<div class="rs-frames">${frameItems(error.frames).map((item) => {
    if (item.type === 'frame') return frame(item.frame, item.index)
    return html`<details class="rs-group" data-group="${item.type}"><summary>${item.label}</summary>
${item.frames.map((one) => frame(one.frame, one.index))}</details>
`
  })}</div>${error.moreFrames > 0 && html`<p class="rs-note">… ${error.moreFrames} more frames</p>`}${rethrowNote(view, error)}`
}

/** The frames are those of the first throw; where else it was thrown stands below. */
function rethrowNote({ report }: View, { rethrows = [] }: ReportedError): Markup {
  if (rethrows.length === 0) return NOTHING
  return html`<p class="rs-note">Thrown again in ${rethrows.map(
    (frame, index) =>
      html`${index > 0 && ', '}<code>${shownFunction(frame)}</code> (${shownPlace(frame, report.runtime.cwd)})`,
  )}</p>`
}

function noStack(error: ReportedError): string {
  return error.isError
    ? 'This error has no stack: it was made without one, or its stack was removed.'
    : 'A value that is no error was thrown, so it carries no stack. Throw an Error to see where it came from.'
}

const LATE = html`<p class="rs-note">No console: its package is so large that the request would have waited too long. Frames of the application come first.</p>`

function frameDetails(view: View, frame: ReportFrame, key: string, open: boolean, source: Markup): Markup {
  const live = view.options.live?.has(key) === true
  const pending = !live && view.options.pending?.has(key) === true
  const late = view.options.late?.has(key) === true
  const state = live ? html` data-live` : pending ? html` data-pending` : NOTHING
  return html`<details class="rs-frame" data-frame="${key}" data-kind="${frame.kind}"${state}${open && html` open`}>
<summary>${frameSummary(view, frame)}</summary>
${openLink(view, frame)}${versions(key, frame, source)}${compiledNote(view, frame)}${live && html`<div class="rs-console-slot" data-console="${key}"></div>`}${late && LATE}</details>
`
}

/** What was written and what ran, of which one is shown; a choice of two that needs no script. */
function versions(key: string, { compiledSource, compiled }: ReportFrame, source: Markup): Markup {
  if (compiledSource === undefined) return source
  const choice = (name: string, label: string, isChosen: boolean): Markup =>
    html`<input type="radio" name="rs-version-${key}" id="rs-${name}-${key}"${isChosen && html` checked`}><label for="rs-${name}-${key}">${label}</label>`
  const code = frameCode({ file: compiled?.file }, compiledSource)
  return html`<div class="rs-versions">${choice('source', 'Source', true)}${choice('compiled', 'Compiled', false)}<div class="rs-version-source">${source}</div><div class="rs-version-compiled">${code}</div></div>`
}

/** A link that opens the place in an editor; within the summary it would be a control inside a control. */
function openLink({ options }: View, { file, line, column, kind }: ReportFrame): Markup {
  if (options.editor === undefined || file === undefined || kind === 'runtime') return NOTHING
  const url = editorLink(options.editor, { file, line, column }, options.paths)
  return url === undefined
    ? NOTHING
    : html`<div class="rs-tools"><a class="rs-open" href="${url}">Open in editor</a></div>`
}

/** Where the code that really ran is, when a source map has led from there. */
function compiledNote({ report }: View, { compiled }: ReportFrame): Markup {
  if (compiled === undefined) return NOTHING
  const path = shownPath(compiled.file, report.runtime.cwd)
  return html`<p class="rs-note">Compiled: <code>${path}:${compiled.line}:${compiled.column}</code></p>`
}

function frameSummary(view: View, frame: ReportFrame): Markup {
  const owner = frame.kind === 'dependency' && html`<span class="rs-owner">${ownerOf(frame)}</span>`
  return html`<span class="rs-function">${shownFunction(frame)}</span> <span class="rs-place">${place(view, frame)}</span>${owner}`
}

/** The path with its last part set off, then line and column. */
function place(view: View, frame: ReportFrame): Markup {
  if (frame.file === undefined) return html`${frame.raw}`
  const path = shownPath(frame.file, view.report.runtime.cwd)
  const slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1
  const position =
    frame.line === undefined ? '' : `:${frame.line}${frame.column === undefined ? '' : `:${frame.column}`}`
  return html`<span class="rs-folder">${path.slice(0, slash)}</span><span class="rs-file">${path.slice(slash)}</span>${position}`
}
