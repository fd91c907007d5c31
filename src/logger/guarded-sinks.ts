/**
 * The sinks of one logger. Each has its own level and filter and fails alone: what one throws is counted and told,
 * and neither the application nor the other sinks notice.
 */

import { forget, type LastWords, remember } from '../core/last-words.ts'
import { inSink } from '../core/sink-scope.ts'
import type { LogRecord } from './record.ts'
import type { Sink, SinkTrouble, TroubleListener } from './sink.ts'
import { Trouble } from './trouble.ts'

/** A sink with what decides which records it gets. */
export interface SinkSlot {
  readonly sink: Sink
  /** Least severity. */
  readonly threshold: number
  readonly filter: ((record: LogRecord) => boolean) | undefined
}

interface Guarded extends SinkSlot {
  readonly trouble: Trouble
  /** Functions of the user may print; what they print must not come back to them. */
  readonly isForeign: boolean
  readonly lastWords: LastWords | undefined
  /** Whether it was given a record since its last flush at the end of the program. */
  readonly state: { isDirty: boolean }
}

export class GuardedSinks {
  readonly #slots: readonly Guarded[]
  /** The least severity that any sink takes. */
  readonly threshold: number
  #isClosed = false

  constructor(slots: readonly SinkSlot[], onTrouble: TroubleListener | undefined) {
    this.#slots = slots.map((slot) => guard(slot, onTrouble))
    this.threshold = Math.min(...slots.map((slot) => slot.threshold))
    for (const { lastWords } of this.#slots) if (lastWords !== undefined) remember(lastWords)
  }

  /** Gives the record to every sink that wants it. Never throws. */
  give(record: LogRecord): void {
    for (const slot of this.#slots) {
      if (record.severity < slot.threshold) continue
      try {
        if (slot.filter !== undefined && !slot.filter(record)) continue
        if (slot.isForeign) giveForeign(slot, record)
        else slot.sink(record)
      } catch (error) {
        slot.trouble.failed('permanent', error, 1)
      }
    }
  }

  /** Whether a record of this severity would show on the terminal. */
  showsOnTerminal(severity: number): boolean {
    return (
      !this.#isClosed &&
      this.#slots.some(({ sink, threshold }) => sink.terminal === true && severity >= threshold)
    )
  }

  flushSync(): void {
    for (const { sink, trouble } of this.#slots) {
      try {
        sink.flushSync?.()
      } catch (error) {
        trouble.failed('temporary', error)
      }
    }
  }

  /** Settles when every sink has settled; rejects never. */
  async flush(): Promise<void> {
    await this.#each((sink) => sink.flush?.())
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { lastWords } of this.#slots) if (lastWords !== undefined) forget(lastWords)
    await this.#each((sink) => (sink.close ?? sink.flush)?.())
    for (const { trouble } of this.#slots) trouble.settle()
  }

  async #each(action: (sink: Sink) => unknown): Promise<void> {
    await Promise.all(
      this.#slots.map(async ({ sink, trouble }) => {
        try {
          await action(sink)
        } catch (error) {
          trouble.failed('temporary', error)
        }
      }),
    )
  }
}

/** A function of the user's: it may print, and it may be asynchronous although nobody waits for it. */
function giveForeign({ sink, trouble, state }: Guarded, record: LogRecord): void {
  state.isDirty = true
  const result: unknown = inSink(() => sink(record))
  if (result instanceof Promise) result.catch((error: unknown) => trouble.failed('permanent', error, 1))
}

function flushOnce(sink: Sink, state: { isDirty: boolean }): void | Promise<void> {
  if (!state.isDirty) return undefined
  state.isDirty = false
  return sink.flush?.()
}

function guard(slot: SinkSlot, onTrouble: TroubleListener | undefined): Guarded {
  const { sink } = slot
  const trouble = new Trouble(sink.label ?? (sink.name || 'sink'))
  const listener =
    onTrouble === undefined ? undefined : (event: SinkTrouble) => inSink(() => onTrouble(event))
  if (listener !== undefined) {
    trouble.listen(listener)
    sink.onTrouble?.(listener)
  }
  // Sinks of this package register themselves, and write past everything that captures prints.
  const isForeign = sink.onTrouble === undefined
  const holdsBack = isForeign && (sink.flushSync !== undefined || sink.flush !== undefined)
  // Once per record at most: a flush that needs the event loop would otherwise keep the process alive for ever.
  const state = { isDirty: false }
  const lastWords = holdsBack
    ? { flushSync: () => sink.flushSync?.(), flush: () => flushOnce(sink, state) }
    : undefined
  return { ...slot, trouble, isForeign, lastWords, state }
}
