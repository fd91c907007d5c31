/**
 * Keeps one server running while its files change. The old process gives its sockets away and finishes what it has
 * begun while the new one starts; requests in between wait in the kernel. Where the new code does not start, a
 * process of ours shows why until it does.
 */

import { makeKey } from '../../debugger/trust/pin.ts'
import type { Failure } from '../messages.ts'
import { portHolder } from '../port-holder.ts'
import { mentionedFiles } from '../watch/mentioned-files.ts'
import { type Effect, effectOf } from './change.ts'
import { exitFailure, lineOf } from './failure-lines.ts'
import { onceFree, type TakenPort, takenPort } from './free-port.ts'
import { type Lines, originOf, portOf } from './lines.ts'
import { type Launch, standIn } from './process-launch.ts'
import { type FileKind, type ProcessEnd, type ProcessEvents, ServerProcess } from './server-process.ts'
import { Sockets } from './sockets.ts'
import { SpareProcess } from './spare.ts'

/** What the reloader needs of the watching of files. */
export interface FilesWatched {
  add(file: string, loadedAt?: number): void
  exclude(file: string): void
}

export interface ReloaderOptions {
  /** Read anew for each process: files that it depends on may have changed. */
  readonly launch: () => Launch
  readonly lines: Lines
  /** How the entry is called in lines. */
  readonly name: string
  /** Else each line names it. */
  readonly isOnly: boolean
  /** Undefined where nothing is watched: then the end of the server is the end. */
  readonly files: FilesWatched | undefined
  readonly onStdin: () => void
  readonly onStart: () => void
  /** The server has ended and will not be started again. */
  readonly onOver: (end: ProcessEnd) => void
  readonly onServing: (origin: string) => void
}

/** Two processes at once may want what only one can have; then the new one gets another try when the old one is gone. */
const IN_USE = /^(?:EADDRINUSE|EBUSY|EAGAIN|EEXIST|ELOCKED|EWOULDBLOCK|SQLITE_BUSY|LEVEL_LOCKED)$/
/** Old processes that still finish something; the oldest of more is ended. */
const MAX_OLD = 3
/** Files searched for the place of an error that does not name it. */
const MAX_LOOKED_AT = 100
/** When a new process has been listening for so long, sockets it has not asked for are let go. */
const UNCLAIMED_MS = 1000

/** What the times of files may be behind the clock, in milliseconds: they advance with the kernel's tick. */
const FILE_TICK_MS = 10

export class Reloader {
  readonly #options: ReloaderOptions
  readonly #sockets = new Sockets()
  readonly #kinds = new Map<string, FileKind>()
  readonly #old = new Set<ServerProcess>()
  readonly #spare = new SpareProcess(this.#sockets, (launch) => this.#begin(launch, false, true))
  #current: ServerProcess | undefined
  /** The process in the place of a broken one is ours, and not the application. */
  #isStandIn = false
  #isStopping = false
  #retried = false
  #endWaiting: () => void = () => {}
  #startedAt = 0
  #starts = 0
  /** Of the link that unlocks the debugger, whichever process it leads to. */
  readonly #key = makeKey()
  readonly #ports = new Set<number>()
  #lastEnd: ProcessEnd = { code: 0, signal: null, failure: undefined }
  #lastFailure: Failure | undefined

  constructor(options: ReloaderOptions) {
    this.#options = options
  }

  /** The reason why the server does not run; undefined while it does. */
  get lastFailure(): Failure | undefined {
    return this.#lastFailure
  }

  /** Of the application's process. */
  get pid(): number | undefined {
    return this.#isStandIn ? undefined : this.#current?.pid
  }

  start(): void {
    this.#startedAt = performance.now()
    this.#launch(this.#options.launch(), false)
  }

  /** Whether one of its processes has loaded or read the file. */
  uses(file: string): boolean {
    return this.#kinds.has(file)
  }

