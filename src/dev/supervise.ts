/** `createSupervisor`: several processes of one server, kept running, reloaded without a gap, told by signals. */

import { availableParallelism } from 'node:os'
import { relative, resolve } from 'node:path'
import {
  type Check,
  type Checks,
  isArrayOf,
  isBoolean,
  isInteger,
  isString,
  resolveOptions,
} from '../core/options.ts'
import { findEntry } from './entry.ts'
import { launchOf } from './launch.ts'
import { linesTo } from './parent/lines.ts'
import { writePidFile } from './parent/pid-file.ts'
import { Supervisor as Workers } from './parent/supervisor.ts'

/** Options of {@link createSupervisor}. */
export interface SupervisorOptions {
  /** The file of the server, relative to the current folder. */
  readonly entry: string
  /** How many processes answer. Default: as many as there are cores. */
  readonly workers?: number
  /** Written with this process's id, removed at the end. Default: none. */
  readonly pidFile?: string
  /** Arguments of the server. Default []. */
  readonly args?: readonly string[]
  /** Flags of the runtime. Default []. */
  readonly nodeArgs?: readonly string[]
  /** Variables beside those of this process. Default {}. */
  readonly env?: Readonly<Record<string, string>>
  /** An access log for each worker, without a change to the server. Default false. */
  readonly access?: boolean
  /** Show what the server prints by `console.log`, `.info`, `.debug`. Default true. */
  readonly prints?: boolean
  /** Milliseconds that requests in flight get when a worker is replaced or stopped. Default 10000. */
  readonly graceMs?: number
}

export interface Supervisor {
  /** Process ids of the workers that run now. */
  readonly pids: readonly number[]
  /**
   * Starts the workers, listens to the signals and writes the pid file. Resolves with the exit code when all have
   * ended: 0 after `stop`, 1 when the server does not start.
   * @throws {ConfigError} when the pid file names a process that runs
   */
  run(): Promise<number>
  /** New code, one worker after the other; as SIGHUP does. False when it does not start: then the old ones stay. */
  reload(): Promise<boolean>
  /** New processes in place of all at once; as SIGUSR1 does. */
  restart(): Promise<boolean>
  /** Ends all after what is in flight; as SIGTERM does. Called again, at once. */
  stop(): void
}

const DEFAULTS = {
  args: [],
  nodeArgs: [],
  env: {},
  access: false,
  prints: true,
  graceMs: 10_000,
} as const

const isStrings: Check = (value) =>
  typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string')
    ? undefined
    : 'an object of strings'

const CHECKS: Checks<SupervisorOptions> = {
  entry: isString,
  workers: isInteger(1, 512),
  pidFile: isString,
  args: isArrayOf(isString),
  nodeArgs: isArrayOf(isString),
  env: isStrings,
  access: isBoolean,
  prints: isBoolean,
  graceMs: isInteger(0),
}

/**
 * A supervisor that is not running yet. Each worker has its number in `ROCKSOLID_WORKER`, from 1.
 * @throws {ConfigError} for a wrong option or a file that is not there
 * @example await createSupervisor({ entry: 'server.js', workers: 4 }).run()
 */
export function createSupervisor(given: SupervisorOptions): Supervisor {
  const options = resolveOptions('createSupervisor', given, CHECKS, DEFAULTS)
  const cwd = process.cwd()
  const entry = findEntry(options.entry, cwd)
  const launch = () =>
    launchOf({
      entry,
      args: options.args,
      cwd,
      nodeArgs: options.nodeArgs,
      env: { ...process.env, ...options.env },
      overlay: false,
      reportFiles: false,
      graceMs: options.graceMs,
      access: options.access,
      debugger: false,
      prints: options.prints,
    })
  launch()
  let done: (code: number) => void = () => {}
  const workers = new Workers({
    name: relative(cwd, entry),
    workers: options.workers ?? availableParallelism(),
    launch,
    lines: linesTo(process.stderr),
    onOver: (code) => done(code),
  })
  return {
    get pids() {
      return workers.pids
    },
    run: async () => {
      const removePid =
        options.pidFile === undefined ? undefined : writePidFile(resolve(cwd, options.pidFile))
      const listeners = listenToSignals(workers)
      const over = new Promise<number>((resolve) => {
        done = resolve
      })
      void workers.start()
      try {
        return await over
      } finally {
        listeners()
        removePid?.()
      }
    },
    reload: () => workers.reload(),
    restart: () => workers.restart(),
    stop: () => workers.stop('SIGTERM'),
  }
}

/** @returns ends it */
function listenToSignals(workers: Workers): () => void {
  const actions: Readonly<Partial<Record<NodeJS.Signals, () => unknown>>> = {
    SIGHUP: () => workers.reload(),
    SIGUSR1: () => workers.restart(),
    SIGTERM: () => workers.stop('SIGTERM'),
    SIGINT: () => workers.stop('SIGINT'),
  }
  const entries = Object.entries(actions) as [NodeJS.Signals, () => void][]
  for (const [signal, action] of entries) process.on(signal, action)
  return () => {
    for (const [signal, action] of entries) process.off(signal, action)
  }
}
