/** What all format syntaxes are read into: literal text and fields, each with the way it is printed. */

import type { Field } from './field.ts'

/** A field at its place in a line. */
export interface FieldSegment {
  readonly field: Field
  readonly argument?: string | undefined
  /** Stands where there is no value. */
  readonly missing: string
  /** Which further values count as none: 0, or empty text. */
  readonly missingToo?: 'zero' | 'empty'
  /** Text for an empty value. */
  readonly empty?: string
  /** Put before and after the value, not around a missing one. */
  readonly around?: readonly [string, string]
  /** Shown only for these statuses, or for all but these. */
  readonly statuses?: { readonly list: readonly number[]; readonly except: boolean }
  readonly print?: Printf
}

/** How Python's `%` prints: `%(name)-8.3f`. */
export interface Printf {
  readonly left: boolean
  readonly zeros: boolean
  readonly sign: '+' | ' ' | ''
  readonly alternate: boolean
  readonly width: number
  /** -1 when not given. */
  readonly precision: number
  readonly conversion: string
}

export type Segment = string | FieldSegment
