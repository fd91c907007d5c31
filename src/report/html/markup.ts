/**
 * The only way HTML is made here: the `html` tag escapes every value put into it, for text and for quoted
 * attributes alike, unless the value is markup that the tag itself has made.
 */

import { escapeHtml, HIDDEN, unicodeEscape } from '../../core/escape.ts'

/** A piece of HTML that is safe to show. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What may stand in an `html` template. */
export type Part = Markup | string | number | false | undefined | readonly Part[]

/** A template whose values are escaped; arrays are joined, `false` and `undefined` leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? ''
  for (let index = 0; index < parts.length; index++) {
    text += partText(parts[index]) + (strings[index + 1] ?? '')
  }
  return new Markup(text)
}

/** Text that is HTML already: a style sheet, a script, what an escaping converter has made. */
export const trusted = (text: string): Markup => new Markup(text)

/** Nothing. */
export const NOTHING = new Markup('')

function partText(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'string') return escaped(part)
  if (typeof part === 'number') return String(part)
  let text = ''
  for (const one of part) text += partText(one)
  return text
}

/** The text as HTML, for elements and for quoted attributes. */
export const escaped = (text: string): string => (PLAIN.test(text) ? text : escapeHtml(visible(text)))

/** Text that needs no escaping: most of what a page holds. */
const PLAIN = /^[\w ,.:;()[\]{}=+*/?!@#%^|~$-]*$/

/** Control characters that HTML does not allow, and what is hidden: shown as what they are instead of acting. */
function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.charCodeAt(0)
    return code < 32 ? String.fromCharCode(0x2400 + code) : unicodeEscape(character)
  })
}

const INVISIBLE = new RegExp(`[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufffe\\uffff${HIDDEN}]`, 'gu')
