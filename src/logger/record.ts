/**
 * One thing that was logged. Made by a logger, drawn by a format, taken by sinks.
 * It keeps the fields in the pieces they came in, so that formats can reuse what they have rendered before.
 */

import { type Chunk, type Drawn, settle, takeOver } from './chunk.ts'
import { isErrorLike, read } from './error-facts.ts'
import { withoutLazy } from './lazy.ts'
import { mergeFields } from './merge-fields.ts'
import type { Fields, RecordOrigin, ScopeFields } from './record-origin.ts'

/** One record, as sinks, filters and formats see it. */
export interface LogRecord {
  /** Epoch milliseconds. */
  readonly time: number
  /** The name of the level: `info`. */
  readonly level: string
  /** The number of the level: 30 for `info`. */
  readonly severity: number
  /** The category of the logger: `app.db`; empty when it has no name. */
  readonly logger: string
  /** Placeholders filled in; newlines and terminal codes as they came. */
  readonly message: string
  /** Fields of the logger, of the context and of the call, the later winning; secrets masked. */
  readonly fields: Fields
  /** The error it is about: the field `err`, or `error` when that holds an error. */
  readonly error: unknown
}

/** Draws a record as text, its line end included. */
export interface Format {
  (record: LogRecord): string
  /** Draws a line to the end of the chunk; false, with nothing drawn, for records that only the text can hold. */
  readonly into?: (entry: LogEntry, chunk: Chunk) => boolean
}

/** The record that loggers of this package make. */
export class LogEntry implements LogRecord {
  readonly time: number
  readonly level: string
  readonly severity: number
  readonly message: string
  readonly origin: RecordOrigin
  readonly scope: ScopeFields | undefined
  readonly own: Fields | undefined
  #merged: Fields | undefined
  #format: Format | undefined
  #text = ''
  #drawn: Drawn | undefined

  constructor(
    time: number,
    level: string,
    severity: number,
    message: string,
    origin: RecordOrigin,
    scope: ScopeFields | undefined,
    own: Fields | undefined,
  ) {
    this.time = time
    this.level = level
    this.severity = severity
    this.message = message
    this.origin = origin
    this.scope = scope
    this.own = own
  }

  get logger(): string {
    return this.origin.category
  }

  get fields(): Fields {
    if (this.#merged === undefined) {
      const all = withoutLazy(mergeFields(this.origin.fields, this.scope?.fields, this.own))
      this.#merged = this.origin.redactor?.copy(all) ?? all
    }
    return this.#merged
  }

  get error(): unknown {
    const { own } = this
    if (own === undefined) return undefined
    const err = read(own, 'err')
    if (err !== undefined) return err
    const error = read(own, 'error')
    return isErrorLike(error) ? error : undefined
  }

  /** The text of this record in a format; sinks that share a format share the rendering. */
  textIn(format: Format): string {
    if (this.#format !== format || this.#text === '') {
      this.#text = ended(format(this))
      this.#format = format
    }
    return this.#text
  }

  /** Puts the line to the end of the chunk; false when the format can draw this record as text only. */
  drawInto(chunk: Chunk, format: Format): boolean {
    if (format.into === undefined || chunk.isBusy) return false
    if (this.#drawn !== undefined && this.#format === format && takeOver(this.#drawn, chunk)) return true
    settle(chunk)
    const { at: start, epoch } = chunk
    chunk.isBusy = true
    try {
      if (!format.into(this, chunk)) return false
    } finally {
      chunk.isBusy = false
    }
    this.#drawn = { chunk, epoch, start, end: chunk.at }
    this.#format = format
    this.#text = ''
    return true
  }
}

/** The text of any record in a format. */
export function textOf(record: LogRecord, format: Format): string {
  return record instanceof LogEntry ? record.textIn(format) : ended(format(record))
}

const NEWLINE = 10

/**
 * The text with a line end, which a format of the application's own may have forgotten. Looking at its last character
 * also makes one flat string of the many parts it was put together from, once for all sinks.
 */
function ended(text: string): string {
  return text.charCodeAt(text.length - 1) === NEWLINE ? text : `${text}\n`
}
