/** Records in a file. */

import { resolve } from 'node:path'
import { SinkError } from '../core/errors.ts'
import { LOG_FILE_MODE } from '../core/log-file-mode.ts'
import {
  type Check,
  checkArgument,
  invalidOption,
  isAnyOf,
  isBoolean,
  isFalse,
  isInteger,
  isObject,
  isOneOf,
  isString,
  resolveOptions,
  show,
} from '../core/options.ts'
import { shortPath } from '../core/short-path.ts'
import { type Compression, canCompress, FileArchive } from './file-archive.ts'
import { FileTarget } from './file-target.ts'
import { type FormatChoice, formatOf, isFormat } from './formats.ts'
import { LineWriter, type Overflow } from './line-writer.ts'
import { parseRetention, parseRotation, type Retention, type Rotation } from './schedule.ts'
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
  /** Permission bits of a new file, less the umask. Default 0o640. */
  readonly mode?: number
  /** Write each record at once, so that not even `kill -9` loses one; about 40 % dearer. Default false: once per turn of the event loop. */
  readonly sync?: boolean
  /** Open the file anew when it was moved or deleted. Default true. */
  readonly watch?: boolean
  /**
   * When to begin a new file: a size (`'10 MB'`, bytes), a time (`'daily'`, `'18:00'`, `'monday at 12:00'`, `'4 days'`),
   * or a list of which any one is enough. Rotated files are `app.2013-01-08_12-50-45.log`. A strftime directive in the
   * path itself (`app-%Y-%m-%d.log`) begins one whenever the name changes. Default: never.
   */
  readonly rotate?: Rotation
  /** Which rotated files stay: a number, an age (`'10 days'`), or `{ count, age, size }`. Default: all. */
  readonly keep?: number | string | Retention
  /** Compress rotated files, beside the program. zstd needs Node 22.15. Default: not. */
  readonly compress?: Compression | false
  /** A symbolic link that leads to the current file. */
  readonly symlink?: string
  /** Open the file anew on this signal, as after a move by logrotate; the signal then no longer ends the process. */
  readonly reopenOn?: 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2'
  /** Bytes kept while the file cannot be written (disk full, read-only). Default 64 MiB. */
  readonly maxPending?: number
  /** When more than that waits. Default `drop-oldest`; what is lost is counted and reported. */
  readonly overflow?: Overflow
}

const DEFAULTS: Defaults = {
  format: 'json',
  truncate: false,
  mode: LOG_FILE_MODE,
  sync: false,
  watch: true,
  compress: false,
  maxPending: 67_108_864,
  overflow: 'drop-oldest',
}

type Unset = 'dateFormat' | 'rotate' | 'keep' | 'symlink' | 'reopenOn'
type Defaults = Required<Omit<FileSinkOptions, Unset>>
type Given = Readonly<FileSinkOptions & Defaults>

const isPath: Check = (value) =>
  typeof value === 'string' && value !== '' && !value.includes('\0')
    ? undefined
    : 'the path of a file that may be appended to'

const isSizesAndTimes: Check = (value) => {
  const parts = Array.isArray(value) ? value : [value]
  return parts.every((part) => typeof part === 'string' || typeof part === 'number')
    ? undefined
    : 'a size, a time, or a list of them'
}

/** The checks of {@link FileSinkOptions}; the logging wrapper takes the same options. */
export const FILE_SINK_CHECKS = {
  format: isFormat,
  dateFormat: isString,
  truncate: isBoolean,
  mode: isInteger(0, 0o777),
  sync: isBoolean,
  watch: isBoolean,
  rotate: isSizesAndTimes,
  keep: isAnyOf(isInteger(0), isString, isObject),
  compress: isAnyOf(isOneOf('gzip', 'zstd'), isFalse),
  symlink: isString,
  reopenOn: isOneOf('SIGHUP', 'SIGUSR1', 'SIGUSR2'),
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
 * @throws {ConfigError} for a path that is none, or an option that is not right
 * @example fileSink('logs/app.log', { rotate: ['10 MB', 'daily'], keep: '10 days', compress: 'gzip' })
 */
export function fileSink(path: string, options?: FileSinkOptions): FileSink {
  const given = resolveOptions<FileSinkOptions, Defaults>('fileSink', options, FILE_SINK_CHECKS, DEFAULTS)
  checkArgument('fileSink', 'the path', path, isPath)
  const format = formatOf(given.format, { color: false, dateFormat: given.dateFormat })
  const label = `file ${labelOf(path)}`
  const trouble = new Trouble(label)
  const archive = archiveFor(path, given, trouble)
  const target = openTarget(path, given, archive)
  const { sync, maxPending, overflow } = given
  const writer = new LineWriter({ target, trouble, sync, maxPending, overflow })
  const reopen = (): void => {
    writer.flushSync(false)
    // What waits is kept; a file that cannot be opened now is opened at the next write.
    target.close()
  }
  const { reopenOn } = given
  if (reopenOn !== undefined) process.on(reopenOn, reopen)
  const sink = (record: Parameters<Sink>[0]): void => writer.take(record, format)
  return Object.assign(sink, {
    label,
    path: target.path,
    reopen,
    flush: () => writer.drain(),
    flushSync: () => writer.flushSync(false),
    close: async () => {
      if (reopenOn !== undefined) process.off(reopenOn, reopen)
      writer.close()
      await archive.close()
    },
    onTrouble: trouble.listen.bind(trouble),
  })
}

function archiveFor(path: string, { keep, compress }: Given, trouble: Trouble): FileArchive {
  if (compress !== false && !canCompress(compress)) {
    throw invalidOption('fileSink', 'compress', compress, '"gzip" or false; "zstd" needs Node 22.15 or newer')
  }
  const retention = parseRetention(keep)
  return new FileArchive({
    path: resolve(path),
    retention,
    compress: compress === false ? undefined : compress,
    trouble,
  })
}

function openTarget(path: string, options: Given, archive: FileArchive): FileTarget {
  const { mode, truncate, watch, rotate, symlink } = options
  const rotation = rotate === undefined ? undefined : parseRotation(rotate)
  const link = symlink === undefined ? undefined : resolve(symlink)
  try {
    return new FileTarget({ path: resolve(path), mode, truncate, watch, rotation, archive, symlink: link })
  } catch (error) {
    throw cannotOpen(path, error)
  }
}

const labelOf = (path: string): string => shortPath(resolve(path), process.cwd())

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
