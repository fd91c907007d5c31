/** `rocksolid server.ts`: turns the command line into what a runner is told. */

import { dirname, join, relative } from 'node:path'
import { ConfigError } from '../core/errors.ts'
import { didYouMean } from '../core/nearest.ts'
import type { ParsedArguments } from './arguments.ts'
import { findEntry } from './entry.ts'
import { envFiles, type LaunchWish, launchOf } from './launch.ts'
import { nodeArgs as nodeArgsOf } from './node-arguments.ts'
import { withPin } from './one-pin.ts'
import { type Lines, linesTo } from './parent/lines.ts'
import { type RunnerPlan, runServers } from './parent/runner.ts'
import type { RUN_OPTIONS } from './run-options.ts'
import { RUNTIME_NAMES, type RuntimeName, runtimeOf } from './runtime.ts'
import { readStartScript } from './start-script.ts'
import { matcherOf, splitPatterns } from './watch/glob.ts'
import { mountWithoutEvents } from './watch/mounts.ts'
import { DEFAULT_POLL_MS } from './watch/watcher.ts'

type RunArguments = ParsedArguments<typeof RUN_OPTIONS>
type Options = RunArguments['options']

const DEFAULT_GRACE_S = 10

/** Runs until every server has ended, and answers the exit code. */
export async function runCommand({ options, positionals, rest }: RunArguments): Promise<number> {
  const cwd = process.cwd()
  const lines = linesTo(process.stderr)
  const names = positionals.length === 0 ? [undefined] : positionals
  const entries = names.map((name, index) => findEntry(name, cwd, index > 0))
  const asked = wishOf(options, cwd, rest)
  const wish = positionals.length === 0 ? asStarted(asked, entries[0]) : asked
  // Mistakes such as TypeScript without a runtime for it are told before anything starts.
  for (const entry of entries) launchOf({ ...wish, entry })
  return runServers({
    cwd,
    lines,
    servers: entries.map((entry, index) => {
      const name = relative(cwd, entry)
      const own = entries.length > 1 ? oneOfSeveral(options, wish, name, index) : wish
      return { name, launch: () => launchOf({ ...own, entry }) }
    }),
    features: featuresOf(options),
    watch: options['no-reload'] ? undefined : watchOf(options, wish, entries, lines),
  })
}

/** What `scripts.start` gives the server it has here too, but for the mode, which is that of development. */
function asStarted(wish: Omit<LaunchWish, 'entry'>, entry: string | undefined): Omit<LaunchWish, 'entry'> {
  const start = readStartScript(wish.cwd)
  if (start === undefined || entry !== findEntry(start.file, wish.cwd)) return wish
  const { NODE_ENV: _mode, ...env } = start.env
  return {
    ...wish,
    args: wish.args.length > 0 ? wish.args : start.args,
    nodeArgs: [...start.nodeArgs, ...wish.nodeArgs],
    env: { ...env, ...wish.env },
  }
}

/** Each has a name before its lines and a port of its own. */
function oneOfSeveral(
  { port }: Options,
  wish: Omit<LaunchWish, 'entry'>,
  name: string,
  index: number,
): Omit<LaunchWish, 'entry'> {
  const env = port === undefined || port === 0 ? {} : { PORT: String(port + index) }
  return { ...wish, label: { name, index }, env: { ...wish.env, ...env } }
}

function wishOf(options: Options, cwd: string, args: readonly string[]): Omit<LaunchWish, 'entry'> {
  return {
    args,
    cwd,
    nodeArgs: nodeArgsOf(options),
    env: {
      ...withPin(process.env),
      ...(options.port === undefined ? {} : { PORT: String(options.port) }),
    },
    overlay: !options['no-overlay'],
    reportFiles: !options['no-reload'],
    graceMs: (options.grace ?? DEFAULT_GRACE_S) * 1000,
    access: !options['no-access'],
    debugger: !options['no-debugger'],
    prints: !options['no-prints'],
    runtime: runtimeNamed(options.runtime),
  }
}

function runtimeNamed(name: string | undefined): RuntimeName | undefined {
  const found = RUNTIME_NAMES.find((one) => one === name)
  if (name === undefined || found !== undefined) return found
  throw new ConfigError(
    'ERR_ROCKSOLID_OPTION_INVALID',
    `option --runtime is ${JSON.stringify(name)}. Allowed: ${RUNTIME_NAMES.join(', ')}.${didYouMean(name, RUNTIME_NAMES)}`,
  )
}

function watchOf(
  options: Options,
  { cwd, nodeArgs }: Omit<LaunchWish, 'entry'>,
  entries: readonly string[],
  lines: Lines,
): NonNullable<RunnerPlan['watch']> {
  const isForeign = entries.some((entry) => (options.runtime ?? runtimeOf(entry)) !== 'node')
  const globs = [...options.watch, ...splitPatterns(options.patterns ?? ''), ...(isForeign ? SOURCES : [])]
  const folders = [...new Set([cwd, ...entries.map((entry) => dirname(entry))])]
  return {
    wanted: matcherOf(globs),
    walk: globs.length > 0,
    ignored: matcherOf(options.ignore),
    pollMs: pollMsOf(options.poll, cwd, lines),
    files: [
      ...entries,
      ...folders.flatMap((folder) => STANDING.map((name) => join(folder, name))),
      ...envFiles(nodeArgs, cwd),
    ],
  }
}

/** Where the runtime does not tell what it has failed to find. */
const SOURCES = ['*.{js,mjs,cjs,jsx,ts,mts,cts,tsx,json,jsonc,toml}']

/** Files whose change asks for a restart though no module loads them. */
const STANDING = ['.env', '.env.local', '.env.development', 'package.json', 'tsconfig.json']

function pollMsOf(given: string | true | undefined, cwd: string, lines: Lines): number | undefined {
  if (given !== undefined) return given === true ? DEFAULT_POLL_MS : Number(given)
  const mount = mountWithoutEvents(cwd)
  if (mount === undefined) return undefined
  lines.say(`This folder is on ${mount}, which does not tell of changes: looking every ${DEFAULT_POLL_MS} ms`)
  return DEFAULT_POLL_MS
}

function featuresOf(options: Options): string {
  const all = ['access', 'debugger', 'prints', 'reload', 'overlay'] as const
  const on = all.filter((name) => !options[`no-${name}`])
  return on.length === 0 ? 'nothing' : on.join(', ')
}
