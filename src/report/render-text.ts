/**
 * The report as a compact traceback for a terminal or a text log: request, error, the failing line with a caret,
 * the stack with foreign frames folded, then the same for each cause. Nothing in it can steer the terminal.
 */

import { type Paint, painter, stripAnsi } from '../core/ansi.ts'
import { escapeControls } from '../core/escape.ts'
import type { Frame } from '../stack/frame.ts'
import type { SourceExcerpt } from '../stack/source.ts'
import { editorLink, type PathMap } from './editors.ts'
import { frameItems, mainFrameIndex, shownFunction, shownPlace } from './frame-groups.ts'
import type { Hint, Report, ReportedError, ReportFrame } from './report.ts'
import { valueRows } from './value-rows.ts'

/** How the text is drawn. */
export interface TextOptions {
  /** Terminal colours. Default false. */
  readonly color?: boolean
  /** Columns of the terminal; longer lines of code are cut. Default 120. */
  readonly width?: number
  /** Where the page of this error is. */
  readonly link?: string
  /** Template of an editor (see `editorTemplate`): places become links in terminals that know them. Needs colour. */
  readonly editor?: string
  /** Paths where the code runs to paths where the editor does. */
  readonly paths?: PathMap
}

/** One drawing. */
interface Drawing {
  readonly paint: Paint
  readonly width: number
  readonly cwd: string
  readonly editor: string | undefined
  readonly paths: PathMap
  /** Places whose code was shown: of members of an aggregate that failed alike, one shows it. */
  readonly shown: Set<string>
}

/** Lines of source before and after the failing one. */
const AROUND = 3
const MAX_MESSAGE_LINES = 40

/** The traceback, lines joined by `\n`, without one at the end. */
export function renderText(report: Report, options: TextOptions = {}): string {
  const width = Math.max(40, options.width ?? 120)
  const editor = options.color === true ? options.editor : undefined
  const drawing = {
    paint: painter(options.color === true),
    width,
    cwd: report.runtime.cwd,
    editor,
    paths: options.paths ?? {},
    shown: new Set<string>(),
  }
  const lines = [...requestLines(report, drawing)]
  report.errors.forEach((error, index) => {
    if (index > 0) lines.push('')
    lines.push(...errorLines(error, report.errors, drawing))
  })
  if (report.moreErrors > 0) lines.push('', `… and ${report.moreErrors} more errors`)
  for (const hint of report.hints ?? []) lines.push('', ...hintLines(hint, drawing))
  if (options.link !== undefined) lines.push('', drawing.paint('cyan', escapeControls(options.link)))
  return lines.join('\n')
}

function requestLines({ request }: Report, { paint }: Drawing): string[] {
  if (request === undefined) return []
  return [`${paint('bold', escapeControls(request.method))} ${escapeControls(request.url)}`]
}

function errorLines(error: ReportedError, all: readonly ReportedError[], drawing: Drawing): string[] {
  const lines = [...headLines(error, all, drawing)]
  const main = mainFrameIndex(error.frames)
  for (const item of frameItems(error.frames)) {
    if (item.type !== 'frame') lines.push(drawing.paint('dim', `    … ${escapeControls(item.label)}`))
    else {
      lines.push(frameLine(item.frame, drawing))
      if (item.index === main && item.frame.source)
        lines.push(...codeLines(item.frame, item.frame.source, drawing))
    }
  }
  if (error.moreFrames > 0) lines.push(drawing.paint('dim', `    … ${error.moreFrames} more frames`))
  if (error.frames.length === 0) lines.push(drawing.paint('dim', '    (no stack)'))
  for (const frame of error.rethrows ?? [])
    lines.push(`${drawing.paint('dim', '    thrown again')}${frameLine(frame, drawing).slice('   '.length)}`)
  return lines
}

function headLines(error: ReportedError, all: readonly ReportedError[], { paint }: Drawing): string[] {
  const name = paint('brightRed', paint('bold', escapeControls(error.name)))
  const messages = stripAnsi(error.message).split(/\r\n|\n|\r/)
  const shown = messages.slice(0, MAX_MESSAGE_LINES).map(escapeControls)
  if (messages.length > shown.length) shown.push(`… ${messages.length - shown.length} more lines`)
  const [first = '', ...rest] = shown
  const code =
    error.code === undefined || first.includes(error.code) ? '' : ` [${escapeControls(error.code)}]`
  const thrown = error.isError ? '' : paint('dim', ' (thrown, but not an error)')
  const message = first === '' ? '' : `: ${first}`
  const head = `${relationText(error, all, paint)}${name}${message}${code}${thrown}`
  return [head, ...rest.map((line) => `  ${line}`), ...propertyLines(error, paint)]
}

