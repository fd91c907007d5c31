/**
 * What a field of a log line is: a name, what it tells, and how to read it from an exchange.
 * The four format syntaxes only name fields; the tables `fields-*.ts` say what they are.
 */

import type { Level } from '../core/levels.ts'
import type { Exchange } from '../http/exchange.ts'
import type { LogClock } from './clock.ts'
import type { Masker } from './mask.ts'

/** A value of a field: text as it was received, a number, or undefined when there is none. */
export type Value = string | number | undefined

/** Reads a field of an exchange that has ended; must not throw and must not be slow. */
export type Reader = (exchange: Exchange) => Value

/** What of a logger's options the reading of fields depends on. */
export interface FieldSettings {
  /** Shown when the client left before any header was sent; undefined shows nothing. */
  readonly abortedStatus: number | undefined
  readonly clientAddress: (exchange: Exchange) => string
  readonly mask: Masker
  readonly clock: LogClock
  readonly level: (exchange: Exchange) => Level
  /** Milliseconds from which a request is slow; undefined when nothing is. */
  readonly slow: number | undefined
  /** Shape of the time when a format names none; undefined is the syntax's own. */
  readonly timeFormat: string | undefined
}

/** What stands in brackets or braces with a field's name. */
export interface FieldArgument {
  /** What it is, for the documentation. */
  readonly about: string
  readonly required?: boolean
  /** Answers what is allowed when the argument is wrong. */
  readonly check?: (argument: string) => string | undefined
}

/** Makes a function that changes received text, makes it safe for a line, and puts `end` behind and `start` before it. */
export type Safe = (
  change: (text: string) => string,
  end?: string,
  start?: string,
) => (text: string) => string

/** A part of a line with the literal text behind it. */
export interface Piece {
  readonly text: (exchange: Exchange) => string
  /** Most lines have another text than the line before. */
  readonly varies?: boolean | undefined
}

export interface Field {
  readonly name: string
  /** What it tells, in one sentence, for the documentation. */
  readonly about: string
  readonly argument?: FieldArgument
  /** What must be measured for it; see NEEDS. */
  readonly needs?: number
  /** Its text holds nothing that could need escaping. */
  readonly plain?: boolean
  /** It never has a value. */
  readonly never?: boolean
  /** Most lines have another value than the line before. */
  readonly varies?: boolean
  /** Prepares the reader once, when the format is compiled. */
  readonly bind: (argument: string | undefined, settings: FieldSettings) => Reader
  /** The same as pieces of a line that are safe already, where that is cheaper than to make the whole value safe. */
  readonly bindPieces?: (
    argument: string | undefined,
    settings: FieldSettings,
    around: { readonly safe: Safe; readonly absent: string; readonly tail: string },
  ) => readonly Piece[]
}

/** A field that needs neither argument nor settings. */
export function simple(
  name: string,
  about: string,
  read: Reader,
  rest: Pick<Field, 'needs' | 'plain' | 'never' | 'varies'> = {},
): Field {
  return { name, about, ...rest, bind: () => read }
}

/** A check for an argument out of a list. */
export function oneOf(...allowed: readonly string[]): (argument: string) => string | undefined {
  return (argument) => (allowed.includes(argument) ? undefined : allowed.map((one) => `"${one}"`).join(', '))
}

/** A check for the name of a header, cookie or parameter. */
export function isToken(argument: string): string | undefined {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(argument) ? undefined : 'a name without spaces and separators'
}
