/**
 * Every error this package throws or reports, with its code.
 * A message says what came, what is allowed and what to do; the code leads to docs/reference/errors.md.
 */

import { HIDDEN } from './escape.ts'

/** The codes of all errors of this package, each with its one-line meaning. */
export const ERROR_CODES = {
  ERR_ROCKSOLID_OPTION_UNKNOWN: 'An option name that the function does not have.',
  ERR_ROCKSOLID_OPTION_INVALID: 'An option value outside what is allowed.',
  ERR_ROCKSOLID_ARGUMENT_INVALID: 'An argument of the wrong kind.',
  ERR_ROCKSOLID_FORMAT_INVALID: 'A format string that cannot be read.',
  ERR_ROCKSOLID_SINK_FAILED: 'A log sink could not be opened or written.',
  ERR_ROCKSOLID_DEBUGGER_PRODUCTION: 'The debugger was asked to run in production.',
} as const

/** A key of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES

const BRAND = Symbol.for('rocksolid.error')

/** Inherited and not listed, as the names of JavaScript's own errors are: no copy of an error's properties repeats it. */
function nameErrors(type: abstract new (...args: never[]) => Error, name: string): void {
  Object.defineProperty(type.prototype, 'name', { value: name, writable: true, configurable: true })
}

/** The base of every error of this package. */
export class RocksolidError extends Error {
  static {
    nameErrors(RocksolidError, 'RocksolidError')
  }

  /** Stable and documented in docs/reference/errors.md. */
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** A wrong option or argument; thrown while wiring, never per request. */
export class ConfigError extends RocksolidError {
  static {
    nameErrors(ConfigError, 'ConfigError')
  }
}

/** A format string that cannot be read; shows the place with a caret. */
export class FormatError extends RocksolidError {
  static {
    nameErrors(FormatError, 'FormatError')
  }

  /** The format as it was given. */
  readonly format: string
  /** Where reading failed: index in UTF-16 code units, from 0. */
  readonly position: number

  constructor(problem: string, format: string, position: number) {
    super('ERR_ROCKSOLID_FORMAT_INVALID', `${problem}\n${caretUnder(format, position)}`)
    this.format = format
    this.position = position
  }
}

/** A sink that could not be opened or written. */
export class SinkError extends RocksolidError {
  static {
    nameErrors(SinkError, 'SinkError')
  }
}

/** True for errors of this package, also when two copies of it are loaded in one process. */
export function isRocksolidError(value: unknown): value is RocksolidError {
  return value instanceof Error && BRAND in value
}

const CARET_CONTEXT = 60
/** What is shown as dots, so that the caret stands where it should. */
const UNSHOWN = new RegExp(`[\\0-\\x1f\\x7f-\\x9f${HIDDEN}]`, 'gu')

/** The part of `text` around `position` and a `^` under it, each on a line indented by two. */
export function caretUnder(text: string, position: number): string {
  const from = Math.max(0, position - CARET_CONTEXT)
  const shown = text
    .slice(from, position + CARET_CONTEXT)
    .replace(UNSHOWN, (character) => '\u00b7'.repeat(character.length))
  return `  ${shown}\n  ${' '.repeat(position - from)}^`
}
