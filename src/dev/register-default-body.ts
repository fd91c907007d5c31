/** Knows the bodies that frameworks answer with when an error reaches them and nobody has said what to answer. */

import { STATUS_CODES } from 'node:http'
import { isReadable, readString, readValue } from '../core/read.ts'

/** Texts that stand for "something failed" and nothing else. */
const SENTENCES = [
  'Internal Server Error',
  'Internal server error',
  'An internal server error occurred',
  'HTTPError',
]

/** What such bodies in JSON consist of: fastify, hapi, Nest, h3. */
const KEYS: ReadonlySet<string> = new Set([
  'statusCode',
  'status',
  'statusText',
  'statusMessage',
  'error',
  'message',
  'code',
  'unhandled',
  'stack',
  'url',
])

/** What only Next's own error pages have; those of its routes have no body. */
const NEXT_PAGE = /<html id="__next_error__"|class="next-error-h1"/

/** Next keeps what it knows of a request below this key. */
const NEXT_META = Symbol.for('NextInternalRequestMeta')

/** Whether Next has answered an error by itself, of a page or of a route; `isPrinted` when it has printed the error. */
export function isDefaultNextBody(req: object, body: string, isPrinted: boolean): boolean {
  return NEXT_META in req && ((body === '' && isPrinted) || NEXT_PAGE.test(body))
}

/**
 * Whether a body is the one a framework makes for an error.
 * @param thrown the errors in question
 * @param maySayMessage whether the message of each counts; an application says that as well, of an error it has caught
 */
export function isDefaultErrorBody(
  status: number,
  body: string,
  thrown: readonly unknown[],
  maySayMessage: boolean,
): boolean {
  const text = body.trim()
  // hono lets through what is no Error, and its server answers with nothing.
  if (text === '') return thrown.length > 0 && !isReadable(thrown.at(-1))
  const told = maySayMessage ? thrown : thrown.filter(asksForAnswer)
  const messages = told.map((one) => (typeof one === 'string' ? one : (readString(one, 'message') ?? '')))
  const sentences = [...SENTENCES, STATUS_CODES[status] ?? '', ...messages].filter((one) => one !== '')
  if (sentences.includes(text)) return true
  if (!text.startsWith('{')) return false
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return false
    const keys = Object.keys(value)
    const names = Object.values(value).filter((one) => typeof one === 'string')
    return keys.every((key) => KEYS.has(key)) && names.some((one) => sentences.includes(one))
  } catch {
    return false
  }
}

/** An error by which a framework is asked for a status, such as Hono's HTTPException; it answers with its message. */
function asksForAnswer(error: unknown): boolean {
  return isReadable(error) && typeof readValue(error, 'status') === 'number'
}
