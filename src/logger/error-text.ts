/**
 * An error as plain text, at once and whatever it is: stack, properties, causes, members.
 * Log lines use it, also those written while the process dies; the report's richer page cannot be had then.
 */

import { inspect } from 'node:util'
import { type ErrorFacts, errorFacts, isErrorLike } from './error-facts.ts'
import { capped } from './json-text.ts'
import { BRIEF_LIMITS, JsonWriter } from './json-value.ts'

/** Most errors of one chain, and most characters of one of them. */
const MAX_ERRORS = 20
const MAX_TEXT = 32_768

/**
 * The error with its causes and members, lines separated by `\n`, no line end. Never throws.
 * @param writer draws the properties, and masks secrets among them
 */
export function errorText(error: unknown, writer = new JsonWriter(BRIEF_LIMITS, undefined)): string {
  return chain(error, '', [], writer)
}

function chain(error: unknown, lead: string, seen: unknown[], writer: JsonWriter): string {
  if (seen.includes(error)) return `${lead}[the same error again]`
  if (seen.length >= MAX_ERRORS) return `${lead}[further errors left out]`
  seen.push(error)
  if (!isErrorLike(error)) return `${lead}${thrownText(error)}`
  const facts = errorFacts(error)
  const parts = [`${lead}${capped(headed(facts), MAX_TEXT)}${extraText(facts, writer)}`]
  facts.members.forEach((member, index) => {
    parts.push(chain(member, `Member ${index + 1} of ${facts.members.length}: `, seen, writer))
  })
  if (facts.cause !== undefined) parts.push(chain(facts.cause, 'Caused by: ', seen, writer))
  return parts.join('\n')
}

/** The stack, with a header made from name and message when it has none or a stale one. */
function headed({ name, message, stack }: ErrorFacts): string {
  const header = message === '' ? name : `${name}: ${message}`
  if (stack === '') return header
  if (message === '' || stack.includes(message)) return stack
  // The message was changed after the stack was made: frames under the header of now.
  const frames = stack.search(/^\s+at /m)
  return frames < 0 ? header : `${header}\n${stack.slice(frames)}`
}

function extraText({ code, extra }: ErrorFacts, writer: JsonWriter): string {
  const facts = Object.fromEntries(code === undefined ? extra : [['code', code], ...extra])
  return Object.keys(facts)
    .map((key) => `\n    ${key}: ${writer.brief(facts, key)}`)
    .join('')
}

/** What was thrown, when it is no error. */
export function thrownText(value: unknown): string {
  return `Thrown ${value === null ? 'null' : typeof value}: ${capped(valueText(value), MAX_TEXT)}`
}

/** One line for any value; runs none of its code. Never throws. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return inspect(value, {
      customInspect: false,
      getters: false,
      showProxy: true,
      depth: 2,
      breakLength: Number.POSITIVE_INFINITY,
      maxArrayLength: 50,
      maxStringLength: 1000,
    })
  } catch {
    return '[unreadable]'
  }
}
