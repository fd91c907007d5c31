/**
 * A log file as a target of bytes: opened for appending, opened anew when it was moved or deleted (logrotate, `rm`),
 * rotated between records and never within one, its folder made when missing. Several processes may share a file.
 */

import {
  closeSync,
  fstatSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, relative } from 'node:path'
import { makeFolder } from '../core/make-folder.ts'
import { strftime } from '../core/time.ts'
import type { FileArchive } from './file-archive.ts'
import type { ByteTarget } from './line-writer.ts'
import type { RotationRule } from './schedule.ts'

/** How a {@link FileTarget} opens its file. */
export interface FileTargetOptions {
  /** Absolute; strftime directives in it make a new file whenever the name changes. */
  readonly path: string
  /** Permission bits of a file that is made. */
  readonly mode: number
  /** Empties the file when it is first opened. */
  readonly truncate: boolean
  /** Looks before each write whether the path still leads to the open file. */
  readonly watch: boolean
  readonly rotation: RotationRule | undefined
  readonly archive: FileArchive
  /** Absolute path of a link that leads to the current file. */
  readonly symlink: string | undefined
}

const NEWLINE = 10
/** A lock older than this belongs to a process that died. */
const STALE_LOCK_MS = 10_000
/** Milliseconds between attempts to rotate when it fails. */
const REST_MS = 10_000

export class FileTarget implements ByteTarget {
  readonly #options: FileTargetOptions
  readonly #isTemplate: boolean
  #fd: number | undefined
  #path = ''
  #inode = 0
  #device = 0
  #size = 0
  #dueAt = Number.POSITIVE_INFINITY
  /** After a rotation that failed, no other is tried before. */
  #restUntil = 0
  /** False after a partial write: what follows belongs to the record already begun. */
  #atRecordStart = true

