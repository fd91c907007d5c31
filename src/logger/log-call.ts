/** Reads the arguments of a log call, whatever order people are used to, into a message and fields. */

import { errorFacts, isErrorLike } from './error-facts.ts'
import { valueText } from './error-text.ts'
import { capped } from './json-text.ts'
import type { JsonWriter } from './json-value.ts'
import { mergeFields } from './merge-fields.ts'
import type { Fields } from './record-origin.ts'

/** One method of a logger, `log.info` for example. */
export interface LogMethod {
  /** A message; `{key}` in it is filled from the fields. */
  (message: string, fields?: object): void
  /** An error, with what to say about it. */
  (error: Error, message?: string, fields?: object): void
  /** Fields first, as pino has it. */
  (fields: object, message?: string): void
  /** Made only when the level is on. */
  (make: () => string | readonly [message: string, fields?: object]): void
}

/** What a call said. */
export interface LogCall {
  readonly message: string
  readonly fields: Fields | undefined
}

/** Most characters one placeholder is filled with. */
const MAX_FILLED = 1000

/** The message and fields of a call `log.info(first, second, third)`. Never throws. */
export function readCall(first: unknown, second: unknown, third: unknown): LogCall {
  if (typeof first === 'string') return { message: first, fields: asFields(second) }
  if (typeof first === 'function') return readMade(first as () => unknown)
  if (isErrorLike(first)) return readError(first, second, third)
  const message = typeof second === 'string' ? second : ''
  if (typeof first === 'object' && first !== null)
    return { message: message || ownMessage(first), fields: first as Fields }
  return { message: message || valueText(first), fields: undefined }
}

function asFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return value === undefined ? undefined : { value }
  return isErrorLike(value) ? { err: value } : (value as Fields)
}

function readError(error: Error, second: unknown, third: unknown): LogCall {
  const message = typeof second === 'string' ? second : errorFacts(error).message || errorFacts(error).name
  const more = asFields(typeof second === 'string' ? third : second)
  return { message, fields: more === undefined ? { err: error } : mergeFields(more, { err: error }) }
}

function readMade(make: () => unknown): LogCall {
  try {
    const made = make()
    if (Array.isArray(made)) return readCall(String(made[0]), made[1], undefined)
    return typeof made === 'string'
      ? { message: made, fields: undefined }
      : readCall(made, undefined, undefined)
  } catch (error) {
    return { message: 'the function that makes this message threw', fields: { err: error } }
  }
}

function ownMessage(fields: object): string {
  try {
    const { msg, message } = fields as { msg?: unknown; message?: unknown }
    return typeof msg === 'string' ? msg : typeof message === 'string' ? message : ''
  } catch {
    return ''
  }
}

/** The message with each `{key}` or `{key.key}` replaced by that field, masked; unknown keys stay as they are. */
export function filled(message: string, fields: Fields, writer: JsonWriter): string {
  return message.replace(/\{([\w.-]{1,100})\}/g, (whole, path: string) => {
    try {
      const keys = Object.hasOwn(fields, path) ? [path] : path.split('.')
      const last = keys.pop() ?? ''
      let holder: unknown = fields
      for (const key of keys) holder = isObject(holder) ? holder[key] : undefined
      if (!isObject(holder) || !Object.hasOwn(holder, last)) return whole
      return capped(writer.brief(holder, last), MAX_FILLED)
    } catch {
      return whole
    }
  })
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
