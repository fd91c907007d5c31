/**
 * Checks options when a middleware or sink is made, so that a mistake is an error at start-up, not per request.
 * Each factory keeps one table: option name → check. A check answers what is allowed when the value is wrong.
 */

import { ConfigError } from './errors.ts'
import { didYouMean } from './nearest.ts'

/** Answers undefined when the value is right, else a phrase that tells what is allowed. */
export type Check = (value: unknown) => string | undefined

/** One check for each option of `T`. */
export type Checks<T> = { readonly [Name in keyof T]-?: Check }

/**
 * A frozen copy of `defaults` overlaid by `given`. An option that is `undefined` counts as not given.
 * @throws {ConfigError} for an unknown name (with the nearest right one) or a value that its check refuses.
 */
export function resolveOptions<T extends object, D extends Partial<T>>(
  factory: string,
  given: T | undefined,
  checks: Checks<T>,
  defaults: D,
): Readonly<T & D> {
  if (given !== undefined && (given === null || typeof given !== 'object')) {
    throw new ConfigError(
      'ERR_ROCKSOLID_ARGUMENT_INVALID',
      `${factory}: the options are ${show(given)}. Allowed: an object with any of ${Object.keys(checks).join(', ')}.`,
    )
  }
  const resolved: Record<string, unknown> = { ...defaults }
  for (const [name, value] of Object.entries(given ?? {})) {
    if (!Object.hasOwn(checks, name)) throw unknownOption(factory, name, Object.keys(checks))
    if (value === undefined) continue
    const allowed = (checks as Record<string, Check>)[name]?.(value)
    if (allowed !== undefined) throw invalidOption(factory, name, value, allowed)
    resolved[name] = value
  }
  return Object.freeze(resolved) as Readonly<T & D>
}

/** The error for an option name that `factory` does not have. */
export function unknownOption(factory: string, name: string, known: readonly string[]): ConfigError {
  const message = `${factory}: unknown option ${JSON.stringify(name)}.${didYouMean(name, known)} Allowed: ${known.join(', ')}.`
  return new ConfigError('ERR_ROCKSOLID_OPTION_UNKNOWN', message)
}

/** The error for an option value that is not allowed. `allowed` completes "Allowed: …". */
export function invalidOption(factory: string, name: string, value: unknown, allowed: string): ConfigError {
  return new ConfigError(
    'ERR_ROCKSOLID_OPTION_INVALID',
    `${factory}: option "${name}" is ${show(value)}. Allowed: ${allowed}.`,
  )
}

/**
 * Checks an argument that is no option. `what` names it in a sentence: `the handler`.
 * @throws {ConfigError} for a value that its check refuses
 */
export function checkArgument(factory: string, what: string, value: unknown, check: Check): void {
  const allowed = check(value)
  if (allowed === undefined) return
  const message = `${factory}: ${what} is ${show(value)}. Allowed: ${allowed}.`
  throw new ConfigError('ERR_ROCKSOLID_ARGUMENT_INVALID', message)
}

export const isBoolean: Check = (value) => (typeof value === 'boolean' ? undefined : 'true or false')
export const isString: Check = (value) => (typeof value === 'string' ? undefined : 'a string')
export const isFunction: Check = (value) => (typeof value === 'function' ? undefined : 'a function')
export const isFalse: Check = (value) => (value === false ? undefined : 'false')
export const isObject: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'an object'
export const isAnything: Check = () => undefined

/** A check for a whole number from `min` to `max`, both included. */
export function isInteger(min: number, max: number = Number.MAX_SAFE_INTEGER): Check {
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  return (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `a whole number ${range}`
}

/** A check for one of a list of strings. */
export function isOneOf(...values: readonly string[]): Check {
  return (value) =>
    typeof value === 'string' && values.includes(value)
      ? undefined
      : values.map((one) => JSON.stringify(one)).join(', ')
}

/** A check for an array whose items all pass `item`. */
export function isArrayOf(item: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return `an array, each item ${item(undefined) ?? 'anything'}`
    for (const one of value) {
      const allowed = item(one)
      if (allowed !== undefined) return `an array, each item ${allowed}`
    }
    return undefined
  }
}

/** A check that passes when any of `checks` does. */
export function isAnyOf(...checks: readonly Check[]): Check {
  return (value) => {
    const allowed: string[] = []
    for (const check of checks) {
      const phrase = check(value)
      if (phrase === undefined) return undefined
      allowed.push(phrase)
    }
    return allowed.join(', or ')
  }
}

const SHOWN_LENGTH = 80

/** A short, safe spelling of a value for an error message; runs no code of the value. */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'bigint' ? `${value}n` : String(value)
}