function relationText(error: ReportedError, all: readonly ReportedError[], paint: Paint): string {
  if (error.relation === 'cause') return paint('dim', 'caused by ')
  if (error.relation === 'suppressed') return paint('dim', 'suppressed ')
  if (error.relation !== 'member') return ''
  const parent = error.parent === undefined ? undefined : all[error.parent]
  const { number, of } = error.member ?? { number: 0, of: 0 }
  return paint(
    'dim',
    `${number} of ${of}${parent === undefined ? '' : ` in ${escapeControls(parent.name)}`} `,
  )
}

const MAX_PROPERTIES = 8

function propertyLines({ properties }: ReportedError, paint: Paint): string[] {
  const shown = properties.slice(0, MAX_PROPERTIES)
  const lines = shown.map(
    ({ key, value }) => `  ${paint('dim', `${escapeControls(key)}:`)} ${escapeControls(value.text)}`,
  )
  return shown.length < properties.length
    ? [...lines, paint('dim', `  … ${properties.length - shown.length} more`)]
    : lines
}

function frameLine(frame: Frame, { paint, cwd, editor, paths }: Drawing): string {
  const { file, line, column } = frame
  const shown = paint('cyan', escapeControls(shownPlace(frame, cwd)))
  const url =
    editor === undefined || file === undefined ? undefined : editorLink(editor, { file, line, column }, paths)
  // OSC 8, ended by ST; the address is percent-encoded, so nothing in it can end the sequence.
  const place = url === undefined ? shown : `\x1b]8;;${escapeControls(url)}\x1b\\${shown}\x1b]8;;\x1b\\`
  return `    at ${escapeControls(shownFunction(frame))} (${place})`
}

function codeLines(frame: ReportFrame, source: SourceExcerpt, drawing: Drawing): string[] {
  const { paint, width, shown: places } = drawing
  const place = `${frame.file}:${source.line}`
  const around = places.has(place) ? 0 : AROUND
  places.add(place)
  const from = Math.max(source.startLine, source.line - around)
  const to = Math.min(source.startLine + source.lines.length - 1, source.line + around)
  const digits = String(to).length
  const room = width - digits - 11
  const lines: string[] = []
  for (let number = from; number <= to; number++) {
    const raw = source.lines[number - source.startLine] ?? ''
    const code = escapeControls(expandTabs(raw))
    const shown = code.length > room ? `${code.slice(0, Math.max(0, room - 1))}…` : code
    const isFailing = number === source.line
    const gutter = `${isFailing ? paint('brightRed', '>') : ' '} ${String(number).padStart(digits)} │ `
    lines.push(`      ${isFailing ? gutter : paint('dim', gutter)}${shown}`.trimEnd())
    if (!isFailing) continue
    const blank = paint('dim', `  ${' '.repeat(digits)} │ `)
    const rows = valueRows(raw, frame.values ?? [], room)
    for (const row of caretRow(raw, source.column, room, paint)) lines.push(`      ${blank}${row}`)
    for (const row of rows) lines.push(`      ${blank}${paint('yellow', escapeControls(row))}`)
  }
  return lines
}

function caretRow(line: string, column: number | undefined, room: number, paint: Paint): string[] {
  if (column === undefined) return []
  const before = escapeControls(expandTabs(line.slice(0, column - 1))).length
  return before > room ? [] : [`${' '.repeat(before)}${paint('brightRed', '^')}`]
}

function hintLines(hint: Hint, { paint }: Drawing): string[] {
  const lines = [paint('green', `hint: ${escapeControls(hint.title)}`)]
  for (const line of hint.text.split('\n')) lines.push(`  ${escapeControls(line)}`)
  if (hint.change !== undefined) {
    lines.push(paint('red', `  - ${escapeControls(hint.change.before.trim())}`))
    lines.push(paint('green', `  + ${escapeControls(hint.change.after.trim())}`))
  }
  if (hint.command !== undefined) lines.push(`  $ ${escapeControls(hint.command)}`)
  return lines
}

const expandTabs = (text: string): string => text.replaceAll('\t', '  ')
