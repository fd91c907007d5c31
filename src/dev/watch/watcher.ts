/**
 * Watches the files that matter and tells of changes, many at once as one. An event is only a reason to look: what
 * counts is the content. Where events do not come (network mounts, some containers), looking is done by the clock.
 */

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { FolderWatch } from './folder-watch.ts'
import type { Matcher } from './glob.ts'
import { differs, lookAt, mayDiffer, readAt, type Signature } from './signature.ts'

export interface WatcherOptions {
  /** Globs are relative to it. */
  readonly root: string
  /** Files below the root that are watched whether or not the server reads them. */
  readonly wanted: Matcher
  /** Whether `wanted` matches anything, so that the folders of the project must be walked. */
  readonly walk: boolean
  readonly ignored: Matcher
  /** Milliseconds between looks; undefined to wait for events. */
  readonly pollMs: number | undefined
  readonly onChange: (files: readonly string[]) => void
  /** Events do not come here: from now on files are looked at by the clock. */
  readonly onPolling: () => void
}

/** Quiet time after the last event of a lone save. */
const QUIET_MS = 12
/** The same when changes come in a row, as of a checkout or a formatter. */
const BURST_QUIET_MS = 100
/** How long after a change another one counts as in a row with it. */
const BURST_MS = 1000
/** A row of changes is told of at the latest after this time. */
const MAX_WAIT_MS = 1500
/** How long a git command that is still running is waited for. */
const GIT_MS = 10_000
/** How long the content of a file that was emptied is waited for. */
const EMPTY_MS = 300
/** Between looks that only check whether events come. */
const CHECK_MS = 2000
/** An event that takes longer than this does not come. */
const EVENT_DELAY_MS = 500
/** Most files looked at in one such check; the next goes on where it ended. */
const CHECKED = 1000
/** Most folders walked for globs. */
const MAX_FOLDERS = 2000
export const DEFAULT_POLL_MS = 250

export class Watcher {
  readonly #options: WatcherOptions
  readonly #folders: FolderWatch
  readonly #files = new Map<string, Signature | undefined>()
  readonly #excluded = new Set<string>()
  readonly #dirty = new Set<string>()
  #firstDirtyAt = 0
  #lastChangeAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined
  #check: NodeJS.Timeout | undefined
  #checkFrom = 0
  #isPolling: boolean

  constructor(options: WatcherOptions) {
    this.#options = options
    this.#isPolling = options.pollMs !== undefined
    this.#folders = new FolderWatch((path, folder) => this.#event(path, folder))
    if (options.walk) this.#walk(options.root)
    this.#schedule()
  }

  /** Watches a file, there or not. One written after `loadedAt` was perhaps loaded as it was before: it counts as changed. */
  add(file: string, loadedAt = Number.POSITIVE_INFINITY): void {
    if (this.#files.has(file) || this.#excluded.has(file) || this.#isIgnored(file)) return
    // Watched before it is read: a change in between would have no event.
    this.#folders.add(dirname(file))
    const seen = readAt(file)
    this.#files.set(file, seen)
    if (seen !== undefined && seen.mtimeMs > loadedAt) {
      this.#files.set(file, undefined)
      this.#mark(file)
    }
  }

  /** Never tells of this file again. */
  exclude(file: string): void {
    this.#excluded.add(file)
    this.#files.delete(file)
    this.#dirty.delete(file)
  }

  close(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#check)
    this.#folders.close()
  }

  #isIgnored(file: string): boolean {
    return this.#options.ignored(relative(this.#options.root, file).split(sep).join('/'))
  }

  #isWanted(file: string): boolean {
    const path = relative(this.#options.root, file)
    if (path.startsWith('..')) return false
    return this.#options.wanted(path.split(sep).join('/'))
  }

