/** A map that cannot grow without end: the entry used longest ago leaves first. Every store stands on it. */

/** Limits of a {@link BoundedMap}. */
export interface BoundedMapLimits<K, V> {
  /** Most entries at any time. */
  readonly maxEntries: number
  /** Milliseconds an entry lives from when it was set; unlimited when not given. */
  readonly maxAgeMs?: number
  /** Told of each entry that leaves by itself or by `delete`, so that what it holds can be released. */
  readonly onEvict?: (value: V, key: K) => void
  /** Milliseconds of a monotonic clock; for tests. */
  readonly now?: () => number
}

export class BoundedMap<K, V> {
  readonly #entries = new Map<K, { value: V; bornAt: number }>()
  readonly #limits: BoundedMapLimits<K, V>
  readonly #now: () => number
  /** No entry was born before this: until it is too old none can be, and none need be looked at. */
  #bornAfter = Number.POSITIVE_INFINITY

  constructor(limits: BoundedMapLimits<K, V>) {
    this.#limits = limits
    this.#now = limits.now ?? (() => performance.now())
  }

  get size(): number {
    this.#dropAged()
    return this.#entries.size
  }

  /** The value, which thereby counts as just used. */
  get(key: K): V | undefined {
    this.#dropAged()
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** Whether it is there, without counting as use. */
  has(key: K): boolean {
    this.#dropAged()
    return this.#entries.has(key)
  }

  set(key: K, value: V): void {
    this.delete(key)
    const bornAt = this.#now()
    this.#entries.set(key, { value, bornAt })
    this.#bornAfter = Math.min(this.#bornAfter, bornAt)
    this.#dropAged()
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limits.maxEntries) break
      this.delete(oldest)
    }
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key)
    if (entry === undefined) return false
    this.#entries.delete(key)
    this.#limits.onEvict?.(entry.value, key)
    return true
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key)
  }

  /** Values, the one used longest ago first. */
  values(): V[] {
    this.#dropAged()
    return [...this.#entries.values()].map((entry) => entry.value)
  }

  #dropAged(): void {
    const { maxAgeMs } = this.#limits
    if (maxAgeMs === undefined) return
    const oldest = this.#now() - maxAgeMs
    if (this.#bornAfter >= oldest) return
    this.#bornAfter = Number.POSITIVE_INFINITY
    for (const [key, { bornAt }] of this.#entries) {
      if (bornAt < oldest) this.delete(key)
      else this.#bornAfter = Math.min(this.#bornAfter, bornAt)
    }
  }
}
