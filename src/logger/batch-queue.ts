/**
 * What waits to be delivered to a receiver far away: collected into batches, delivered one after the other and in
 * order, tried again with growing pauses, bounded in memory, and on disk when a spool is given.
 */

import { setTimeout } from 'node:timers'
import { forget, isExiting, type LastWords, remember } from '../core/last-words.ts'
import { inSink } from '../core/sink-scope.ts'
import type { BatchOptions } from './delivery-options.ts'
import type { Spool } from './spool.ts'
import type { Trouble } from './trouble.ts'

/** Delivers a batch. Resolves when the receiver has it; rejects with a {@link DeliveryError} or anything else, which is tried again. */
export type Deliver = (items: readonly string[], signal: AbortSignal) => Promise<void>

/** Why a delivery failed. */
export class DeliveryError extends Error {
  override name = 'DeliveryError'
  /** `again` later; `smaller`: in parts; `never`: the receiver will not have it. */
  readonly hope: 'again' | 'smaller' | 'never'
  /** Milliseconds the receiver asked to wait. */
  readonly afterMs: number | undefined
  /** Records that are gone, when not all of the batch. */
  readonly lost: number | undefined

  constructor(message: string, hope: 'again' | 'smaller' | 'never', afterMs?: number, lost?: number) {
    super(message)
    this.hope = hope
    this.afterMs = afterMs
    this.lost = lost
  }
}

/** Milliseconds that closing waits for a receiver. */
const CLOSE_MS = 5000

interface Batch {
  items: readonly string[]
  /** Where it came in the order. */
  readonly place: number
  /** Tells the spool that it is delivered; undefined for a batch from memory. */
  readonly done: (() => void) | undefined
}

export class BatchQueue implements LastWords {
  readonly #options: Required<BatchOptions>
  readonly #deliver: Deliver
  readonly #trouble: Trouble
  readonly #spool: Spool | undefined
  #queue: string[] = []
  #units = 0
  #batch: Batch | undefined
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #pauseMs = 0
  /** True from a failed delivery to the next record: then trying again at the end of the program is in vain. */
  #isVain = false
  #isClosed = false
  #delivery: AbortController | undefined

  constructor(options: Required<BatchOptions>, deliver: Deliver, trouble: Trouble, spool: Spool | undefined) {
    this.#options = options
    this.#deliver = deliver
    this.#trouble = trouble
    this.#spool = spool
    remember(this)
    if (spool?.isEmpty === false) this.#later(0)
  }

