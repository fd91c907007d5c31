/** Which runtime a script is for, and where it is. This process itself is always Node. */

import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { ConfigError } from '../core/errors.ts'

export type RuntimeName = 'node' | 'bun' | 'deno'

export const RUNTIME_NAMES: readonly RuntimeName[] = ['node', 'bun', 'deno']

/** What only one of them can run. */
const OWN_CODE: Readonly<Record<'bun' | 'deno', RegExp>> = {
  bun: /\bBun\.\w|\bfrom\s*['"]bun(?::\w+)?['"]|\brequire\(\s*['"]bun(?::\w+)?['"]/,
  deno: /\bDeno\.\w|\bfrom\s*['"](?:jsr:|npm:|https:\/\/)/,
}
const READ_BYTES = 100_000

/**
 * The runtime of `entry`: its `#!` line, then what only one runtime has in its code, then a deno.json beside it without
 * a package.json; else Node. A lock file of Bun tells of a package manager, not of what runs the code.
 */
export function runtimeOf(entry: string): RuntimeName {
  const source = readStart(entry)
  const shebang = /^#!.*\b(node|bun|deno)\b/.exec(source)?.[1]
  if (shebang !== undefined) return shebang as RuntimeName
  const code = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  // Code that asks which of them it runs on is for several.
  const isPortable = /typeof\s+(?:globalThis\.)?(?:Bun|Deno)\b|globalThis\.(?:Bun|Deno)\b/.test(code)
  if (!isPortable && OWN_CODE.bun.test(code)) return 'bun'
  if (!isPortable && OWN_CODE.deno.test(code)) return 'deno'
  const beside = (name: string): boolean => existsSync(join(dirname(entry), name))
  return (beside('deno.json') || beside('deno.jsonc')) && !beside('package.json') ? 'deno' : 'node'
}

/** @throws {ConfigError} where it is not installed */
export function executableOf(
  runtime: RuntimeName,
  entry: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (runtime === 'node') return process.execPath
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    env.BUN_INSTALL === undefined ? '' : join(env.BUN_INSTALL, 'bin'),
    join(homedir(), `.${runtime}`, 'bin'),
  ]
  const name = process.platform === 'win32' ? `${runtime}.exe` : runtime
  const found = folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find(canRun)
  if (found !== undefined) return found
  throw new ConfigError(
    'ERR_ROCKSOLID_ARGUMENT_INVALID',
    `${basename(entry)} is for ${runtime}, which is not in the PATH. Install it, or choose another: --runtime node.`,
  )
}

function readStart(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(0, READ_BYTES)
  } catch {
    return ''
  }
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