  /** @throws the error of the file system when it cannot be opened */
  constructor(options: FileTargetOptions) {
    this.#options = options
    this.#isTemplate = /%[a-zA-Z]/.test(options.path)
    this.#open(options.truncate)
    options.archive.tidy(this.#path)
  }

  /** Absolute path of the file that is written to now. */
  get path(): string {
    return this.#path
  }

  readonly write = (bytes: Buffer, start: number, end: number): number => {
    this.#follow()
    const mayRotate = this.#atRecordStart && !isContinuation(bytes[start])
    if (mayRotate) this.#changeByTime()
    const until = this.#untilFull(bytes, start, end, mayRotate)
    const written = writeSync(this.#fd ?? -1, bytes, start, until - start)
    this.#size += written
    this.#atRecordStart = bytes[start + written - 1] === NEWLINE
    return written
  }

  /** Closes the file; the next write opens what the path leads to then. */
  readonly close = (): void => {
    if (this.#fd === undefined) return
    const fd = this.#fd
    this.#fd = undefined
    closeSync(fd)
  }

  /** Opens the file anew when the path no longer leads to it. */
  #follow(): void {
    if (this.#fd !== undefined && this.#options.watch) {
      const now = statSync(this.#path, { throwIfNoEntry: false })
      if (this.#isOurs(now)) this.#size = now.size
      else this.close()
    }
    if (this.#fd === undefined) this.#open(false)
  }

  #isOurs(facts: Stats | undefined): facts is Stats {
    return facts !== undefined && facts.ino === this.#inode && facts.dev === this.#device
  }

  #changeByTime(): void {
    const now = Date.now()
    if (this.#isTemplate && strftime(now, this.#options.path) !== this.#path) {
      this.close()
      this.#open(false)
      this.#options.archive.tidy(this.#path)
    }
    if (now >= this.#dueAt && this.#size > 0) this.#rotate(now)
  }

  /** The end of what fits into the file, after rotating it when nothing does. A record is never split. */
  #untilFull(bytes: Buffer, start: number, end: number, mayRotate: boolean): number {
    const maxBytes = this.#options.rotation?.maxBytes
    if (maxBytes === undefined || this.#size + end - start <= maxBytes) return end
    const fitting = lastBoundary(bytes, start, Math.min(end, start + Math.max(0, maxBytes - this.#size)), end)
    if (fitting > start) return fitting
    if (!mayRotate) return firstBoundary(bytes, start, end)
    if (this.#size > 0) this.#rotate(Date.now())
    if (this.#size > 0 || end - start <= maxBytes) return end
    const first = lastBoundary(bytes, start, start + maxBytes, end)
    // A record larger than a whole file has a file of its own.
    return first > start ? first : firstBoundary(bytes, start, end)
  }

  /** Moves the file away and opens a new one. When another process is doing it, or it fails, writing goes on. */
  #rotate(now: number): void {
    if (now < this.#restUntil) return
    const lock = `${this.#path}.lock`
    if (!takeLock(lock)) return
    try {
      // Another process may have rotated it just before the lock was ours.
      const isOurs = this.#isOurs(statSync(this.#path, { throwIfNoEntry: false }))
      if (isOurs && !this.#options.archive.move(this.#path, now)) {
        this.#restUntil = now + REST_MS
        return
      }
      this.close()
      this.#open(false)
    } finally {
      rmSync(lock, { force: true })
    }
    this.#options.archive.tidy(this.#path)
  }

  #open(truncate: boolean): void {
    const { path, mode, rotation, symlink } = this.#options
    const actual = this.#isTemplate ? strftime(Date.now(), path) : path
    makeFolder(dirname(actual))
    // Appending even after emptying, so that several writers and copytruncate never overwrite each other.
    if (truncate) closeSync(openSync(actual, 'w', mode))
    const fd = openSync(actual, 'a', mode)
    const { ino, dev, size, birthtimeMs, mtimeMs } = fstatSync(fd)
    this.#fd = fd
    this.#path = actual
    this.#inode = ino
    this.#device = dev
    this.#size = size
    this.#atRecordStart = true
    // A restart must not begin the period anew. Not every file system knows when a file was made.
    const bornAt = size === 0 ? Date.now() : birthtimeMs || mtimeMs
    this.#dueAt = rotation?.dueAt?.(bornAt) ?? Number.POSITIVE_INFINITY
    if (symlink !== undefined) pointTo(symlink, actual)
  }
}

/** Blanks begin further lines of a record: only formats for people have them. */
const isContinuation = (byte: number | undefined): boolean => byte === 32 || byte === 9

/** The end of the last whole record before `limit`; `start` when there is none. `end` is where all bytes end. */
function lastBoundary(bytes: Buffer, start: number, limit: number, end: number): number {
  for (let at = limit - 1; at >= start; at--) {
    if (bytes[at] === NEWLINE && (at + 1 === end || !isContinuation(bytes[at + 1]))) return at + 1
  }
  return start
}

function firstBoundary(bytes: Buffer, start: number, end: number): number {
  for (let at = bytes.indexOf(NEWLINE, start); at >= 0 && at < end - 1; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (!isContinuation(bytes[at + 1])) return at + 1
  }
  return end
}

function takeLock(lock: string): boolean {
  const held = statSync(lock, { throwIfNoEntry: false })
  if (held !== undefined) {
    if (Date.now() - held.mtimeMs < STALE_LOCK_MS) return false
    rmSync(lock, { force: true })
  }
  try {
    closeSync(openSync(lock, 'wx'))
    return true
  } catch {
    // Another process was faster, or the folder may not be written to: then nothing can be moved in it either.
    return false
  }
}

/** Replaces the link in one step, so that nobody finds none. A link that cannot be made is no reason not to log. */
function pointTo(link: string, target: string): void {
  const partial = `${link}.${process.pid}.tmp`
  try {
    symlinkSync(relative(dirname(link), target) || basename(target), partial)
    renameSync(partial, link)
  } catch {
    rmSync(partial, { force: true })
  }
}
