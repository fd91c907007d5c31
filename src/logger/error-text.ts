/**
 * An error as plain text, at once and whatever it is: stack, properties, causes, members.
 * Log lines use it, also those written while the process dies; the report's richer page cannot be had then.
 */

import { inspect } from 'node:util'
import { type LineNote, lineNote } from '../report/line-notes.ts'
import { type ErrorFacts, errorFacts, isErrorLike } from './error-facts.ts'
import { capped } from './json-text.ts'
import { BRIEF_LIMITS, JsonWriter } from './json-value.ts'

/** Most errors of one chain, and most characters of one of them. */
const MAX_ERRORS = 20
const MAX_TEXT = 32_768

/** How an error is drawn. */
export interface ErrorTextOptions {
  /** Draws the properties, and masks secrets among them. */
  readonly writer?: JsonWriter
  /** Show what the names on the failing line held, where a debugger knows it. Default false. */
  readonly values?: boolean
}

interface Drawing {
  readonly writer: JsonWriter
  readonly values: boolean
  readonly seen: unknown[]
}

/** The error with its causes and members, lines separated by `\n`, no line end. Never throws. */
export function errorText(error: unknown, { writer, values = false }: ErrorTextOptions = {}): string {
  return chain(error, '', { writer: writer ?? new JsonWriter(BRIEF_LIMITS, undefined), values, seen: [] })
}

function chain(error: unknown, lead: string, drawing: Drawing): string {
  const { seen, writer } = drawing
  if (seen.includes(error)) return `${lead}[the same error again]`
  if (seen.length >= MAX_ERRORS) return `${lead}[further errors left out]`
  seen.push(error)
  if (!isErrorLike(error)) return `${lead}${thrownText(error)}`
  const facts = errorFacts(error)
  const stack = capped(headed(facts), MAX_TEXT)
  const shown = drawing.values ? noted(stack, lineNote(error)) : stack
  const parts = [`${lead}${shown}${extraText(facts, writer)}`]
  facts.members.forEach((member, index) => {
    parts.push(chain(member, `Member ${index + 1} of ${facts.members.length}: `, drawing))
  })
  if (facts.cause !== undefined) parts.push(chain(facts.cause, 'Caused by: ', drawing))
  return parts.join('\n')
}

/** The stack, with a header made from name and message when it has none or a stale one. */
function headed({ name, message, stack }: ErrorFacts): string {
  const header = message === '' ? name : `${name}: ${message}`
  if (stack === '') return header
  if (message === '' || stack.includes(message)) return stack
  // The message was changed after the stack was made: frames under the header of now.
  const frames = stack.search(/^[ \t]+at /m)
  return frames < 0 ? header : `${header}\n${stack.slice(frames)}`
}

/** The stack with the note below its frame. */
function noted(stack: string, note: LineNote | undefined): string {
  if (note === undefined) return stack
  const line = `    at ${note.frame}`
  const at = stack.indexOf(`${line}\n`) >= 0 ? stack.indexOf(`${line}\n`) : stack.indexOf(line)
  if (at < 0) return stack
  const end = at + line.length
  return `${stack.slice(0, end)}${note.rows.map((row) => `\n      │ ${row}`).join('')}${stack.slice(end)}`
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