  push(item: string): void {
    if (this.#isClosed) {
      this.#trouble.failed('permanent', 'it is closed', 1)
      return
    }
    this.#queue.push(item)
    this.#units += item.length
    this.#isVain = false
    if (isExiting()) this.flushSync(true)
    else if (this.#units > this.#options.maxQueued) this.#spill()
    else if (this.#queue.length >= this.#options.batchSize && this.#pauseMs === 0) this.#start()
    else this.#later(this.#options.delayMs)
  }

  /** Puts items in front that were delivered but may not have arrived. */
  again(items: readonly string[]): void {
    if (this.#isClosed) return
    this.#queue.unshift(...items)
    this.#units += unitsOf(items)
    this.#isVain = false
    this.#later(this.#pauseMs)
  }

  /** Delivers what waits. Resolves when all is delivered, or when a delivery has failed; what failed is kept. */
  readonly flush = async (): Promise<void> => {
    if (this.#isVain) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#start()
    await this.#running
  }

  /** At the end of the process: to disk with a spool; else what waits is counted as lost. */
  readonly flushSync = (final: boolean): void => {
    if (!final || (this.#queue.length === 0 && this.#batch === undefined)) return
    const batch = this.#batch
    if (this.#spool !== undefined) {
      this.#putAway(batch?.done === undefined ? (batch?.items ?? []) : [], batch?.place)
      this.#putAway(this.#takeAll(), undefined)
    } else {
      const lost = this.#takeAll().length + (batch?.items.length ?? 0)
      this.#trouble.failed(
        'permanent',
        'the process ends before they were delivered, and there is no spool',
        lost,
      )
    }
    this.#batch = undefined
    this.#trouble.settle()
  }

  /** Delivers what waits, at most five seconds; the rest goes to the spool or is lost and counted. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const timer = setTimeout(() => this.#delivery?.abort(), CLOSE_MS)
    this.#isVain = false
    await this.flush()
    clearTimeout(timer)
    clearTimeout(this.#timer)
    this.flushSync(true)
    this.#spool?.close()
    forget(this)
  }

  #later(ms: number): void {
    if (this.#timer !== undefined || this.#running !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#start()
    }, ms)
    this.#timer.unref()
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      if (this.#hasWork() && !this.#isClosed) this.#later(this.#pauseMs || this.#options.delayMs)
    })
  }

  #hasWork(): boolean {
    return this.#batch !== undefined || this.#queue.length > 0 || this.#spool?.isEmpty === false
  }

  /** Delivers batch after batch until nothing is left or one fails. Never rejects. */
  async #run(): Promise<void> {
    for (;;) {
      this.#batch ??= this.#next()
      const batch = this.#batch
      if (batch === undefined) return
      try {
        await this.#deliverWithin(batch.items)
        this.#delivered(batch)
      } catch (error) {
        if (!this.#goOnAfter(error, batch)) return
      }
    }
  }

  #delivered(batch: Batch): void {
    // Gone to the spool meanwhile, because the process was about to end: then it is delivered twice, not never.
    if (this.#batch === batch) this.#batch = undefined
    batch.done?.()
    this.#pauseMs = 0
    this.#isVain = false
    if (this.#trouble.isFailing) this.#trouble.worked()
  }

  /** Deals with a failed delivery; true to go on at once. */
  #goOnAfter(error: unknown, batch: Batch): boolean {
    const hope = error instanceof DeliveryError ? error.hope : 'again'
    if (hope === 'smaller' && batch.items.length > 1) {
      this.#halve(batch)
      return true
    }
    if (hope !== 'again') {
      this.#batch = undefined
      batch.done?.()
      const lost = error instanceof DeliveryError ? error.lost : undefined
      this.#trouble.failed('permanent', error, lost ?? batch.items.length)
      return true
    }
    this.#trouble.failed('temporary', error)
    const { retryMs, maxRetryMs } = this.#options
    const asked = error instanceof DeliveryError ? error.afterMs : undefined
    // Between half and all of the pause, so that many processes do not come back at the same instant.
    const doubled = Math.min(maxRetryMs, Math.max(retryMs, this.#pauseMs * 2))
    this.#pauseMs = Math.min(maxRetryMs, asked ?? doubled * (0.5 + Math.random() / 2))
    this.#isVain = true
    return false
  }

  #halve(batch: Batch): void {
    const middle = Math.ceil(batch.items.length / 2)
    const second = batch.items.slice(middle)
    if (batch.done === undefined) {
      this.#queue.unshift(...second)
      this.#units += unitsOf(second)
    }
    const first = batch.items.slice(0, middle)
    if (batch.done === undefined) this.#batch = { ...batch, items: first }
    else {
      // A batch from the spool is confirmed as a whole: its second half takes the place of the first.
      const rest = { ...batch, items: second }
      const goOn = (): void => {
        this.#batch = rest
      }
      this.#batch = { ...batch, items: first, done: goOn }
    }
  }

  async #deliverWithin(items: readonly string[]): Promise<void> {
    const delivery = new AbortController()
    const timer = setTimeout(
      () => delivery.abort(new Error('the receiver did not answer in time')),
      this.#options.timeoutMs,
    )
    this.#delivery = delivery
    try {
      await inSink(() => this.#deliver(items, delivery.signal))
    } finally {
      clearTimeout(timer)
      this.#delivery = undefined
    }
  }

  #next(): Batch | undefined {
    const spooled = this.#spool?.take(this.#options.batchSize)
    if (spooled !== undefined) return { items: spooled.items, place: 0, done: spooled.done }
    if (this.#queue.length === 0) return undefined
    const items = this.#queue.splice(0, this.#options.batchSize)
    this.#units -= unitsOf(items)
    return { items, place: this.#spool?.nextPlace() ?? 0, done: undefined }
  }

  /** Makes room in memory. */
  #spill(): void {
    if (this.#spool !== undefined) {
      this.#putAway(this.#takeAll(), undefined)
      this.#later(this.#pauseMs)
      return
    }
    let lost = 0
    while (this.#units > this.#options.maxQueued && this.#queue.length > 0) {
      const dropped = this.#options.overflow === 'drop-oldest' ? this.#queue.shift() : this.#queue.pop()
      this.#units -= dropped?.length ?? 0
      lost++
    }
    this.#trouble.failed(
      'permanent',
      `more than ${this.#options.maxQueued} characters wait to be delivered`,
      lost,
    )
    this.#later(this.#pauseMs || this.#options.delayMs)
  }

  #takeAll(): string[] {
    const items = this.#queue
    this.#queue = []
    this.#units = 0
    return items
  }

  #putAway(items: readonly string[], place: number | undefined): void {
    const spool = this.#spool
    if (items.length === 0 || spool === undefined) return
    try {
      const lost = spool.put(items, place ?? spool.nextPlace())
      if (lost > 0) this.#trouble.failed('permanent', 'the spool is full', lost)
    } catch (error) {
      this.#trouble.failed('permanent', error, items.length)
    }
  }
}

const unitsOf = (items: readonly string[]): number => items.reduce((sum, item) => sum + item.length, 0)
