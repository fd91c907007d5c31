/** JSON strings that are safe in a log: valid UTF-8, one line, nothing that steers a terminal. */

// What must not stand raw: quotes, backslash, controls, separators that some readers end a line at, bidirectional
// overrides, and surrogates (looked at closer by JSON.stringify, which lets pairs through and escapes lone halves).
const UNSAFE = /["\\\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/

const AFTER_STRINGIFY = /[\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g

/** The text as a JSON string, quotes included. */
export function quote(text: string): string {
  return UNSAFE.test(text) ? escaped(text) : `"${text}"`
}

function escaped(text: string): string {
  return JSON.stringify(text).replace(
    AFTER_STRINGIFY,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
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
