/** An error as text where there is no report of it: in production, and when reporting itself has failed. */

import { escapeControls } from '../core/escape.ts'
import { maskText } from '../inspect/redact.ts'

/** Most characters told. */
const MAX_LENGTH = 16_384

/** Its stack, or what it is, with secrets masked and nothing in it that steers a terminal. Never throws. */
export function plainError(error: unknown): string {
  try {
    const text = error instanceof Error ? String(error.stack ?? error.message) : String(error)
    return maskText(text.slice(0, MAX_LENGTH)).split('\n').map(escapeControls).join('\n')
  } catch {
    return 'an error that cannot be shown'
  }
}
