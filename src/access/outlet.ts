/** Where the lines of one access log leave it, whatever the option `to` is. */

import { useColor } from '../core/ansi.ts'
import type { Exchange } from '../http/exchange.ts'
import { type BufferOptions, bufferedDestination } from './destination.ts'
import type { FieldSettings } from './field.ts'
import { isLoggerLike, isSinkLike, type TakeLine, toLogger, toSink } from './logger-outlet.ts'
import type { LineFunction, ResolvedAccessOptions } from './options.ts'
import type { AccessRecord } from './record.ts'
import type { Report } from './reporter.ts'
import { fileTarget, streamTarget, type WritableLike } from './targets.ts'

export interface Outlet {
  readonly write: TakeLine
  /** Writes the line of an exchange when this turn of the event loop is over; only where nothing else hangs on it. */
  readonly writeLater: ((exchange: Exchange) => void) | undefined
  readonly flush: () => void
  readonly close: () => Promise<void>
  /** Lines that could not be taken. */
  readonly dropped: () => number
}

/** What the destination's terminal can do. */
export interface Terminal {
  readonly color: boolean
  /** Characters in a line, asked each time; 0 when it is no terminal. */
  readonly columns: () => number
}

/** The stream a terminal may be behind: the one named, or none for files and functions. */
function streamOf(options: ResolvedAccessOptions): { isTTY?: boolean; columns?: number } {
  const to = options.to ?? options.stream ?? 'stdout'
  if (to === 'stdout') return process.stdout
  if (to === 'stderr') return process.stderr
  return typeof to === 'object' ? (to as { isTTY?: boolean; columns?: number }) : {}
}

export function terminalOf(options: ResolvedAccessOptions): Terminal {
  const stream = streamOf(options)
  return {
    color: options.color ?? useColor(stream),
    columns: () => (stream.isTTY === true ? (stream.columns ?? 0) : 0),
  }
}

/** What makes lines and records for an outlet. */
export interface LineMaker {
  readonly recordOf: (exchange: Exchange) => AccessRecord
  /** Must not throw. */
  readonly lineOf: (exchange: Exchange) => string | undefined
}

/** @throws {SinkError} for a file that cannot be opened */
export function openOutlet(
  options: ResolvedAccessOptions,
  fields: FieldSettings,
  lines: LineMaker,
  report: Report,
): Outlet {
  const to = options.to ?? options.stream ?? 'stdout'
  if (isLoggerLike(to)) return unbuffered(toLogger(to, fields))
  if (isSinkLike(to)) return unbuffered(toSink(to, fields))
  if (typeof to === 'function') {
    const take = to as LineFunction
    return unbuffered((line, exchange) => take(line, lines.recordOf(exchange)))
  }
  const onError = (error: unknown): void => report('the destination', error)
  const target =
    to === 'stdout'
      ? streamTarget(process.stdout, onError)
      : to === 'stderr'
        ? streamTarget(process.stderr, onError)
        : typeof to === 'string'
          ? fileTarget(to)
          : streamTarget(to as WritableLike, onError)
  const isFile = typeof to === 'string' && to !== 'stdout' && to !== 'stderr'
  const destination = bufferedDestination<Exchange>(target, {
    ...(isFile && options.buffer === undefined ? FILE_GATHERING : { ...gathering(options.buffer), gap: 0 }),
    maxPending: options.maxPending,
    lineOf: lines.lineOf,
    onError,
  })
  return {
    write: (line) => destination.write(line),
    writeLater: (exchange) => destination.writeLater(exchange),
    flush: () => destination.flush(),
    close: () => destination.close(),
    dropped: () => destination.dropped,
  }
}

function unbuffered(write: TakeLine): Outlet {
  return { write, writeLater: undefined, flush: () => {}, close: () => Promise.resolve(), dropped: () => 0 }
}

const USUAL_SIZE = 16_384

/** Under load a file is written every 20 ms, or 64 KiB; a line after a quiet time is written at once. */
const FILE_GATHERING = { size: 65_536, interval: 0, gap: 20 }

function gathering(buffer: boolean | number | BufferOptions | undefined): { size: number; interval: number } {
  if (buffer === true) return { size: USUAL_SIZE, interval: 1000 }
  if (typeof buffer === 'number') return { size: USUAL_SIZE, interval: buffer }
  if (typeof buffer === 'object') return { size: buffer.size ?? USUAL_SIZE, interval: buffer.interval ?? 0 }
  return { size: USUAL_SIZE, interval: 0 }
}
