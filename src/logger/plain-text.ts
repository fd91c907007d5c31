/** Parts that all formats for people share: safe lines, fields as `key=value`, the error under its record. */

import { stripAnsi } from '../core/ansi.ts'
import { escapeControls, HIDDEN_UNITS } from '../core/escape.ts'
import { errorText } from './error-text.ts'
import { capped, wellFormed } from './json-text.ts'
import { BRIEF_LIMITS, JsonWriter } from './json-value.ts'
import { LogEntry, type LogRecord } from './record.ts'
import { HAS_UNSAFE, marksOf, SHORT } from './secret-scan.ts'

/** Most characters of a message, and of one value. */
const MAX_MESSAGE = 65_536
const MAX_ESCAPED = 65_536
const MAX_NAME = 1000

/** What stands before every line of a record after its first, so that no message can forge a record. */
const CONTINUED = '\n    '

/** The message, secrets masked, colours taken out, further lines indented. */
export function messageText(record: LogRecord): string {
  if (record.message.length <= SHORT && record instanceof LogEntry) {
    const marks = marksOf(record.message)
    if ((marks & HAS_UNSAFE) === 0 && !record.message.endsWith(' ')) {
      return record.origin.redactor?.mask?.(record.message, marks) ?? record.message
    }
  }
  const message = capped(record.message, MAX_MESSAGE)
  return linesOf(masked(record, message))
}

/** The category, which may come from anywhere: one line, well-formed. */
export function loggerText(record: LogRecord): string {
  return escapeControls(wellFormed(capped(record.logger, MAX_NAME)))
}

/** The error of the record, each line indented by four, with the line break in front; empty when there is none. */
export function errorLines(record: LogRecord, values = false): string {
  if (record.error === undefined) return ''
  return `${CONTINUED}${linesOf(recordErrorText(record, values))}`
}

/** `key=value` pairs, one blank between; `skip` are keys shown elsewhere. */
export function fieldsText(record: LogRecord, skip: ReadonlySet<string>): string {
  const parts: string[] = []
  const { fields } = record
  for (const key of Object.keys(fields)) {
    if (skip.has(key) || fields[key] === undefined || fields[key] === record.error) continue
    parts.push(`${bare(key)}=${logfmtValue(briefOf(record, key))}`)
  }
  return parts.join(' ')
}

/** The field of a record for people: a text as it is, anything else as JSON, masked and capped. */
export function briefOf(record: LogRecord, key: string): string {
  return writerOf(record).brief(record.fields, key)
}

/** The error of a record as text, masked; with the values of the failing line when those are asked for. */
export function recordErrorText(record: LogRecord, values = false): string {
  return masked(record, errorText(record.error, { writer: writerOf(record), values }))
}

function writerOf(record: LogRecord): JsonWriter {
  return record instanceof LogEntry ? record.origin.brief : new JsonWriter(BRIEF_LIMITS, undefined)
}

const BARE = new RegExp(`^[^\\s"'=\\\\\\0-\\x1f\\x7f-\\x9f\\ud800-\\udfff${HIDDEN_UNITS}]+$`)

/** A text as logfmt has it: bare when it needs no quotes, else quoted and escaped. */
export function logfmtValue(value: string): string {
  const text = capped(value, MAX_ESCAPED)
  if (BARE.test(text)) return text
  return `"${escapeControls(wellFormed(text).replace(/[\\"]/g, '\\$&'))}"`
}

/** A key as logfmt has it: without blanks, quotes and equals signs. */
export const bare = (key: string): string =>
  escapeControls(wellFormed(capped(key, 200))).replace(/[\s"=]/g, '_')

/** A text of the record with secrets masked. */
export function masked(record: LogRecord, text: string): string {
  const mask = record instanceof LogEntry ? record.origin.redactor?.mask : undefined
  return mask === undefined ? text : mask(text)
}

function linesOf(text: string): string {
  return stripAnsi(wellFormed(text)).trimEnd().split(/\r?\n/).map(escapeControls).join(CONTINUED)
}
