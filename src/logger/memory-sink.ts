/** The last records, in memory: for a page that shows them, for tests, for the report of a crash. */

import { isInteger, resolveOptions } from '../core/options.ts'
import type { LogRecord } from './record.ts'
import type { Sink } from './sink.ts'

/** Options of {@link memorySink}. */
export interface MemorySinkOptions {
  /** Records kept; the oldest go first. Default 1,000. */
  readonly size?: number
}

/** A sink that remembers. */
export interface MemorySink extends Sink {
  /** The records, oldest first. */
  readonly records: () => readonly LogRecord[]
  readonly clear: () => void
}

/** A sink that keeps the last records. They hold what the application gave them: fields are not copied. */
export function memorySink(options?: MemorySinkOptions): MemorySink {
  const { size } = resolveOptions<MemorySinkOptions, { size: number }>(
    'memorySink',
    options,
    { size: isInteger(1) },
    { size: 1000 },
  )
  let ring: LogRecord[] = []
  let next = 0
  const sink = (record: LogRecord): void => {
    ring[next] = record
    next = (next + 1) % size
  }
  return Object.assign(sink, {
    label: 'memory',
    records: () => [...ring.slice(next), ...ring.slice(0, next)],
    clear: () => {
      ring = []
      next = 0
    },
    onTrouble: () => {},
  })
}
