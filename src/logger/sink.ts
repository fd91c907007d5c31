/** What a sink is, and how it tells that it fails. */

import type { LogRecord } from './record.ts'

/**
 * Takes records. A function is enough; the rest is for sinks that hold something back.
 * A sink may throw: the logger counts and reports it, and neither the application nor other sinks notice.
 */
export interface Sink {
  (record: LogRecord): void
  /** What it is called in reports: `file app.log`. */
  readonly label?: string
  /** True when what it writes shows on the process's own stdout or stderr. */
  readonly terminal?: boolean
  /** Settles when everything taken so far is written or given up. */
  readonly flush?: () => void | Promise<void>
  /** Writes at once what it can; called when the process is about to end. */
  readonly flushSync?: () => void
  /** Flushes and lets go of files, sockets and timers. Records that come later are dropped and counted. */
  readonly close?: () => void | Promise<void>
  /** Tells of failures from now on, instead of writing them to stderr. */
  readonly onTrouble?: (listener: TroubleListener) => void
}

/**
 * One failure of a sink.
 * `temporary`: what it holds is kept and tried again; `permanent`: `lost` records are gone, the sink goes on;
 * `final`: the sink is off; `recovered`: it works again.
 */
export interface SinkTrouble {
  readonly sink: string
  readonly kind: 'temporary' | 'permanent' | 'final' | 'recovered'
  readonly message: string
  readonly error: unknown
  /** Records, or for sinks that no longer know records: lines, that are gone for good since the last report. */
  readonly lost: number
}

export type TroubleListener = (trouble: SinkTrouble) => void

/** A check for options: a function. */
export const isSink = (value: unknown): value is Sink => typeof value === 'function'
