/** The command line of a serving process: which flags the runtime needs for this entry, and what is loaded first. */

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '../core/errors.ts'
import { WAIT_MODULE } from './child/spare.ts'
import { distFolder } from './dist-folder.ts'
import type { Label, Launch } from './parent/process-launch.ts'
import { executableOf, type RuntimeName, runtimeOf } from './runtime.ts'

/** What is asked of the processes of one entry. */
export interface LaunchWish {
  /** Absolute. */
  readonly entry: string
  readonly args: readonly string[]
  readonly cwd: string
  /** Flags for the runtime as the user gave them. */
  readonly nodeArgs: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly overlay: boolean
  readonly prints: boolean
  readonly reportFiles: boolean
  readonly graceMs: number
  readonly access: boolean
  readonly debugger: boolean
  /** Of one of several: names its lines. */
  readonly label?: Label
  /** Default: the one that the entry is written for. */
  readonly runtime?: RuntimeName | undefined
}

/** Flags that do nothing of the application's before its modules are loaded. */
const WAITING = new RegExp(
  [
    '(?:env-file|import|conditions|disable-warning|stack-trace-limit|max-(?:old|semi)-space-size)=.*',
    'no-(?:warnings|deprecation)|trace-(?:warnings|deprecation|uncaught)|enable-source-maps',
    'experimental-(?:strip-types|transform-types|wasm-modules|sqlite|websocket|eventsource|webstorage)',
  ]
    .map((flags) => `^--(?:${flags})$`)
    .join('|'),
)
/** Variables by which something else is loaded first, such as an editor's debugger. */
const LOADS = /(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader|--inspect)/

/** @throws {ConfigError} for TypeScript where neither the runtime nor a package can run it, and for a runtime that is not installed */
export function launchOf(wish: LaunchWish): Launch {
  const runtime = wish.runtime ?? runtimeOf(wish.entry)
  const dist = distFolder()
  const preload = join(dist, 'dev', 'child', 'preload.cjs')
  const register = wish.access || wish.debugger ? join(dist, 'register.js') : undefined
  const flags =
    runtime === 'node' ? nodeFlags(wish, preload, register) : otherFlags(wish, runtime, preload, register)
  return {
    command: executableOf(runtime, wish.entry, wish.env),
    entry: wish.entry,
    args: [...flags, wish.entry, ...wish.args],
    cwd: wish.cwd,
    env: {
      ...wish.env,
      ...(wish.access ? {} : { ROCKSOLID_ACCESS: 'off' }),
      ...(wish.debugger ? {} : { ROCKSOLID_DEBUGGER: 'off' }),
    },
    overlay: wish.overlay,
    prints: wish.prints,
    reportFiles: wish.reportFiles,
    graceMs: wish.graceMs,
    isExclusive: wish.nodeArgs.some((arg) => arg.startsWith('--inspect')),
    canWait:
      runtime === 'node' &&
      wish.nodeArgs.every((arg) => WAITING.test(arg)) &&
      !LOADS.test(wish.env.NODE_OPTIONS ?? ''),
    startFiles: envFiles(wish.nodeArgs, wish.cwd),
    label: wish.label,
    isBehindGate: runtime !== 'node',
    // Whom the debugger and the overlay answer hangs on the address of the client.
    isOpen: !wish.debugger && !wish.overlay,
  }
}

/** The files that `--env-file` names. */
export function envFiles(nodeArgs: readonly string[], cwd: string): readonly string[] {
  const flag = '--env-file='
  return nodeArgs.filter((arg) => arg.startsWith(flag)).map((arg) => resolve(cwd, arg.slice(flag.length)))
}

function nodeFlags(wish: LaunchWish, preload: string, register: string | undefined): readonly string[] {
  return [
    '--require',
    preload,
    ...(register === undefined ? [] : ['--import', pathToFileURL(register).href]),
    ...typeScriptArgs(wish.entry),
    '--import',
    WAIT_MODULE,
    ...wish.nodeArgs,
  ]
}

/** Bun and Deno run TypeScript by themselves. */
function otherFlags(
  { nodeArgs, entry }: LaunchWish,
  runtime: 'bun' | 'deno',
  preload: string,
  register: string | undefined,
): readonly string[] {
  // Without a package.json Deno does not look for what this package needs where it lies.
  const looks =
    existsSync(join(dirname(entry), 'package.json')) ||
    nodeArgs.some((arg) => arg.startsWith('--node-modules-dir'))
  return [
    // What Node may, it may.
    ...(runtime === 'deno'
      ? ['run', '--allow-all', '--no-code-cache', ...(looks ? [] : ['--node-modules-dir=manual'])]
      : []),
    ...[preload, ...(register === undefined ? [] : [register])].flatMap((file) => ['--preload', file]),
    ...nodeArgs.map((arg) => arg.replace(/^--(?:import|require)=/, '--preload=')),
  ]
}

/** tsx where the project has it, since it knows all of TypeScript; else the runtime's own stripping of types. */
function typeScriptArgs(entry: string): readonly string[] {
  if (!/^\.[cm]?tsx?$/.test(extname(entry))) return []
  try {
    return ['--import', pathToFileURL(createRequire(entry).resolve('tsx')).href]
  } catch {
    // Not installed in the project.
  }
  const { features, versions } = process as unknown as {
    readonly features: { readonly typescript?: unknown }
    readonly versions: { readonly node: string }
  }
  if (features.typescript) return []
  const [major = 0, minor = 0] = versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 6))
    return ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
  throw new ConfigError(
    'ERR_ROCKSOLID_ARGUMENT_INVALID',
    `Node.js ${versions.node} does not run TypeScript by itself. Install tsx (npm install --save-dev tsx), or use Node.js 22.6 or later.`,
  )
}
