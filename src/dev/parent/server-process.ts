/** One process that serves, from its start to its end: what it says, what it holds, and how it is ended. */

import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { MAX_LOADED, withLoaded } from '../child/failure.ts'
import { type ChildMessage, type ChildStart, type Failure, isOurs, type ParentMessage } from '../messages.ts'
import { descendants, type ProcessName, signalAll } from '../process-tree.ts'
import { mentionedFiles } from '../watch/mentioned-files.ts'
import type { GateTarget } from './gate.ts'
import { reportedModules } from './module-reports.ts'
import type { Launch } from './process-launch.ts'
import type { HeldHandle, Sockets } from './sockets.ts'
import { FIRST_FD, onceOver, spawnServer } from './spawn-server.ts'

/** What a process does that its owner must know. */
export interface ProcessEvents {
  /** A server listens; called for each. */
  readonly onListening?: (process: ServerProcess, address: string, isTls: boolean) => void
  /** `at`: when the first of them was read, in milliseconds of the clock; undefined where that is not known. */
  readonly onFiles?: (process: ServerProcess, files: readonly string[], kind: FileKind, at?: number) => void
  readonly onStdin?: () => void
  /** It has ended; called once. */
  readonly onExit: (process: ServerProcess, end: ProcessEnd) => void
  readonly onConnection?: (process: ServerProcess) => void
  /** Sockets have been let go; `then` is to be called when nobody else holds them either. */
  readonly onRelease?: (then: () => void) => void
  /** It asks for a socket. */
  readonly onWish?: (process: ServerProcess, key: string) => void
}

/** How a file matters: loaded as code or read whole, streamed to browsers, or written by the application itself. */
export type FileKind = 'module' | 'read' | 'streamed' | 'written'

export interface ProcessEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly failure: Failure | undefined
  /** When it could not be started at all. */
  readonly error?: Error
}

/** After a signal to end: how long a process that has nothing in flight may take. */
const KILL_AFTER_MS = 2000
/** From an error that nobody catches to the end of the process. */
const DYING_MS = 3000
/** Between looks at what is on its way to a process that is about to end. */
const QUIET_MS = 10

export class ServerProcess {
  readonly boot = randomUUID().slice(0, 8)
  /** When it began to load the application. */
  startedAt = Date.now()
  /** Keys of the shared sockets it listens on. */
  readonly listening = new Set<string>()
  /** Whether it listens at all, on whatever. */
  isServing = false
  /** Its owner wants it gone. */
  isRetired = false
  readonly #child: ChildProcess
  readonly #sockets: Sockets
  readonly #events: ProcessEvents
  readonly #launch: Launch
  readonly #loaded: string[] = []
  #failure: { readonly failure: Failure; readonly at: number } | undefined
  #end: ProcessEnd | undefined
  #below: readonly ProcessName[] = []
  readonly #timers: NodeJS.Timeout[] = []
  #onDrained: () => void = () => {}
  readonly #targets: GateTarget[] = []

