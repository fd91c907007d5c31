/** Collects what a console prints until its next answer is sent; what earlier inputs left behind comes with it. */

import { maskText } from '../../inspect/redact.ts'
import type { OutputText } from '../protocol.ts'
import { tracebackOf } from './traceback.ts'

/** Characters of output kept until an answer takes them. */
const MAX_OUTPUT = 100_000

export class Output {
  #lines: OutputText[] = []
  #size = 0

  print({ stream, text }: OutputText): void {
    const room = MAX_OUTPUT - this.#size
    if (room <= 0) return
    const kept =
      text.length > room ? `${text.slice(0, room)}\n… output cut at ${MAX_OUTPUT} characters` : text
    this.#size += text.length
    this.#lines.push({ stream, text: maskText(kept) })
  }

  /** A rejection nobody handled, or a throw in a timer, of code that was typed. */
  fail(error: unknown): void {
    this.print({ stream: 'stderr', text: `Not handled: ${tracebackOf(error)}` })
  }

  take(): OutputText[] {
    const lines = this.#lines
    this.#lines = []
    this.#size = 0
    return lines
  }
}
