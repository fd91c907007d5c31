/** Fields by their own names, which every syntax knows beside its own: `outcome`, `req[accept]`, `custom`. */

import { FormatError } from '../core/errors.ts'
import { didYouMean } from '../core/nearest.ts'
import type { Field } from './field.ts'
import { fieldNamed } from './fields.ts'
import type { FieldSegment } from './segment.ts'

/** The fields a format may name: the built-in ones and the application's own. */
export type FieldTable = ReadonlyMap<string, Field>

/** Where a name stands in a format, for messages. */
export interface Place {
  readonly format: string
  readonly position: number
}

/** A segment of a built-in field; for the tables of the syntaxes. */
export function segmentOf(name: string, argument?: string, rest: Partial<FieldSegment> = {}): FieldSegment {
  return { field: fieldNamed(name), argument, missing: '-', ...rest }
}

/** The segment with its argument checked. @throws {FormatError} */
export function checked(segment: FieldSegment, place: Place): FieldSegment {
  const { field, argument } = segment
  if (argument === undefined) {
    if (field.argument?.required !== true) return segment
    throw new FormatError(
      `"${field.name}" needs an argument: ${field.argument.about}.`,
      place.format,
      place.position,
    )
  }
  if (field.argument === undefined) {
    throw new FormatError(`"${field.name}" takes no argument.`, place.format, place.position)
  }
  const allowed = field.argument.check?.(argument)
  if (allowed === undefined) return segment
  const shown = JSON.stringify(argument.slice(0, 60))
  throw new FormatError(
    `"${field.name}" cannot take ${shown}. Allowed: ${allowed}.`,
    place.format,
    place.position,
  )
}

/** A field by name and argument. @throws {FormatError} naming the nearest one when there is none */
export function namedSegment(
  table: FieldTable,
  name: string,
  argument: string | undefined,
  place: Place,
  others: Iterable<string> = [],
): FieldSegment {
  const field = table.get(name)
  if (field === undefined) throw unknownField(name, [...table.keys(), ...others], place)
  return checked({ field, argument, missing: '-' }, place)
}

/** The error for a name that no field has. */
export function unknownField(
  name: string,
  known: Iterable<string>,
  { format, position }: Place,
): FormatError {
  const problem = `Unknown field ${JSON.stringify(name.slice(0, 60))}.${didYouMean(name, known)}`
  return new FormatError(`${problem} All fields: docs/reference/tokens.md.`, format, position)
}

/** Splits `name[argument]`. */
export function splitName(text: string): { readonly name: string; readonly argument: string | undefined } {
  const match = /^([^[\]]+)\[([\s\S]*)\]$/.exec(text)
  return match === null ? { name: text, argument: undefined } : { name: match[1] ?? '', argument: match[2] }
}
