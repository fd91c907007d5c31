/**
 * Keeps one process ready that has loaded everything but the application, so that a restart does not wait for Node to
 * start. It has run nothing of the application's, and is thrown away where anything it has seen is no longer so.
 */

import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import type { Launch } from './process-launch.ts'
import type { ServerProcess } from './server-process.ts'
import type { HeldHandle, Sockets } from './sockets.ts'

interface Kept {
  readonly process: ServerProcess
  readonly launch: Launch
  /** What it has inherited. */
  readonly handles: readonly HeldHandle[]
  /** What it has loaded while it waits. */
  readonly files: Set<string>
}

/** After a start the server's first requests come first, where there is one core for both. */
const AFTER_MS = availableParallelism() > 1 ? 20 : 500

/** Read by the runtime or by our own part when a process starts. */
const READ_AT_START = /^(?:\.env.*|package\.json|tsconfig.*\.json|rocksolid\.config\..*)$/

export class SpareProcess {
  readonly #sockets: Sockets
  readonly #start: (launch: Launch) => ServerProcess
  #kept: Kept | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #leaving = new Set<ServerProcess>()
  readonly #onGone: (() => void)[] = []

  /** `start` begins a process that waits. */
  constructor(sockets: Sockets, start: (launch: Launch) => ServerProcess) {
    this.#sockets = sockets
    this.#start = start
  }

  /** Starts one in a moment, unless it is there. */
  prepare(launchOf: () => Launch): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const launch = launchOf()
      if (!launch.canWait || this.#kept !== undefined) return
      const handles = this.#handles()
      const files = new Set(launch.startFiles)
      this.#kept = { process: this.#start(launch), launch, handles, files }
    }, AFTER_MS)
    this.#timer.unref()
  }

  /** The process for `launch`, told to load the application; undefined where none is ready that fits. */
  take(launch: Launch): ServerProcess | undefined {
    clearTimeout(this.#timer)
    const kept = this.#kept
    if (kept === undefined) return undefined
    const handles = this.#handles()
    const fits =
      kept.launch.args.join('\0') === launch.args.join('\0') &&
      kept.handles.length === handles.length &&
      kept.handles.every((handle, index) => handle === handles[index])
    if (!fits) {
      this.drop()
      return undefined
    }
    this.#kept = undefined
    kept.process.go()
    return kept.process
  }

  /** Whether `process` waits; then `files`, which it has loaded, are noted. */
  has(process: ServerProcess, files: readonly string[] = []): boolean {
    if (this.#kept?.process !== process) return false
    for (const file of files) this.#kept.files.add(file)
    return true
  }

  /** Throws it away when it has seen one of `files` as it was before. */
  changed(files: readonly string[]): void {
    const kept = this.#kept
    if (kept === undefined) return
    if (files.some((file) => kept.files.has(file) || READ_AT_START.test(basename(file)))) this.drop()
  }

  /** Ends it; `then` is called when none is left. */
  drop(then?: () => void): void {
    clearTimeout(this.#timer)
    const kept = this.#kept
    if (kept !== undefined) {
      this.#kept = undefined
      this.#leaving.add(kept.process)
      kept.process.kill()
    }
    if (then === undefined) return
    if (this.#leaving.size === 0) then()
    else this.#onGone.push(then)
  }

  /** To be told of every end. */
  ended(process: ServerProcess): void {
    if (this.has(process)) this.#kept = undefined
    this.#leaving.delete(process)
    if (this.#leaving.size === 0) for (const then of this.#onGone.splice(0)) then()
  }

  #handles(): readonly HeldHandle[] {
    return this.#sockets.all().map(({ handle }) => handle)
  }
}