  /** Decides what changed files ask for, and does it. */
  changed(files: readonly string[], shown: (file: string) => string): void {
    this.#spare.changed(files)
    const effect = effectOf(files, (file) => this.#kinds.get(file))
    if (effect.restart) {
      const more = files.length > 1 ? ` and ${files.length - 1} more` : ''
      this.restart(`${shown(files[0] ?? '')}${more} changed`)
    } else this.#tellPages(effect)
  }

  restart(reason: string): void {
    if (this.#isStopping) return
    this.#endWaiting()
    this.#options.lines.say(`Restarting ${this.#options.name}: ${reason}`)
    this.#retried = false
    this.#startedAt = performance.now()
    this.#replace()
  }

  /** Asks the server to end as `signal` would; the end is told by `onOver`. */
  stop(signal: NodeJS.Signals): void {
    if (this.#isStopping) return
    this.#isStopping = true
    this.#endWaiting()
    for (const process of this.#old) process.kill()
    this.#spare.drop()
    this.#sockets.release(() => true)
    if (this.#current === undefined || this.#current.isOver) this.#finish()
    else if (this.#isStandIn) this.#current.kill()
    else this.#current.ask(signal)
  }

  /** Ends everything at once. */
  kill(): void {
    this.#isStopping = true
    for (const process of this.#old) process.kill()
    this.#spare.drop()
    this.#current?.kill()
    this.#sockets.close()
  }

  #replace(): void {
    const old = this.#current
    if (old === undefined || old.isOver) {
      this.#launch(this.#options.launch(), false)
      return
    }
    // A process without shared sockets may hold what the next one needs: one after the other.
    const launch = this.#options.launch()
    const canOverlap = old.listening.size > 0 && !launch.isExclusive && process.platform !== 'win32'
    this.#retire(old)
    if (canOverlap) this.#launch(launch, false)
    else this.#current = undefined
  }

  #retire(old: ServerProcess): void {
    this.#old.add(old)
    old.retire()
    const [oldest] = this.#old
    if (this.#old.size > MAX_OLD) oldest?.kill()
  }

  #launch(launch: Launch, isStandIn: boolean): void {
    this.#isStandIn = isStandIn
    if (!isStandIn) this.#options.onStart()
    const spare = isStandIn ? undefined : this.#spare.take(launch)
    this.#current = spare ?? this.#begin(launch, isStandIn, false)
  }

  #begin(launch: Launch, isStandIn: boolean, isSpare: boolean): ServerProcess {
    const events: ProcessEvents = {
      onListening: (server, address, isTls) => this.#listening(server, address, isTls, isStandIn),
      onFiles: (server, files, kind, at) => this.#seen(server, files, kind, at),
      onStdin: this.#options.onStdin,
      onExit: (server, end) => this.#ended(server, end, isStandIn),
      onConnection: () => {
        if (this.#current?.isServing) this.#current.giveResting()
      },
      onRelease: (then) => this.#spare.drop(then),
    }
    const earlier = { isAgain: this.#starts > 0, key: this.#key, ports: [...this.#ports] }
    return new ServerProcess({ ...launch, earlier }, this.#sockets, events, isSpare)
  }

  #listening(server: ServerProcess, address: string, isTls: boolean, isStandIn: boolean): void {
    if (server !== this.#current) return
    this.#prepare()
    if (isStandIn) return
    const origin = originOf(address, isTls)
    this.#ports.add(portOf(address))
    const ms = Math.round(performance.now() - this.#startedAt)
    const { lines, name, isOnly } = this.#options
    const serving = `Serving ${isOnly ? '' : `${name} `}on ${origin}`
    lines.say(this.#starts++ === 0 ? `${serving} (${ms} ms)` : `${serving} again after ${ms} ms`)
    this.#options.onServing(origin)
    this.#lastFailure = undefined
    setTimeout(() => {
      if (server !== this.#current || server.isOver) return
      if (this.#sockets.release((key) => !server.listening.has(key)) === 0) return
      this.#spare.drop()
      server.send({ rocksolid: 'unclaimed' })
      this.#prepare()
    }, UNCLAIMED_MS).unref()
  }

  /** Where nothing is watched there is nothing to be ready for. */
  #prepare(): void {
    if (this.#options.files !== undefined && !this.#isStopping) this.#spare.prepare(this.#options.launch)
  }

  #seen(server: ServerProcess, files: readonly string[], kind: FileKind, at?: number): void {
    const { files: watched } = this.#options
    if (watched === undefined) return
    this.#spare.has(server, files)
    for (const file of files) {
      if (file.includes('/node_modules/') || file.includes('\\node_modules\\')) continue
      const before = this.#kinds.get(file)
      if (kind === 'written' && before !== 'module') watched.exclude(file)
      else if (kind !== 'written') {
        if (before === undefined || kind === 'module' || (kind === 'read' && before === 'streamed'))
          this.#kinds.set(file, kind)
        watched.add(file, at === undefined ? server.startedAt : at - FILE_TICK_MS)
      }
    }
  }

  #ended(server: ServerProcess, end: ProcessEnd, isStandIn: boolean): void {
    const wasOld = this.#old.delete(server)
    this.#spare.ended(server)
    if (this.#isStopping) {
      if (server === this.#current) this.#finish(isStandIn ? undefined : end)
      return
    }
    if (wasOld) {
      if (this.#current === undefined) this.#launch(this.#options.launch(), false)
      return
    }
    if (server !== this.#current || isStandIn) return
    this.#lastEnd = end
    if (this.#options.files === undefined) {
      this.#finish(end)
      return
    }
    if (end.error !== undefined) {
      this.#options.lines.warn(`${this.#options.name} could not be started: ${end.error.message}`)
      this.#finish({ ...end, code: 1 })
      return
    }
    this.#broken(server, end)
  }

  /** The server ended by itself. */
  #broken(server: ServerProcess, end: ProcessEnd): void {
    const { lines, name } = this.#options
    const isInUse = IN_USE.test(end.failure?.code ?? '')
    if (isInUse && !server.isServing && this.#old.size > 0 && !this.#retried) {
      this.#retried = true
      // The end of the old process starts it again.
      this.#current = undefined
      return
    }
    const how = end.signal === null ? `exit code ${end.code}` : end.signal
    if (end.code === 0 && end.failure === undefined) lines.say(`${name} has ended; waiting for a change`)
    else {
      const what = end.failure === undefined ? how : lineOf(end.failure)
      const taken = takenPort(end.failure)
      const until = taken === undefined ? 'a change' : `a change, or for port ${taken.port} to be free`
      lines.warn(`${name} ${server.isServing ? 'crashed' : 'did not start'} (${what}); waiting for ${until}`)
      if (taken !== undefined) this.#waitFor(taken)
    }
    const failure = end.failure ?? exitFailure(name, how, server.isServing)
    this.#lastFailure = failure
    // The runtime may have ended without telling of the very file that is broken.
    const files = mentionedFiles([this.#options.launch().entry, ...failure.loaded])
    this.#seen(server, [...files], 'module')
    const located = {
      ...failure,
      loaded: [...new Set([...failure.loaded, ...files])].slice(0, MAX_LOOKED_AT),
    }
    if (this.#sockets.size > 0) this.#launch(standIn(this.#options.launch(), located), true)
    // Where not even our own part could be loaded, another would only say the same.
    else if (end.failure !== undefined) this.#prepare()
  }

  #waitFor(taken: TakenPort): void {
    const { lines } = this.#options
    const holder = portHolder(taken.port)
    if (holder !== undefined)
      lines.warn(`Port ${taken.port} is held by process ${holder.pid}: ${holder.command.slice(0, 200)}`)
    this.#endWaiting = onceFree(taken, (isFree) => {
      if (isFree) this.restart(`port ${taken.port} is free`)
      else lines.warn(`Port ${taken.port} is still taken; waiting for a change`)
    })
  }

  #tellPages({ page, styles }: Effect): void {
    this.#current?.send({ rocksolid: 'changed', styles, page })
  }

  #finish(end: ProcessEnd = this.#lastEnd): void {
    this.#isStopping = true
    this.#sockets.close()
    this.#options.onOver(end)
  }
}
