/**
 * How values are written into a line so that no value can end the line, open or close a quote, or steer a terminal.
 * Header values come from Node with one character for each byte, so the escapes show the bytes that were received.
 */

import { quietJson } from '../core/escape.ts'

/** A way of escaping values. */
export type EscapeStyle = 'apache' | 'nginx' | 'none'

/** Writes a value safely. */
export type Escape = (value: string) => string

// Everything but printable ASCII without `"` and `\`.
const UNSAFE = /[^ !#-[\]-~]/
const UNSAFE_ALL = /[^ !#-[\]-~]/g

const APACHE_SHORT: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
}

/** As Apache's `ap_escape_logitem`: `\n` and its like, `\"`, `\\`, and `\xhh` in lower case for every other byte. */
export function escapeApache(value: string): string {
  if (!UNSAFE.test(value)) return value
  return bytesOf(value).replace(UNSAFE_ALL, (character) => {
    const code = character.charCodeAt(0)
    return APACHE_SHORT[code] ?? `\\x${code.toString(16).padStart(2, '0')}`
  })
}

/** As nginx's `escape=default`: `\xHH` in upper case for control characters, `"`, `\` and bytes from 127. */
export function escapeNginx(value: string): string {
  if (!UNSAFE.test(value)) return value
  return bytesOf(value).replace(
    UNSAFE_ALL,
    (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

/** The escape function of a style. */
export function escapeOf(style: EscapeStyle): Escape {
  if (style === 'none') return (value) => value
  return style === 'nginx' ? escapeNginx : escapeApache
}

/** A JSON string literal; text that is UTF-8 read as latin1 is put right. */
export function jsonText(value: string): string {
  return UNSAFE.test(value) ? quietJson(JSON.stringify(recoverUtf8(value))) : `"${value}"`
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text that was meant, when every character is a byte and the bytes are valid UTF-8; else the text unchanged. */
export function recoverUtf8(value: string): string {
  if (!/[\x80-\xff]/.test(value) || /[^\0-\xff]/.test(value)) return value
  try {
    return strictUtf8.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}

/** One character for each byte; text with characters beyond a byte is taken as text and encoded as UTF-8. */
function bytesOf(value: string): string {
  return /[^\0-\xff]/.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value
}
