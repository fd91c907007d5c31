/**
 * Reload asked for in code: gevent's `run_with_reloader` and Tornado's `autoreload`. The process that asks first only
 * watches, and starts the same script again as the one that serves.
 */

import { dirname, join, relative, resolve } from 'node:path'
import {
  type Checks,
  checkArgument,
  isArrayOf,
  isFunction,
  isInteger,
  isString,
  resolveOptions,
} from '../core/options.ts'
import type { EndHook } from './child/ending.ts'
import { childState } from './child/state.ts'
import { distFolder } from './dist-folder.ts'
import { withPin } from './one-pin.ts'
import { linesTo } from './parent/lines.ts'
import type { Launch } from './parent/process-launch.ts'
import { runServers } from './parent/runner.ts'
import { matcherOf } from './watch/glob.ts'

/** Options of {@link runWithReloader} and `autoreload.start`. */
export interface ReloadOptions {
  /** Globs of files that are watched beside those the server loads. Default []. */
  readonly watch?: readonly string[]
  /** Globs of files that never cause a restart. Default []. */
  readonly ignore?: readonly string[]
  /** Milliseconds that requests in flight get to finish. Default 10000. */
  readonly graceMs?: number
}

const DEFAULTS = { watch: [], ignore: [], graceMs: 10_000 } as const

const CHECKS: Checks<ReloadOptions> = {
  watch: isArrayOf(isString),
  ignore: isArrayOf(isString),
  graceMs: isInteger(0),
}

/**
 * Calls `start` in a process that is replaced whenever a file it uses changes; its sockets outlive it. The process
 * this is called in first never calls it: it watches, and ends as the server does. Under `rocksolid` it just starts.
 * @returns what `start` returns
 * @throws {ConfigError} for something that cannot be called, or a wrong option
 * @example await runWithReloader(() => http.createServer(app).listen(5000))
 */
export async function runWithReloader<T>(start: () => T, options?: ReloadOptions): Promise<Awaited<T>> {
  checkArgument('runWithReloader', 'what starts the server', start, isFunction)
  const resolved = resolveOptions('runWithReloader', options, CHECKS, DEFAULTS)
  if (childState().current === undefined) await watchForEver(resolved)
  return await start()
}

/** Tornado's `autoreload`. */
export const autoreload = {
  /**
   * Call and await it first: in the process that watches it never resolves, so that what stands below it runs in the
   * one that serves.
   * @throws {ConfigError} for a wrong option
   */
  async start(options?: ReloadOptions): Promise<void> {
    const resolved = resolveOptions('autoreload.start', options, CHECKS, DEFAULTS)
    if (childState().current === undefined) await watchForEver(resolved)
  },
  /** Called before this process is replaced or ended, and waited for within `graceMs`. Nothing calls it unwatched. */
  addReloadHook(hook: EndHook): void {
    checkArgument('autoreload.addReloadHook', 'the hook', hook, isFunction)
    childState().current?.addHook(hook)
  },
  /** Watches a file that is neither loaded nor read by the server itself. */
  watch(file: string): void {
    checkArgument('autoreload.watch', 'the file', file, isString)
    childState().current?.watch([resolve(file)])
  },
} as const

/** Runs this very script again as the server, and ends when it does. */
async function watchForEver(options: Required<ReloadOptions>): Promise<never> {
  const [command = process.execPath, entry = '', ...args] = process.argv
  const cwd = process.cwd()
  const env = withPin(process.env)
  const launch = (): Launch => ({
    command,
    entry,
    args: [
      '--require',
      join(distFolder(), 'dev', 'child', 'preload.cjs'),
      ...process.execArgv,
      entry,
      ...args,
    ],
    cwd,
    env,
    overlay: true,
    prints: true,
    reportFiles: true,
    graceMs: options.graceMs,
    isExclusive: process.execArgv.some((arg) => arg.startsWith('--inspect')),
    canWait: false,
    startFiles: [],
  })
  const code = await runServers({
    cwd,
    lines: linesTo(process.stderr),
    servers: [{ name: relative(cwd, entry), launch }],
    features: 'reload, overlay',
    watch: {
      wanted: matcherOf(options.watch),
      walk: options.watch.length > 0,
      ignored: matcherOf(options.ignore),
      pollMs: undefined,
      files: [entry, join(dirname(entry), '.env'), join(cwd, '.env'), join(cwd, 'package.json')],
    },
  })
  process.exit(code)
}
