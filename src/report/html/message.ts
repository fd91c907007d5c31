/** A message as HTML, with the colours it had in a terminal. */

import { stripAnsi } from '../../core/ansi.ts'
import type { Report } from '../report.ts'
import { html, type Markup, trusted } from './markup.ts'
import { simplifyAnsi } from './sgr.ts'

/** Turns a message into HTML. */
export type MessageMarkup = (message: string) => Markup

/** The message without its colours. */
export const plainMessage: MessageMarkup = (message) => html`${stripAnsi(message)}`

/**
 * The converter for the messages and printed lines of a report. ansi-html is loaded for the first report that has
 * colours; when it cannot be, they are taken out. Never rejects.
 */
export async function loadMessageMarkup({ errors, sections = [] }: Report): Promise<MessageMarkup> {
  const texts = [...errors.map(({ message }) => message), ...sections.map(({ text = '' }) => text)]
  if (!texts.some((text) => /[\x1b\x9b]/.test(text))) return plainMessage
  try {
    const { default: ansiHtml } = await import('ansi-html')
    const classes = classesByStyle(ansiHtml.tags.open)
    return (message) => {
      if (!/[\x1b\x9b]/.test(message)) return html`${message}`
      // ansi-html escapes nothing, so the text is escaped before it sees any.
      const simple = simplifyAnsi(message, (text) => html`${text}`.text)
      const colored = withClasses(ansiHtml(simple), classes)
      return ALLOWED.test(colored) ? trusted(colored) : plainMessage(message)
    }
  } catch {
    return plainMessage
  }
}

/** Nothing but text and the few elements that are meant; a changed ansi-html could write others. */
const ALLOWED = /^(?:[^<]|<span(?: class="rs-a\d{1,2}")?>|<\/span>|<[iu]>|<\/[iu]>|<\/?del>)*$/

/** ansi-html writes `style` attributes, which a strict content security policy refuses: class by style. */
function classesByStyle(open: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(open).map(([code, style]) => [`${style};`, `rs-a${Number(code)}`]))
}

const withClasses = (text: string, classes: ReadonlyMap<string, string>): string =>
  text.replace(/<span style="([^"]{0,200})">/g, (_whole, style: string) => {
    const name = classes.get(style)
    return name === undefined ? '<span>' : `<span class="${name}">`
  })
