/** Records for people at a terminal: aligned, coloured by level, the fields dimmed, the error below. */

import { type Ink, painter } from '../core/ansi.ts'
import { isBoolean, isString, resolveOptions } from '../core/options.ts'
import { strftime } from '../core/time.ts'
import { errorLines, fieldsText, loggerText, messageText } from './plain-text.ts'
import type { Format } from './record.ts'

/** How {@link prettyFormat} writes. */
export interface PrettyFormatOptions {
  /** Colours. Default false; a stream sink asks its terminal. */
  readonly color?: boolean
  /** strftime directives. Default `%H:%M:%S.%L`. */
  readonly dateFormat?: string
}

const DEFAULTS = { color: false, dateFormat: '%H:%M:%S.%L' }
const CHECKS = { color: isBoolean, dateFormat: isString } as const

/** Makes a format such as `12:50:45.123 INFO  app.db  connected  host=db1 ms=12`. */
export function prettyFormat(options?: PrettyFormatOptions): Format {
  const { color, dateFormat } = resolveOptions<PrettyFormatOptions, typeof DEFAULTS>(
    'prettyFormat',
    options,
    CHECKS,
    DEFAULTS,
  )
  const paint = painter(color)
  return (record) => {
    const ink = inkOf(record.severity)
    const level = paint(ink, record.level.toUpperCase().padEnd(5))
    const logger = record.logger === '' ? '' : `${paint('cyan', loggerText(record))}  `
    const message = record.severity >= 50 ? paint('bold', messageText(record)) : messageText(record)
    const fields = fieldsText(record, SHOWN_ELSEWHERE)
    const error = errorLines(record, true)
    return (
      `${paint('dim', strftime(record.time, dateFormat))} ${level} ${logger}${message}` +
      `${fields === '' ? '' : `  ${paint('dim', fields)}`}${error === '' ? '' : paint('red', error)}\n`
    )
  }
}

const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(['spanId'])

function inkOf(severity: number): Ink {
  if (severity >= 60) return 'bgRed'
  if (severity >= 50) return 'red'
  if (severity >= 40) return 'yellow'
  if (severity >= 30) return 'green'
  return severity >= 20 ? 'blue' : 'gray'
}
