/** Options that all sinks have which deliver to a receiver far away, and their checks. */

import { isInteger, isOneOf, isString } from '../core/options.ts'
import { Spool } from './spool.ts'

/** How records wait, are sent together, and are tried again. */
export interface BatchOptions {
  /** Records of one batch. Default 1,000. */
  readonly batchSize?: number
  /** Milliseconds a record waits for others. Default 1,000. */
  readonly delayMs?: number
  /** UTF-16 units that wait in memory. Default 16 Mi; what is more goes to the spool, or is dropped and counted. */
  readonly maxQueued?: number
  /**
   * What is dropped when there is no spool. Default `drop-oldest`. The program cannot be stopped for a receiver far
   * away, since delivering needs its event loop: to lose nothing, give a spool.
   */
  readonly overflow?: 'drop-oldest' | 'drop-newest'
  /** Milliseconds one delivery may take. Default 10,000. */
  readonly timeoutMs?: number
  /** Milliseconds before the first repetition; doubled each time, with chance, up to `maxRetryMs`. Default 500. */
  readonly retryMs?: number
  /** Default 30,000. */
  readonly maxRetryMs?: number
}

/** Where what cannot be delivered is kept. */
export interface SpoolOptions {
  /** A folder for what cannot be delivered; it is delivered later, also by the next process. Default: none. */
  readonly spool?: string
  /** Bytes of the spool. Default 256 MiB; beyond, the oldest go and are counted. */
  readonly maxSpool?: number
}

export const BATCH_DEFAULTS: Required<BatchOptions> = {
  batchSize: 1000,
  delayMs: 1000,
  maxQueued: 16_777_216,
  overflow: 'drop-oldest',
  timeoutMs: 10_000,
  retryMs: 500,
  maxRetryMs: 30_000,
}

export const DELIVERY_DEFAULTS = { ...BATCH_DEFAULTS, maxSpool: 268_435_456 }

export const DELIVERY_CHECKS = {
  spool: isString,
  maxSpool: isInteger(1024),
  batchSize: isInteger(1),
  delayMs: isInteger(0),
  maxQueued: isInteger(1024),
  overflow: isOneOf('drop-oldest', 'drop-newest'),
  timeoutMs: isInteger(1),
  retryMs: isInteger(1),
  maxRetryMs: isInteger(1),
} as const

/** The spool that was asked for. @throws {SinkError} when its folder cannot be used */
export function spoolOf({ spool, maxSpool = DELIVERY_DEFAULTS.maxSpool }: SpoolOptions): Spool | undefined {
  return spool === undefined ? undefined : new Spool(spool, maxSpool)
}
