/**
 * Items that could not be delivered, on disk, oldest first; they outlive the process. A file is a line per item, a
 * bookmark beside it tells how much of it has been delivered and moves on only after the receiver has confirmed.
 */

import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { threadId } from 'node:worker_threads'
import { ConfigError, SinkError } from '../core/errors.ts'
import { isAlive } from '../core/is-alive.ts'
import { LOG_FILE_MODE } from '../core/log-file-mode.ts'
import { makeFolder } from '../core/make-folder.ts'
import { show } from '../core/options.ts'
import { shared } from '../core/shared.ts'
import { writeWhole } from '../core/write-whole.ts'

/** A stretch of one spool file. */
export interface Spooled {
  readonly items: readonly string[]
  /** To be called when they are delivered. */
  readonly done: () => void
}

const NAME = /^(\d{16})-(\d+)-(\d+)\.spool$/

/** Folders in use: two sinks in one would deliver each other's items. */
const inUse = shared('logger-spools', () => new Set<string>())

export class Spool {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #files: string[] = []
  #sequence = Date.now() * 1000
  /** The file being delivered: its lines that are left, and how many are done. */
  #reading: { readonly name: string; readonly items: string[]; done: number } | undefined

  /** Takes over what processes that have ended left in the folder. @throws {SinkError} when it cannot be made */
  constructor(folder: string, maxBytes: number) {
    this.#folder = resolve(folder)
    if (inUse.has(this.#folder)) throw alreadyUsed(folder)
    this.#maxBytes = maxBytes
    try {
      makeFolder(folder, 0o750)
      this.#adopt()
      inUse.add(this.#folder)
    } catch (error) {
      throw new SinkError(
        'ERR_ROCKSOLID_SINK_FAILED',
        `spool: the folder ${show(folder)} cannot be used. Allowed: a folder that may be written to. Choose another or give write permission.`,
        { cause: error },
      )
    }
  }

  get isEmpty(): boolean {
    return this.#files.length === 0
  }

  /** A place in the order; items put at an earlier place are delivered first. */
  nextPlace(): number {
    this.#sequence = Math.max(this.#sequence + 1, Date.now() * 1000)
    return this.#sequence
  }

  /** Writes items at once; the number of older items that had to go for them. @throws the error of the file system */
  put(items: readonly string[], place: number): number {
    const name = nameAt(String(place).padStart(16, '0'))
    writeWhole(
      join(this.#folder, name),
      items.map((item) => `${JSON.stringify(item)}\n`).join(''),
      LOG_FILE_MODE,
    )
    this.#files.push(name)
    this.#files.sort()
    return this.#bound()
  }

  /** The oldest items, at most `count`; undefined when there is none. */
  take(count: number): Spooled | undefined {
    for (let name = this.#files[0]; name !== undefined; name = this.#files[0]) {
      if (this.#reading?.name !== name) this.#reading = this.#read(name)
      const reading = this.#reading
      if (reading.items.length > 0) {
        const items = reading.items.slice(0, count)
        return { items, done: () => this.#confirm(reading, items.length) }
      }
      this.#remove(name)
    }
    return undefined
  }

  #confirm(reading: { readonly name: string; readonly items: string[]; done: number }, count: number): void {
    reading.items.splice(0, count)
    reading.done += count
    if (reading.items.length === 0) this.#remove(reading.name)
    else writeWhole(join(this.#folder, `${reading.name}.done`), String(reading.done), LOG_FILE_MODE)
  }

  #read(name: string): { name: string; items: string[]; done: number } {
    const lines = readOr(join(this.#folder, name), '')
      .split('\n')
      .filter((line) => line !== '')
    const done = Number(readOr(join(this.#folder, `${name}.done`), '0')) || 0
    const items = lines.slice(done).flatMap((line) => {
      try {
        const item: unknown = JSON.parse(line)
        return typeof item === 'string' ? [item] : []
      } catch {
        return []
      }
    })
    return { name, items, done }
  }

  #remove(name: string): void {
    const at = this.#files.indexOf(name)
    if (at >= 0) this.#files.splice(at, 1)
    rmSync(join(this.#folder, name), { force: true })
    rmSync(join(this.#folder, `${name}.done`), { force: true })
    if (this.#reading?.name === name) this.#reading = undefined
  }

  /** Deletes the oldest files that are too much; how many items were in them. */
  #bound(): number {
    let lost = 0
    const size = (name: string): number =>
      statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0
    let total = this.#files.reduce((sum, name) => sum + size(name), 0)
    while (total > this.#maxBytes && this.#files.length > 1) {
      const name = this.#files.find((one) => one !== this.#reading?.name) ?? ''
      total -= size(name)
      lost += this.#read(name).items.length
      this.#remove(name)
    }
    return lost
  }

  /** Lets another sink use the folder. */
  close(): void {
    inUse.delete(this.#folder)
  }

  /** Whether the process or thread that wrote a file may still run. In a container the same numbers come again. */
  #isSomebodys(name: string, pid: number): boolean {
    if (pid !== process.pid) return isAlive(pid)
    const writtenAt = statSync(join(this.#folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0
    return writtenAt >= Date.now() - process.uptime() * 1000
  }

  #adopt(): void {
    for (const name of readdirSync(this.#folder).sort()) {
      const match = NAME.exec(name)
      if (match === null) continue
      const isOwn = Number(match[2]) === process.pid && Number(match[3]) === threadId
      if (!isOwn && this.#isSomebodys(name, Number(match[2]))) continue
      const own = nameAt(match[1] ?? '')
      try {
        if (own !== name) renameSync(join(this.#folder, name), join(this.#folder, own))
        this.#files.push(own)
      } catch {
        // Another process that starts at the same time has taken it.
        continue
      }
      const done = join(this.#folder, `${name}.done`)
      if (own !== name && statSync(done, { throwIfNoEntry: false }))
        renameSync(done, join(this.#folder, `${own}.done`))
    }
  }
}

const nameAt = (place: string): string => `${place}-${process.pid}-${threadId}.spool`

function alreadyUsed(folder: string): ConfigError {
  return new ConfigError(
    'ERR_ROCKSOLID_OPTION_INVALID',
    `spool: the folder ${show(folder)} belongs to another sink already. Allowed: a folder of its own for each sink.`,
  )
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return fallback
  }
}
