/**
 * Tells of a failing sink: the first failure at once, later ones as a count at most every half minute, and that it
 * works again. Without a listener it goes to stderr in one line, past everything that captures prints.
 */

import { writeSync } from 'node:fs'
import { escapeControls } from '../core/escape.ts'
import { read } from './error-facts.ts'
import type { SinkTrouble, TroubleListener } from './sink.ts'

/** Milliseconds between two reports of the same kind of trouble. */
const REPORT_EVERY_MS = 30_000

/** The reporter of one sink. */
export class Trouble {
  readonly #sink: string
  #listener: TroubleListener = writeTrouble
  #reportedAt = Number.NEGATIVE_INFINITY
  #kind: SinkTrouble['kind'] = 'recovered'
  #suppressed = 0
  #lost = 0

  constructor(sink: string) {
    this.#sink = sink
  }

  /** Whether the last thing told was a failure. */
  get isFailing(): boolean {
    return this.#kind !== 'recovered'
  }

  listen(listener: TroubleListener): void {
    this.#listener = listener
  }

  /** Notes a failure; told at once when it is the first or of a new kind. */
  failed(kind: 'temporary' | 'permanent' | 'final', error: unknown, lost = 0): void {
    this.#lost += lost
    const now = performance.now()
    if (this.#kind === kind && now - this.#reportedAt < REPORT_EVERY_MS) {
      this.#suppressed++
      return
    }
    this.#kind = kind
    this.#tell(kind, messageOf(error), error, now)
  }

  /** Notes that it works; told when it had failed before. */
  worked(): void {
    if (this.#kind === 'recovered' || this.#kind === 'final') return
    this.#kind = 'recovered'
    this.#tell('recovered', 'it works again', undefined, performance.now())
  }

  /** Tells of losses not yet told; at the end. */
  settle(): void {
    if (this.#lost > 0) this.#tell('permanent', 'the process or the sink ends', undefined, performance.now())
  }

  #tell(kind: SinkTrouble['kind'], message: string, error: unknown, now: number): void {
    const also = this.#suppressed > 0 ? ` (and ${this.#suppressed} more failures)` : ''
    const trouble = { sink: this.#sink, kind, message: message + also, error, lost: this.#lost }
    this.#reportedAt = now
    this.#suppressed = 0
    this.#lost = 0
    try {
      this.#listener(trouble)
    } catch {
      writeTrouble(trouble)
    }
  }
}

/** Writes a failure to stderr, whatever has been patched; a failure of stderr itself is nobody's to hear. */
export function writeTrouble({ sink, kind, message, lost }: SinkTrouble): void {
  const what = kind === 'recovered' ? 'recovered' : kind === 'final' ? 'is off' : 'failed'
  const gone = lost > 0 ? ` ${lost} ${lost === 1 ? 'record' : 'records'} lost.` : ''
  const kept = kind === 'temporary' ? ' Records are kept and tried again.' : ''
  writeRaw(`rocksolid logger: ${sink} ${what}: ${escapeControls(message)}.${gone}${kept}\n`)
}

/** Writes to stderr once, synchronously, ignoring failure. */
export function writeRaw(text: string): void {
  try {
    writeSync(2, text)
  } catch {
    // Nowhere left to tell it.
  }
}

function messageOf(error: unknown): string {
  if (typeof error === 'string') return error
  const message = typeof error === 'object' && error !== null ? read(error, 'message') : undefined
  return typeof message === 'string' ? message : 'it threw something that is no error'
}
