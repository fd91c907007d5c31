/** Fewer records: a share of them, and at most so many alike in a while, with a record that says how many are missing. */

import { setTimeout } from 'node:timers'
import { BoundedMap } from '../core/bounded-map.ts'
import { digest } from '../core/digest.ts'
import { invalidOption, isFunction, isInteger, resolveOptions } from '../core/options.ts'
import type { LogRecord } from './record.ts'

/** At most `records` alike within `perMs`. */
export interface RateLimit {
  readonly records: number
  /** Milliseconds. Default 1,000. */
  readonly perMs?: number
  /** What makes records alike. Default: their level, logger and message. */
  readonly by?: (record: LogRecord) => string
}

/** The share of records that go out, 0 to 1, by level; levels that are not named all do. */
export type Sample = Readonly<Record<string, number>>

/** Told of records that were held back, when their while is over. */
export type SuppressedListener = (first: LogRecord, count: number) => void

/** Kinds remembered at a time; more make the one that was quiet longest begin anew. */
const MAX_KINDS = 1000

/**
 * Whether a record is in the sample. Records of one request or trace share a fate, so that what is kept is whole.
 */
export function inSample(record: LogRecord, sample: Sample): boolean {
  const share = Object.hasOwn(sample, record.level) ? (sample[record.level] ?? 1) : 1
  if (share >= 1) return true
  const { traceId, requestId } = record.fields
  const key = typeof traceId === 'string' ? traceId : requestId
  return (typeof key === 'string' ? lot(key) : Math.random()) < share
}

/** A number from 0 to 1, the same for the same key in every process. */
const lot = (key: string): number => Number.parseInt(digest(key).slice(0, 8), 16) / 2 ** 32

interface Kind {
  readonly first: LogRecord
  readonly endsAt: number
  count: number
}

const CHECKS = { records: isInteger(1), perMs: isInteger(1), by: isFunction } as const

const DEFAULTS = {
  perMs: 1000,
  by: (record: LogRecord): string => `${record.level} ${record.logger} ${record.message}`,
}

export class RateGate {
  readonly #limit: Required<RateLimit>
  readonly #onSuppressed: SuppressedListener
  readonly #kinds: BoundedMap<string, Kind>
  #timer: NodeJS.Timeout | undefined

  /** @throws {ConfigError} for an option that is not right */
  constructor(limit: RateLimit, onSuppressed: SuppressedListener) {
    this.#limit = resolveOptions<RateLimit, typeof DEFAULTS>(
      'createLogger: rateLimit',
      limit,
      CHECKS,
      DEFAULTS,
    )
    if (limit.records === undefined) {
      throw invalidOption(
        'createLogger',
        'rateLimit',
        limit,
        'an object such as { records: 10, perMs: 1000 }',
      )
    }
    this.#onSuppressed = onSuppressed
    this.#kinds = new BoundedMap({ maxEntries: MAX_KINDS, onEvict: (kind) => this.#tell(kind) })
  }

  /** Whether the record goes out. */
  pass(record: LogRecord): boolean {
    const { records, perMs, by } = this.#limit
    const key = by(record).slice(0, 500)
    const now = performance.now()
    let kind = this.#kinds.get(key)
    if (kind !== undefined && now >= kind.endsAt) {
      this.#kinds.delete(key)
      kind = undefined
    }
    if (kind === undefined) {
      kind = { first: record, endsAt: now + perMs, count: 0 }
      this.#kinds.set(key, kind)
    }
    kind.count++
    if (kind.count <= records) return true
    this.#timer ??= setTimeout(() => this.#tellOver(), perMs).unref()
    return false
  }

  /** Tells at once of all that was held back. */
  settle(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#kinds.clear()
  }

  #tellOver(): void {
    this.#timer = undefined
    const now = performance.now()
    let isWaiting = false
    for (const kind of this.#kinds.values()) {
      if (kind.count <= this.#limit.records) continue
      if (now < kind.endsAt) isWaiting = true
      else this.#kinds.delete(this.#limit.by(kind.first).slice(0, 500))
    }
    if (isWaiting) this.#timer = setTimeout(() => this.#tellOver(), this.#limit.perMs).unref()
  }

  #tell(kind: Kind): void {
    const suppressed = kind.count - this.#limit.records
    if (suppressed > 0) this.#onSuppressed(kind.first, suppressed)
  }
}
