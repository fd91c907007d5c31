/**
 * How many throws of a second have their frames kept. Most throws are handled and nobody asks for them; the one that
 * makes a page must not find the second spent: half of it is for functions that have had none yet, and what a page has
 * asked for is given back.
 */

import type { Capture } from './captured.ts'

export class CaptureBudget {
  readonly #max: number
  readonly #now: () => number
  #startedAt = Number.NEGATIVE_INFINITY
  #taken = 0
  #sites = new Set<string>()
  /** Captures of this second that no page has asked for. */
  #unasked = new WeakSet<Capture>()

  /** `max` a second. */
  constructor(max: number, now: () => number = () => performance.now()) {
    this.#max = max
    this.#now = now
  }

  /** @returns whether the frames of a throw of this function may be kept */
  take(site: string): boolean {
    if (this.#now() - this.#startedAt >= 1000) {
      this.#startedAt = this.#now()
      this.#taken = 0
      this.#sites = new Set()
      this.#unasked = new WeakSet()
    }
    const limit = this.#sites.has(site) ? Math.ceil(this.#max / 2) : this.#max
    if (this.#taken >= limit) return false
    this.#taken++
    this.#sites.add(site)
    return true
  }

  /** What a {@link take} has become. */
  spent(capture: Capture): void {
    this.#unasked.add(capture)
  }

  /** A page has asked for it. */
  giveBack(capture: Capture): void {
    if (this.#unasked.delete(capture)) this.#taken--
  }
}
