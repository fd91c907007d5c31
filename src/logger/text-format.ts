/**
 * Records by a format string, in the spellings that the access log takes too: Python `%(levelname)-8s`,
 * morgan `:level`, nginx `$level`. The string is read once, when the format is made.
 */

import { hostname } from 'node:os'
import { FormatError } from '../core/errors.ts'
import { didYouMean } from '../core/nearest.ts'
import { checkArgument, isString } from '../core/options.ts'
import { strftime } from '../core/time.ts'
import { briefOf, errorLines, fieldsText, logfmtValue, loggerText, messageText } from './plain-text.ts'
import type { Format, LogRecord } from './record.ts'

/** The format and the date format of wsgilog. */
export const WSGILOG_FORMAT = '%(name)s: %(asctime)s %(levelname)-4s %(message)s'
export const WSGILOG_DATE = '%a, %d %b %Y %H:%M:%S'

/** Draws epoch milliseconds in the date format. */
type Clock = (epochMs: number) => string

type Token = (record: LogRecord, clock: Clock) => string | number

/** Every token, under its name in the Python spelling and under the shorter one. */
const TOKENS: Readonly<Record<string, Token>> = {
  asctime: (record, clock) => clock(record.time),
  time: (record, clock) => clock(record.time),
  created: (record) => record.time / 1000,
  msecs: (record) => record.time % 1000,
  levelname: (record) => record.level.toUpperCase(),
  level: (record) => record.level,
  levelno: (record) => record.severity,
  name: loggerText,
  logger: loggerText,
  message: messageText,
  msg: messageText,
  fields: (record) => fieldsText(record, NOTHING),
  process: () => process.pid,
  pid: () => process.pid,
  hostname: () => hostname(),
  requestId: (record) => fieldText(record, 'requestId'),
  traceId: (record) => fieldText(record, 'traceId'),
  spanId: (record) => fieldText(record, 'spanId'),
  method: (record) => fieldText(record, 'method'),
  url: (record) => fieldText(record, 'url'),
}

const NOTHING: ReadonlySet<string> = new Set()
const ALLOWED = [...Object.keys(TOKENS), 'field.NAME']

/** One of each: `%(name)-8s` or `%%`; `:name` or `:field[name]`; `$name` or `${name}`. */
const PYTHON = /%(?:%|\(([^)]*)\)([-0]*)(\d*)(?:\.(\d+))?([a-zA-Z]?))/g
const MORGAN = /:([a-zA-Z][\w]*)(?:\[([^\]]*)\])?/g
const NGINX = /\$(?:([a-zA-Z_][\w.]*)|\{([^}]*)\})/g

/**
 * Makes a format from a string. The error of a record, if any, follows on lines of its own, indented.
 * @param dateFormat strftime directives for `asctime` and `time`
 * @throws {FormatError} for an unknown token, with its place
 * @example streamSink({ format: textFormat('%(asctime)s %(levelname)s %(message)s') })
 */
export function textFormat(format: string = WSGILOG_FORMAT, dateFormat: string = WSGILOG_DATE): Format {
  checkArgument('textFormat', 'the format', format, isString)
  checkArgument('textFormat', 'the date format', dateFormat, isString)
  const parts = parse(format)
  const clock = clockOf(dateFormat)
  return (record) => {
    let line = ''
    for (const part of parts) line += typeof part === 'string' ? part : part(record, clock)
    return `${line}${errorLines(record)}\n`
  }
}

/** Remembers the last text; most dates have nothing below seconds. */
function clockOf(dateFormat: string): Clock {
  const unit = /%[fL]/.test(dateFormat) ? 1 : 1000
  let last = Number.NaN
  let text = ''
  return (epochMs) => {
    const now = Math.floor(epochMs / unit)
    if (now !== last) {
      text = strftime(epochMs, dateFormat)
      last = now
    }
    return text
  }
}

type Part = string | ((record: LogRecord, clock: Clock) => string)

function parse(format: string): Part[] {
  if (/%[(%]/.test(format)) return parts(format, PYTHON, pythonPart)
  if (/\$[a-zA-Z_{]/.test(format))
    return parts(format, NGINX, (match) => plain(match[1] ?? match[2] ?? '', match))
  return parts(format, MORGAN, (match) => {
    return match[1] === 'field' ? plain(`field.${match[2] ?? ''}`, match) : plain(match[1] ?? '', match)
  })
}

function parts(format: string, pattern: RegExp, draw: (match: RegExpExecArray) => Part): Part[] {
  const result: Part[] = []
  let end = 0
  for (const match of format.matchAll(pattern)) {
    if (match.index > end) result.push(format.slice(end, match.index))
    result.push(draw(match))
    end = match.index + match[0].length
  }
  if (end < format.length) result.push(format.slice(end))
  if (pattern === PYTHON) refuseHalfTokens(format, result)
  return result
}

function refuseHalfTokens(format: string, result: readonly Part[]): void {
  if (!result.some((part) => typeof part === 'string' && part.includes('%('))) return
  throw new FormatError('A token is not closed: %( needs a name and ).', format, format.lastIndexOf('%('))
}

function pythonPart(match: RegExpExecArray): Part {
  if (match[0] === '%%') return '%'
  const [whole, name = '', flags = '', width = '', precision, kind = ''] = match
  if (!'sdifr'.includes(kind) || kind === '') {
    const at = match.index + whole.length - 1
    throw new FormatError(`%(${name}) ends in ${JSON.stringify(kind)}. Allowed: s, d, i, f.`, match.input, at)
  }
  const token = tokenOf(name, match)
  const pad = Number(width)
  return (record, clock) => {
    const text = spelled(token(record, clock), kind, precision)
    return flags.includes('-') ? text.padEnd(pad) : text.padStart(pad, flags.includes('0') ? '0' : ' ')
  }
}

function spelled(value: string | number, kind: string, precision: string | undefined): string {
  if (kind === 'f')
    return Number(value).toFixed(precision === undefined ? 6 : Math.min(20, Number(precision)))
  if (kind === 'd' || kind === 'i')
    return Number.isNaN(Number(value)) ? String(value) : String(Math.trunc(Number(value)))
  return precision === undefined ? String(value) : String(value).slice(0, Number(precision))
}

function plain(name: string, match: RegExpExecArray): Part {
  const token = tokenOf(name, match)
  return (record, clock) => String(token(record, clock))
}

function tokenOf(name: string, match: RegExpExecArray): Token {
  if (Object.hasOwn(TOKENS, name)) return TOKENS[name] as Token
  const field = /^field\.(.+)$/.exec(name)?.[1]
  if (field !== undefined) return (record) => fieldText(record, field)
  throw new FormatError(
    `Unknown token ${JSON.stringify(name)}.${didYouMean(name, ALLOWED)} Allowed: ${ALLOWED.join(', ')}.`,
    match.input,
    match.index,
  )
}

function fieldText(record: LogRecord, key: string): string {
  const { fields } = record
  if (!Object.hasOwn(fields, key) || fields[key] === undefined) return '-'
  return logfmtValue(briefOf(record, key))
}
