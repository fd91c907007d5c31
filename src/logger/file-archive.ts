/**
 * The rotated files of one log file: what they are called, which are deleted, how they are compressed. Compression
 * runs beside the program, one file at a time, and never while somebody may still write to the file.
 */

import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers'
import zlib from 'node:zlib'
import { strftime } from '../core/time.ts'
import { partialOf } from '../core/write-whole.ts'
import type { RetentionRule } from './schedule.ts'
import type { Trouble } from './trouble.ts'

export type Compression = 'gzip' | 'zstd'

/** Options of a {@link FileArchive}. */
export interface FileArchiveOptions {
  /** The live file, absolute; strftime directives in it when its name changes with time. */
  readonly path: string
  readonly retention: RetentionRule
  readonly compress: Compression | undefined
  readonly trouble: Trouble
}

/** Milliseconds after its rotation that another process may still write to a file it has open. */
const SETTLE_MS = 1500

const ENDING = { gzip: '.gz', zstd: '.zst' } as const

/** Whether this runtime can compress so; zstd came to Node with 22.15. */
export function canCompress(compress: Compression): boolean {
  return (
    compress === 'gzip' || typeof (zlib as { createZstdCompress?: unknown }).createZstdCompress === 'function'
  )
}

export class FileArchive {
  readonly #options: FileArchiveOptions
  readonly #pattern: RegExp
  #compressing: Promise<void> | undefined
  #isClosed = false
  #timer: NodeJS.Timeout | undefined

  constructor(options: FileArchiveOptions) {
    this.#options = options
    this.#pattern = patternOf(options.path)
  }

  /** A free name for the live file at its rotation: `app.2013-01-08_12-50-45.log`, with a number when taken. */
  nameFor(path: string, now: number): string {
    const { dir, stem, ending } = partsOf(path)
    const stamp = strftime(now, '%Y-%m-%d_%H-%M-%S')
    for (let number = 0; ; number++) {
      const name = join(dir, `${stem}.${stamp}${number === 0 ? '' : `.${number}`}${ending}`)
      const taken = [name, ...Object.values(ENDING).map((end) => name + end)].some((one) => existsSync(one))
      if (!taken) return name
    }
  }

  /** Moves the live file away; false, and told, when that cannot be done. */
  move(path: string, now: number): boolean {
    try {
      renameSync(path, this.nameFor(path, now))
      return true
    } catch (error) {
      this.#options.trouble.failed('permanent', error)
      return false
    }
  }

  /** Deletes what is not to be kept, and compresses the rest; `live` is left alone. Never throws. */
  tidy(live: string): void {
    this.#pruneQuietly(live)
    if (this.#options.compress === undefined || this.#timer !== undefined || this.#isClosed) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#compressing ??= this.#compressAll(live)
        .catch(this.#noted)
        .then((isComplete) => {
          this.#compressing = undefined
          if (isComplete) this.#pruneQuietly(live)
          else this.tidy(live)
        })
    }, SETTLE_MS)
    this.#timer.unref()
  }

  /** Settles when no compression runs; what is not compressed yet is found at the next start. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#compressing
  }

  #files(live: string): { path: string; bytes: number; at: number }[] {
    const dir = dirname(this.#options.path)
    const files: { path: string; bytes: number; at: number }[] = []
    for (const name of readdirSync(dir)) {
      const path = join(dir, name)
      if (path === live || !this.#pattern.test(name)) continue
      const facts = statSync(path, { throwIfNoEntry: false })
      if (facts?.isFile() === true) files.push({ path, bytes: facts.size, at: facts.mtimeMs })
    }
    return files.sort((left, right) => right.at - left.at || (left.path < right.path ? 1 : -1))
  }

  #pruneQuietly(live: string): void {
    try {
      this.#prune(live)
    } catch (error) {
      this.#options.trouble.failed('permanent', error)
    }
  }

  #prune(live: string): void {
    const { count, ageMs, bytes } = this.#options.retention
    if (count === Infinity && ageMs === Infinity && bytes === Infinity) return
    let total = 0
    this.#files(live).forEach((file, index) => {
      total += file.bytes
      if (index >= count || total > bytes || Date.now() - file.at > ageMs) rmSync(file.path, { force: true })
    })
  }

  readonly #noted = (error: unknown): true => {
    this.#options.trouble.failed('permanent', error)
    return true
  }

  /** Compresses what has settled; false when something is left for later. */
  async #compressAll(live: string): Promise<boolean> {
    const { compress, trouble } = this.#options
    if (compress === undefined) return true
    let isComplete = true
    for (const { path, at } of this.#files(live)) {
      if (this.#isClosed) break
      if (/\.(?:gz|zst)$/.test(path)) continue
      try {
        const isDone = Date.now() - at >= SETTLE_MS && (await compressFile(path, compress))
        isComplete &&= isDone
      } catch (error) {
        trouble.failed('permanent', error)
      }
    }
    return isComplete
  }
}

/** Compresses into a temporary file, and takes the original away only when nothing was added to it meanwhile. */
async function compressFile(path: string, compress: Compression): Promise<boolean> {
  const partial = partialOf(path)
  const before = statSync(path)
  rmSync(partial, { force: true })
  try {
    const { createZstdCompress } = zlib as unknown as { createZstdCompress: () => zlib.Gzip }
    const compressor = compress === 'gzip' ? zlib.createGzip() : createZstdCompress()
    await pipeline(
      createReadStream(path),
      compressor,
      createWriteStream(partial, { mode: before.mode & 0o777, flags: 'wx' }),
    )
    const after = statSync(path, { throwIfNoEntry: false })
    // Deleted by another process's retention, or still written to: next time.
    if (after === undefined) return true
    if (after.size !== before.size) return false
    renameSync(partial, path + ENDING[compress])
    rmSync(path, { force: true })
    return true
  } finally {
    rmSync(partial, { force: true })
  }
}

function partsOf(path: string): { dir: string; stem: string; ending: string } {
  const ending = extname(path)
  return { dir: dirname(path), stem: basename(path, ending), ending }
}

/** Names of files that were rotated away from `path`, compressed or not; nothing else is ever deleted. */
function patternOf(path: string): RegExp {
  const { stem, ending } = partsOf(path)
  const fixed = (text: string): string =>
    text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/%[a-zA-Z]/g, '[\\w+-]+')
  const stamp = '\\.\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d(?:\\.\\d+)?'
  // A name that changes with time is itself the stamp.
  return new RegExp(
    `^${fixed(stem)}${/%[a-zA-Z]/.test(stem) ? `(?:${stamp})?` : stamp}${fixed(ending)}(?:\\.gz|\\.zst)?$`,
  )
}
