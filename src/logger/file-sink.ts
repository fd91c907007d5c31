/** Records in a file. */

import { relative, resolve } from 'node:path'
import { SinkError } from '../core/errors.ts'
import { isBoolean, isInteger, isOneOf, isString, resolveOptions, show } from '../core/options.ts'
import { FileTarget } from './file-target.ts'
import { type FormatChoice, formatOf, isFormat } from './formats.ts'
import { LineWriter, type Overflow } from './line-writer.ts'
import { textOf } from './record.ts'
import type { Sink } from './sink.ts'
import { Trouble } from './trouble.ts'

/** Options of {@link fileSink}. */
export interface FileSinkOptions {
  /** Default `json`. */
  readonly format?: FormatChoice
  /** strftime directives for the formats for people. */
  readonly dateFormat?: string
  /** Empty the file at start. Default false. */
  readonly truncate?: boolean
  /** Permission bits of a new file. Default 0o640. */
  readonly mode?: number
  /** Write each record at once, so that not even `kill -9` loses one; about 40 % dearer. Default false: once per turn of the event loop. */
  readonly sync?: boolean
  /** Open the file anew when it was moved or deleted. Default true. */
  readonly watch?: boolean
  /** Bytes kept while the file cannot be written (disk full, read-only). Default 64 MiB. */
  readonly maxPending?: number
  /** When more than that waits. Default `drop-oldest`; what is lost is counted and reported. */
  readonly overflow?: Overflow
}

const DEFAULTS: Required<Omit<FileSinkOptions, 'dateFormat'>> = {
  format: 'json',
  truncate: false,
  mode: 0o640,
  sync: false,
  watch: true,
  maxPending: 67_108_864,
  overflow: 'drop-oldest',
}

/** The checks of {@link FileSinkOptions}; the logging wrapper takes the same options. */
export const FILE_SINK_CHECKS = {
  format: isFormat,
  dateFormat: isString,
  truncate: isBoolean,
  mode: isInteger(0, 0o777),
  sync: isBoolean,
  watch: isBoolean,
  maxPending: isInteger(65_536),
  overflow: isOneOf('drop-oldest', 'drop-newest', 'block'),
} as const

/** A sink that writes to a file; it can be told to open the file anew, as after a move by logrotate. */
export interface FileSink extends Sink {
  /** Absolute path of the file. */
  readonly path: string
  readonly reopen: () => void
}

/**
 * A sink that appends to a file, making it and its folders. Each line is written whole, in order, and before the
 * process ends; the program never hears of a failing disk.
 * @throws {SinkError} when the file cannot be opened now
 * @throws {ConfigError} for an option that is not right
 */
export function fileSink(path: string, options?: FileSinkOptions): FileSink {
  const given = resolveOptions<FileSinkOptions, typeof DEFAULTS>(
    'fileSink',
    options,
    FILE_SINK_CHECKS,
    DEFAULTS,
  )
  const target = openTarget(path, given)
  const format = formatOf(given.format, { color: false, dateFormat: given.dateFormat })
  const label = `file ${relative(process.cwd(), resolve(path)) || path}`
  const trouble = new Trouble(label)
  const { sync, maxPending, overflow } = given
  const writer = new LineWriter({ target, trouble, sync, maxPending, overflow })
  const sink = (record: Parameters<Sink>[0]): void => writer.write(textOf(record, format))
  return Object.assign(sink, {
    label,
    path: resolve(path),
    reopen: () => {
      writer.flushSync(false)
      target.reopen()
    },
    flush: () => writer.flush(),
    flushSync: () => writer.flushSync(false),
    close: () => writer.close(),
    onTrouble: trouble.listen.bind(trouble),
  })
}

function openTarget(
  path: string,
  options: Pick<Required<FileSinkOptions>, 'mode' | 'truncate' | 'watch'>,
): FileTarget {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new SinkError(
      'ERR_ROCKSOLID_ARGUMENT_INVALID',
      `fileSink: the path is ${show(path)}. Allowed: the path of a file that may be appended to.`,
    )
  }
  const { mode, truncate, watch } = options
  try {
    return new FileTarget({ path: resolve(path), mode, truncate, watch })
  } catch (error) {
    throw cannotOpen(path, error)
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'Give the user that runs this process write permission, or choose another path.',
  EPERM: 'Give the user that runs this process write permission, or choose another path.',
  EROFS: 'The file system is read-only: choose another path.',
  EISDIR: 'That is a folder: name a file in it.',
  ENOTDIR: 'A part of the path is a file, not a folder: choose another path.',
  EEXIST: 'A part of the path is a file, not a folder: choose another path.',
  ENOSPC: 'The disk is full: make room, or choose another path.',
  ENAMETOOLONG: 'Choose a shorter path.',
}

function cannotOpen(path: string, error: unknown): SinkError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const advice = ADVICE[code] ?? 'Choose a path that can be appended to.'
  return new SinkError(
    'ERR_ROCKSOLID_SINK_FAILED',
    `fileSink: the log file ${show(path)} (${resolve(path)}) cannot be opened for appending: ${code}. ` +
      `Allowed: a file that exists and may be written, or one that may be made. ${advice}`,
    { cause: error },
  )
}
