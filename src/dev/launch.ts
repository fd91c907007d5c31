/** The command line of a serving process: which flags the runtime needs for this entry, and what is loaded first. */

import { createRequire } from 'node:module'
import { extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '../core/errors.ts'
import { WAIT_MODULE } from './child/spare.ts'
import { distFolder } from './dist-folder.ts'
import type { Launch } from './parent/server-process.ts'

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
}

const ENV_FILE = '--env-file='
/** Flags that do nothing of the application's before its modules are loaded. */
const WAITING = /^--(?:env-file|import|conditions)=/
/** Variables by which something else is loaded first, such as an editor's debugger. */
const LOADS = /(?:^|\s)(?:-r|--require|--import|--loader|--experimental-loader|--inspect)/

/** @throws {ConfigError} for TypeScript where neither the runtime nor a package can run it */
export function launchOf(wish: LaunchWish): Launch {
  const dist = distFolder()
  const registers = wish.access || wish.debugger
  return {
    command: process.execPath,
    entry: wish.entry,
    args: [
      '--require',
      join(dist, 'dev', 'child', 'preload.cjs'),
      ...(registers ? ['--import', pathToFileURL(join(dist, 'register.js')).href] : []),
      ...typeScriptArgs(wish.entry),
      '--import',
      WAIT_MODULE,
      ...wish.nodeArgs,
      wish.entry,
      ...wish.args,
    ],
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
    canWait: wish.nodeArgs.every((arg) => WAITING.test(arg)) && !LOADS.test(wish.env.NODE_OPTIONS ?? ''),
    startFiles: wish.nodeArgs
      .filter((arg) => arg.startsWith(ENV_FILE))
      .map((arg) => resolve(wish.cwd, arg.slice(ENV_FILE.length))),
  }
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
