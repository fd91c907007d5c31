/** JSON strings that are safe in a log: valid UTF-8, one line, nothing that steers a terminal. */

import { HIDDEN_UNITS, quietJson } from '../core/escape.ts'

// What must not stand raw, or may not: quotes, backslash, controls, what is hidden, and surrogates, of which
// JSON.stringify lets pairs through and escapes lone halves.
const UNSAFE = new RegExp(`["\\\\\\0-\\x1f\\x7f-\\x9f\\ud800-\\udfff${HIDDEN_UNITS}]`)

/** The text as a JSON string, quotes included. */
export function quote(text: string): string {
  return UNSAFE.test(text) ? quietJson(JSON.stringify(text)) : `"${text}"`
}

/** The text with at most `length` UTF-16 units, a note saying what was cut. */
export function capped(text: string, length: number): string {
  if (text.length <= length) return text
  return `${text.slice(0, length)}… (${text.length - length} more characters)`
}

/** The text with halves of surrogate pairs replaced by U+FFFD, so that it has a UTF-8 form. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd')
}
