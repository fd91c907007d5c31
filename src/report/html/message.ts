/** A message as HTML. */

import { stripAnsi } from '../../core/ansi.ts'
import { html, type Markup } from './markup.ts'

/** The message with its terminal colours as classes. */
export function messageMarkup(message: string): Markup {
  return html`${stripAnsi(message)}`
}
