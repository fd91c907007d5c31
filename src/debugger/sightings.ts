/** How often each bug was seen, by the fingerprint of its reports; counts on when the errors themselves are gone. */

import { BoundedMap } from '../core/bounded-map.ts'

/** The occurrences of one bug in this process; times in epoch milliseconds. */
export interface Sighting {
  readonly count: number
  readonly first: number
  readonly last: number
}

/** Bugs that are counted; the one seen longest ago is forgotten first. */
const MAX_BUGS = 1000

export class Sightings {
  readonly #seen = new BoundedMap<string, Sighting>({ maxEntries: MAX_BUGS })

  /** Counts one more. */
  note(fingerprint: string, at: number): void {
    const { count, first } = this.#seen.get(fingerprint) ?? { count: 0, first: at }
    this.#seen.set(fingerprint, { count: count + 1, first, last: at })
  }

  /** What is known of a bug; one that was forgotten counts as seen once, `at`. */
  of(fingerprint: string, at: number): Sighting {
    return this.#seen.get(fingerprint) ?? { count: 1, first: at, last: at }
  }

  clear(): void {
    this.#seen.clear()
  }
}
