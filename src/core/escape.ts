/** Escaping for the places text ends up in. Each function names its place. */

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For HTML text and for attribute values in either kind of quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML[character] ?? character)
}

/** JSON that can stand inside `<script>`: no `<`, no line separators that older scripts end a line at. */
export function jsonForScript(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape)
}

/**
 * What is not seen but acts, as the inside of a character class: separators that begin a line, marks that turn the
 * direction of text round ("Trojan Source", CVE-2021-42574), and characters without a shape, in which a text can hide
 * from whoever copies it. Joiners and the selectors of emoji stay: languages need them.
 */
export const HIDDEN_UNITS =
  '\\u061c\\u115f\\u1160\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb'

/** {@link HIDDEN_UNITS} and those that are pairs: tags, further selectors, signs of shorthand and music. Needs the flag `u`. */
export const HIDDEN = `${HIDDEN_UNITS}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}`

/** `\u202e`: each UTF-16 unit of a character as JSON and JavaScript read it. */
export function unicodeEscape(character: string): string {
  return character.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const RAW_IN_JSON = new RegExp(`[\\x7f-\\x9f${HIDDEN}]`, 'gu')

/** The text of JSON in which nothing acts when a terminal shows it: what JSON leaves raw beside C0 is escaped as well. */
export const quietJson = (json: string): string => json.replace(RAW_IN_JSON, unicodeEscape)

/** {@link quietJson} of a value. */
export const jsonText = (value: unknown, indent?: number): string =>
  quietJson(JSON.stringify(value, null, indent))

const CONTROLS = new RegExp(`[\\0-\\x08\\x0a-\\x1f\\x7f-\\x9f${HIDDEN}]`, 'gu')

/**
 * One line of plain text for a terminal or a text log: control characters (C0 but tab, DEL, C1) are written as `\xhh`,
 * and what is {@link HIDDEN} as `\uhhhh`, so that a value can neither begin a new line nor steer the terminal.
 */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    if (character === '\n') return '\\n'
    if (character === '\r') return '\\r'
    const code = character.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(character)
  })
}
