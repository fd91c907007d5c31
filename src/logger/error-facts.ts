/** Reads an error without trusting it: every getter may throw, every property may be of another kind. */

import { types } from 'node:util'
import { withoutOwnFrames } from '../stack/without-own-frames.ts'
import { capped } from './json-text.ts'

/** What can be read of one error. */
export interface ErrorFacts {
  readonly name: string
  readonly message: string
  /** With its header line; empty when there is none. */
  readonly stack: string
  readonly code: string | undefined
  /** Undefined when there is none. */
  readonly cause: unknown
  /** Members of an `AggregateError`. */
  readonly members: readonly unknown[]
  /** Own enumerable properties beside those above. */
  readonly extra: readonly (readonly [key: string, value: unknown])[]
}

/** Most members and properties read of one error. */
const MAX_MEMBERS = 20
const MAX_EXTRA = 50

const USUAL = new Set(['name', 'message', 'stack', 'code', 'cause', 'errors'])

/** True for errors of any realm; never throws. */
export function isErrorLike(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  try {
    return value instanceof Error || types.isNativeError(value)
  } catch {
    return false
  }
}

/** Everything that can be read of an error. */
export function errorFacts(error: Error): ErrorFacts {
  const code = read(error, 'code')
  const name = text(read(error, 'name')) || 'Error'
  return {
    name: name === 'Error' ? constructorName(error) : name,
    message: text(read(error, 'message')),
    stack: withoutOwnFrames(text(read(error, 'stack'))),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
    cause: read(error, 'cause'),
    members: membersOf(error),
    extra: extraOf(error),
  }
}

/** A property's value, or undefined when reading it throws. */
export function read(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

/** A property's value, or what stands in its place when reading it throws. */
export function readOrNote(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch (error) {
    return throwNote(error)
  }
}

/** What stands in place of a value whose making or reading threw. */
export function throwNote(error: unknown): string {
  const message = isErrorLike(error) ? read(error, 'message') : error
  return `[Throws: ${typeof message === 'string' ? capped(message, 200) : 'no text'}]`
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null || typeof value === 'object' || typeof value === 'function')
    return ''
  return String(value)
}

function constructorName(error: Error): string {
  const made = read(error, 'constructor')
  const name = typeof made === 'function' ? read(made, 'name') : undefined
  return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'Error'
}

function membersOf(error: Error): readonly unknown[] {
  const errors = read(error, 'errors')
  try {
    return Array.isArray(errors) ? errors.slice(0, MAX_MEMBERS) : []
  } catch {
    return []
  }
}

function extraOf(error: Error): [string, unknown][] {
  try {
    return Object.keys(error)
      .filter((key) => !USUAL.has(key))
      .slice(0, MAX_EXTRA)
      .map((key) => [key, read(error, key)])
  } catch {
    return []
  }
}