  constructor(launch: Launch, sockets: Sockets, events: ProcessEvents, isSpare = false) {
    this.#sockets = sockets
    this.#events = events
    this.#launch = launch
    const held = sockets.all()
    const start: ChildStart = {
      boot: this.boot,
      sockets: sockets.inherited(FIRST_FD),
      overlay: launch.overlay,
      prints: launch.prints,
      reportFiles: launch.reportFiles,
      graceMs: launch.graceMs,
      isWorker: launch.isWorker === true,
      isSpare,
      isAgain: launch.earlier?.isAgain === true,
      key: launch.earlier?.key ?? '',
      toldPorts: launch.earlier?.ports ?? [],
      isTerminal: false,
      ...(launch.isBehindGate ? { gates: sockets.gates.ports() } : {}),
      ...(launch.failure === undefined ? {} : { failure: launch.failure }),
    }
    this.#child = spawnServer(
      launch,
      start,
      held.map(({ handle }) => handle),
    )
    this.#child.on('message', (message, handle) => this.#hear(message, handle))
    onceOver(this.#child, (code, signal) => this.#ended({ code, signal, failure: this.#lastFailure() }))
    this.#child.once('error', (error) => {
      // An IPC write to a process that is just ending also lands here; its exit follows.
      if (this.#child.pid === undefined) this.#ended({ code: null, signal: null, failure: undefined, error })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Sends; a handle that goes along is given away, unless it is kept as well. */
  send(message: ParentMessage, handle?: HeldHandle, isKept = false): void {
    const sent = (): void => {
      if (!isKept) handle?.close()
    }
    if (this.#child.connected) this.#child.send(message, handle as never, {}, sent)
    else sent()
  }

  /** Ends the waiting of a spare process. */
  go(): void {
    this.startedAt = Date.now()
    this.send({ rocksolid: 'go' })
  }

  /** Gives it the connections that rest between two processes. */
  giveResting(): void {
    for (const { key, handle } of this.#sockets.takeResting(this.listening))
      this.send({ rocksolid: 'connection', key }, handle)
  }

  /** Replaces it: gives away what it holds, finishes what is in flight, ends. Never waits longer than its limits. */
  retire(): void {
    if (this.isRetired) return
    this.isRetired = true
    if (!this.isServing) {
      this.stop('SIGTERM')
      return
    }
    this.#onDrained = () => this.#stopWhenQuiet()
    for (const target of this.#targets) this.#sockets.gates.retire(target)
    this.send({ rocksolid: 'drain' })
    this.#after(this.#launch.graceMs + 500, () => this.stop('SIGTERM'))
  }

  /** Ends it by a signal, and by force when that does not help. */
  stop(signal: NodeJS.Signals, forceAfterMs = KILL_AFTER_MS): void {
    this.isRetired = true
    if (this.isOver) return
    this.#remember()
    this.#child.kill(signal)
    this.#after(forceAfterMs, () => this.kill())
  }

  /** Asks it to end as `signal` would; the terminal may have sent the signal already. */
  ask(signal: NodeJS.Signals): void {
    this.isRetired = true
    if (this.isOver) return
    this.#remember()
    if (this.#child.connected) this.send({ rocksolid: 'stop', signal })
    else this.#child.kill(signal)
    this.#after(this.#launch.graceMs + KILL_AFTER_MS, () => this.kill())
  }

  /** Ends it and everything it started at once. */
  kill(): void {
    if (this.isOver) return
    this.#remember()
    signalAll(this.#below, 'SIGKILL')
    this.#child.kill('SIGKILL')
  }

  #after(ms: number, action: () => void): void {
    this.#timers.push(setTimeout(action, ms))
  }

  /** What it has died of; an error it has lived on with is none. */
  #lastFailure(): Failure | undefined {
    const isRecent = this.#failure !== undefined && Date.now() - this.#failure.at < DYING_MS
    return isRecent ? this.#failure?.failure : undefined
  }

  /** Notes what it has started, while that can still be seen. */
  #remember(): void {
    if (this.pid !== undefined) this.#below = descendants(this.pid)
  }

  #ended(end: ProcessEnd): void {
    if (this.#end !== undefined) return
    this.#end = end.failure === undefined ? end : { ...end, failure: withLoaded(end.failure, this.#loaded) }
    for (const timer of this.#timers) clearTimeout(timer)
    // What it started and left behind; what detached itself and was not seen is its own.
    signalAll(this.#below, 'SIGTERM')
    this.#events.onExit(this, this.#end)
  }

  #hear(message: unknown, handle: unknown): void {
    if (isOurs(message)) this.#hearOurs(message as ChildMessage, handle as HeldHandle | undefined)
    else this.#hearNode(message as Readonly<Record<string, unknown>>)
  }

  #hearOurs(message: ChildMessage, handle: HeldHandle | undefined): void {
    switch (message.rocksolid) {
      case 'listening':
        this.isServing = true
        this.#failure = undefined
        if (message.key !== '') this.listening.add(message.key)
        if (handle !== undefined) this.#sockets.hold({ ...message, handle })
        this.#events.onListening?.(this, message.address, message.isTls)
        this.giveResting()
        return
      case 'behind':
        void this.#openGate(message)
        return
      case 'connection':
        if (handle !== undefined) this.#sockets.rest(message.key, handle)
        this.#events.onConnection?.(this)
        return
      case 'want':
        this.#events.onWish?.(this, message.key)
        return
      case 'release':
        this.#release(message.port)
        return
      case 'read':
        this.#events.onFiles?.(this, message.files, 'read', message.at)
        this.#events.onFiles?.(this, message.streamed, 'streamed', message.at)
        return
      case 'written':
        this.#events.onFiles?.(this, message.files, 'written')
        return
      case 'failed':
        this.#failure = { failure: message.failure, at: Date.now() }
        return
      case 'drained':
        this.#onDrained()
        return
      case 'stdin':
        this.#events.onStdin?.()
        return
    }
  }

  #release(port: number): void {
    this.#sockets.release((_key, address) => address.endsWith(`:${port}`))
    const then = (): void => this.send({ rocksolid: 'released', port })
    if (this.#events.onRelease === undefined) then()
    else this.#events.onRelease(then)
  }

  /** Listens in its place and passes on to it. */
  async #openGate({
    key,
    wanted,
    port,
    isTls,
  }: Extract<ChildMessage, { rocksolid: 'behind' }>): Promise<void> {
    const target = { port, isRetired: () => this.isRetired || this.isOver }
    const found = await this.#sockets.gates.open(key, wanted, target, this.#launch.isOpen === true)
    this.send({ rocksolid: 'gate', key, ...found })
    if (found.code !== undefined) return
    this.#targets.push(target)
    this.isServing = true
    this.listening.add(key)
    this.#events.onFiles?.(this, [...mentionedFiles([this.#launch.entry])], 'module')
    const host = found.host.includes(':') ? `[${found.host}]` : found.host
    this.#events.onListening?.(this, `${host}:${found.port}`, isTls)
  }

  /** It has finished what it has seen; what is on its way to it is not among that. */
  #stopWhenQuiet(): void {
    if (this.#targets.some((target) => this.#sockets.gates.isBusy(target)))
      this.#after(QUIET_MS, () => this.#stopWhenQuiet())
    else this.stop('SIGTERM')
  }

  #hearNode(message: Readonly<Record<string, unknown>>): void {
    const files = reportedModules(message)
    for (const file of files) {
      if (!/\.[cm]?[jt]sx?$/.test(file) || file.includes('/node_modules/')) continue
      if (this.#loaded.length >= MAX_LOADED) this.#loaded.shift()
      this.#loaded.push(file)
    }
    if (files.length > 0) this.#events.onFiles?.(this, files, 'module')
  }
}