  #event(path: string | undefined, folder: string): void {
    if (path === undefined) {
      this.#repair()
      for (const file of this.#files.keys()) if (dirname(file) === folder) this.#mark(file)
      return
    }
    if (!this.#files.has(path)) {
      if (this.#excluded.has(path)) return
      if (this.#options.walk && isFolder(path)) this.#walk(path, true)
      if (!this.#isWanted(path) || this.#isIgnored(path)) return
      this.#files.set(path, undefined)
    }
    this.#mark(path)
  }

  #mark(file: string): void {
    const now = performance.now()
    if (this.#dirty.size === 0) this.#firstDirtyAt = now
    this.#dirty.add(file)
    const isBurst = now - this.#lastChangeAt < BURST_MS || this.#dirty.size > 3
    const wait = Math.min(
      isBurst ? BURST_QUIET_MS : QUIET_MS,
      Math.max(0, this.#firstDirtyAt + MAX_WAIT_MS - now),
    )
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#flush(), wait)
  }

  #flush(): void {
    // While git works, files come and go; its lock ends with it.
    const isGit = existsSync(join(this.#options.root, '.git', 'index.lock'))
    if (isGit && performance.now() - this.#firstDirtyAt < GIT_MS) {
      this.#timer = setTimeout(() => this.#flush(), BURST_QUIET_MS)
      return
    }
    this.#repair()
    const changed: string[] = []
    const isRecent = performance.now() - this.#firstDirtyAt < EMPTY_MS
    const unfinished = [...this.#dirty].some((file) => isRecent && this.#isEmptied(file))
    if (unfinished) {
      this.#timer = setTimeout(() => this.#flush(), QUIET_MS)
      return
    }
    for (const file of this.#dirty) {
      const before = this.#files.get(file)
      const after = readAt(file)
      this.#files.set(file, after)
      if (differs(before, after)) changed.push(file)
    }
    this.#dirty.clear()
    if (changed.length === 0) return
    this.#lastChangeAt = performance.now()
    this.#options.onChange(changed)
  }

  /** Writing begins with emptying: the content is about to come. */
  #isEmptied(file: string): boolean {
    return lookAt(file)?.size === 0 && (this.#files.get(file)?.size ?? 0) > 0
  }

  #schedule(): void {
    const ms = this.#isPolling ? (this.#options.pollMs ?? DEFAULT_POLL_MS) : CHECK_MS
    this.#check = setTimeout(() => {
      this.#look()
      this.#schedule()
    }, ms)
    this.#check.unref()
  }

  /** Compares what is there with what is known. A change that no event told of means that events do not come. */
  #look(): void {
    const files = [...this.#files.keys()]
    const count = this.#isPolling ? files.length : Math.min(files.length, CHECKED)
    for (let step = 0; step < count; step++) {
      const file = files[(this.#checkFrom + step) % files.length] as string
      if (this.#dirty.has(file) || !mayDiffer(this.#files.get(file), lookAt(file))) continue
      if (this.#isPolling) this.#mark(file)
      else this.#suspect(file)
    }
    this.#checkFrom = files.length === 0 ? 0 : (this.#checkFrom + count) % files.length
    this.#repair()
    if (this.#isPolling && this.#options.walk) this.#walk(this.#options.root, true)
  }

  /** An event may just be on its way. */
  #suspect(file: string): void {
    setTimeout(() => {
      if (this.#isPolling || this.#dirty.has(file) || !mayDiffer(this.#files.get(file), lookAt(file))) return
      this.#isPolling = true
      this.#options.onPolling()
      this.#mark(file)
    }, EVENT_DELAY_MS).unref()
  }

  /** A folder that was replaced as a whole sent no events for what is in it. */
  #repair(): void {
    for (const folder of this.#folders.repair()) {
      for (const file of this.#files.keys()) if (dirname(file) === folder) this.#mark(file)
    }
  }

  /** Watches every folder for the globs, and takes in the files that match; those of a new folder are new. */
  #walk(folder: string, isNew = false): void {
    if (this.#folders.size >= MAX_FOLDERS) return
    this.#folders.add(folder)
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) this.#walk(path, isNew)
      } else if (!this.#files.has(path) && this.#isWanted(path)) this.add(path, isNew ? 0 : undefined)
    }
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

function isFolder(path: string): boolean {
  try {
    readdirSync(path)
    return true
  } catch {
    return false
  }
}
