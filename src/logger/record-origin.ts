/** What the records of one logger have in common, and what those of one request have in common. */

import type { JsonWriter } from './json-value.ts'
import type { Redactor } from './redactor.ts'

/** Named values of a record. */
export type Fields = Readonly<Record<string, unknown>>

/** The logger a record came from, as far as formats need it. */
export interface RecordOrigin {
  readonly category: string
  /** Fields bound to the logger by `child`. */
  readonly fields: Fields | undefined
  readonly redactor: Redactor | undefined
  /** Draws values short, for formats for people. */
  readonly brief: JsonWriter
  /** Rendered pieces by format; filled by formats. */
  readonly memo: Map<unknown, unknown>
}

/** Fields of the asynchronous context a record was made in. */
export interface ScopeFields {
  readonly fields: Fields
  /** Rendered pieces by format; filled by formats. */
  readonly memo: Map<unknown, unknown>
}
