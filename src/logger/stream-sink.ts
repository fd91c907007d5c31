/** Records on stdout, stderr or any other stream. */

import type { Writable } from 'node:stream'
import { useColor } from '../core/ansi.ts'
import {
  invalidOption,
  isAnyOf,
  isBoolean,
  isInteger,
  isOneOf,
  isString,
  resolveOptions,
} from '../core/options.ts'
import { fdTarget } from './fd-target.ts'
import { type FormatChoice, formatOf, isFormat } from './formats.ts'
import { LineWriter, type Overflow } from './line-writer.ts'
import type { Sink } from './sink.ts'
import { Trouble } from './trouble.ts'
import { writableTarget } from './writable-target.ts'

/** Where a {@link streamSink} writes. */
export type StreamChoice = 'stdout' | 'stderr' | Writable

/** Options of {@link streamSink}. */
export interface StreamSinkOptions {
  /** Where to write, when it is not the argument itself. Default `stderr`. */
  readonly stream?: StreamChoice
  /** Default `pretty` on a terminal, else `json`. */
  readonly format?: FormatChoice
  /** strftime directives for the formats for people. */
  readonly dateFormat?: string
  /** Default: what the terminal, `NO_COLOR` and `FORCE_COLOR` say. */
  readonly color?: boolean
  /**
   * Write each record at once (default), so that it stands in order with what the program prints; false writes
   * once per turn of the event loop, which is cheaper.
   */
  readonly sync?: boolean
  /** Bytes kept while a reader is slow. Default 16 MiB. */
  readonly maxPending?: number
  /** When more than that waits. Default `drop-oldest`; what is lost is counted and reported. */
  readonly overflow?: Overflow
}

const DEFAULTS: Required<Pick<StreamSinkOptions, 'stream' | 'sync' | 'maxPending' | 'overflow'>> = {
  stream: 'stderr',
  sync: true,
  maxPending: 16_777_216,
  overflow: 'drop-oldest',
}

const CHECKS = {
  stream: isAnyOf(isOneOf('stdout', 'stderr'), (value) =>
    canWrite(value) && typeof value.on === 'function' ? undefined : 'a writable stream',
  ),
  format: isFormat,
  dateFormat: isString,
  color: isBoolean,
  sync: isBoolean,
  maxPending: isInteger(65_536),
  overflow: isOneOf('drop-oldest', 'drop-newest', 'block'),
} as const

/**
 * A sink that writes to a stream. stdout and stderr are written by file descriptor: nothing is lost at exit, a slow
 * reader of a pipe is waited for, and what captures prints does not see our own lines.
 * @param to the stream, or all options
 * @param more the other options, when `to` is the stream
 * @throws {ConfigError} for an option that is not right
 */
export function streamSink(
  to?: StreamChoice | StreamSinkOptions,
  more?: Omit<StreamSinkOptions, 'stream'>,
): Sink {
  const options = typeof to === 'string' || canWrite(to) ? { ...more, stream: to } : to
  const given = resolveOptions<StreamSinkOptions, typeof DEFAULTS>('streamSink', options, CHECKS, DEFAULTS)
  const { stream, overflow } = given
  const fd = fdOf(stream)
  if (fd === undefined && overflow === 'block') {
    throw invalidOption(
      'streamSink',
      'overflow',
      overflow,
      '"drop-oldest" or "drop-newest" for a stream object',
    )
  }
  const color = given.color ?? useColor(streamOf(stream) as { isTTY?: boolean })
  const isTerminal = fd !== undefined && (fd === 1 ? process.stdout : process.stderr).isTTY === true
  const choice = given.format ?? (isTerminal ? 'pretty' : 'json')
  const format = formatOf(choice, { color, dateFormat: given.dateFormat })
  const label = fd === undefined ? 'stream' : fd === 1 ? 'stdout' : 'stderr'
  const trouble = new Trouble(label)
  const target = fd === undefined ? writableTarget(streamOf(stream)) : fdTarget(fd)
  const { sync, maxPending } = given
  const writer = new LineWriter({ target, trouble, sync, maxPending, overflow })
  const sink = (record: Parameters<Sink>[0]): void => writer.take(record, format)
  return Object.assign(sink, {
    label,
    terminal: fd !== undefined,
    flush: () => writer.drain(),
    flushSync: () => writer.flushSync(false),
    close: () => writer.close(),
    onTrouble: trouble.listen.bind(trouble),
  })
}

function streamOf(stream: StreamChoice): Writable {
  return typeof stream === 'string' ? process[stream] : stream
}

function fdOf(stream: StreamChoice): number | undefined {
  if (stream === 'stdout' || stream === process.stdout) return 1
  return stream === 'stderr' || stream === process.stderr ? 2 : undefined
}

function canWrite(value: unknown): value is Writable {
  return typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function'
}
