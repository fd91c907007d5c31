/** A line for people: time, method, status, a bar for the duration, size, URL, and what went wrong. */

import { type Ink, painter, stripAnsi } from '../core/ansi.ts'
import { type Exchange, NEEDS } from '../http/exchange.ts'
import type { CompiledLine } from './compile-line.ts'
import type { Escape } from './escape.ts'
import type { FieldSettings, Reader } from './field.ts'
import { fieldNamed } from './fields.ts'
import { clientLeft, errorText, failed, failureOf } from './fields-response.ts'
import { durationOf } from './fields-time.ts'

/** What the terminal can do, and from when a request is slow. */
export interface PrettySettings extends FieldSettings {
  readonly color: boolean
  /** Characters in a line of the terminal; 0 when it is none. Asked for each line, since windows change. */
  readonly columns: () => number
  /** Milliseconds from which a duration is red. */
  readonly slow: number
  readonly escape: Escape
}

const BAR_CELLS = 6
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** Milliseconds at the two ends of the bar; between them it grows with the logarithm. */
const BAR_FROM = 1
const BAR_TO = 10_000

/** Narrowest that a URL is cut to. */
const MIN_URL = 16

export function compilePretty(settings: PrettySettings): CompiledLine {
  const { color, columns, slow, escape: clean } = settings
  const paint = painter(color)
  const bind = (name: string, argument?: string): Reader => fieldNamed(name).bind(argument, settings)
  const time = bind('time', settings.timeFormat ?? '%H:%M:%S')
  const url = bind('url')
  const route = bind('route')
  const bytes = bind('bytes')

  const write = (exchange: Exchange): string => {
    const { status, outcome } = exchange
    const ms = durationOf(exchange)
    const shownStatus = status ?? (clientLeft(exchange) ? settings.abortedStatus : undefined)
    const size = bytes(exchange)
    const left = [
      paint('gray', String(time(exchange))),
      paint('bold', clean(exchange.method).padEnd(7)),
      paint(
        inkOfStatus(shownStatus, outcome !== 'ok' && outcome !== 'upgraded'),
        String(shownStatus ?? '---'),
      ),
      ...(color ? [paint(inkOfDuration(ms, slow), bar(ms))] : []),
      paint(inkOfDuration(ms, slow), shortDuration(ms).padStart(8)),
      paint('gray', (typeof size === 'number' ? shortSize(size) : '-').padStart(8)),
    ].join(' ')
    const note = noteOf(exchange, slow, ms)
    const pattern = route(exchange)
    const target = clean(String(url(exchange)))
    const hint = pattern !== undefined && pattern !== target.split('?')[0] ? clean(String(pattern)) : ''
    const right = [
      hint === '' ? '' : paint('gray', hint),
      note === '' ? '' : paint(failed(exchange) ? 'red' : 'yellow', clean(note)),
    ].filter((part) => part !== '')
    const room =
      columns() === 0 ? Number.POSITIVE_INFINITY : columns() - stripAnsi(left).length - 2 - widthOf(right)
    return [`${left}  ${shortened(target, Math.max(MIN_URL, room))}`, ...right].join('  ')
  }
  return { needs: NEEDS.bodyBytes, write }
}

function noteOf(exchange: Exchange, slow: number, ms: number): string {
  const error = failed(exchange) ? errorText(failureOf(exchange)) : undefined
  const early = exchange.outcome === 'ok' ? '' : exchange.outcome
  return [early, error?.split('\n')[0] ?? '', ms >= slow && early === '' ? 'slow' : '']
    .filter(Boolean)
    .join(' · ')
}

function inkOfStatus(status: number | undefined, early: boolean): Ink {
  if (status === undefined || early) return 'magenta'
  if (status >= 500) return 'red'
  if (status >= 400) return 'yellow'
  return status >= 300 ? 'cyan' : 'green'
}

function inkOfDuration(ms: number, slow: number): Ink {
  if (ms >= slow) return 'red'
  return ms >= slow / 4 ? 'yellow' : 'green'
}

function bar(ms: number): string {
  const share = Math.log(Math.max(ms, BAR_FROM) / BAR_FROM) / Math.log(BAR_TO / BAR_FROM)
  const eighths = Math.round(Math.min(1, share) * BAR_CELLS * 8)
  return ('█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? '')).padEnd(BAR_CELLS)
}

function shortDuration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)}m${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}s`
}

function shortSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let size = bytes
  let unit = 'B'
  for (const next of units) {
    if (size < 999.5) break
    size /= 1000
    unit = next
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${unit}`
}

function shortened(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`
}

function widthOf(parts: readonly string[]): number {
  return parts.reduce((width, part) => width + stripAnsi(part).length + 2, 0)
}
