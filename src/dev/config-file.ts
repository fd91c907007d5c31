/** Finds and loads the configuration of the project a process was started in. Synchronous: it comes before the app. */

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, isAbsolute, join } from 'node:path'
import { ConfigError } from '../core/errors.ts'
import { show } from '../core/options.ts'

/** What was found, and how to name it in a message. */
export interface FoundConfig {
  readonly config: unknown
  readonly source: string
}

const NAMES = ['json', 'js', 'mjs', 'cjs', 'ts', 'mts'].map((extension) => `rocksolid.config.${extension}`)

/** Most folders climbed to a package.json. */
const MAX_CLIMB = 32

/**
 * The configuration for `folder`: beside the nearest package.json at or above it, or in the file that is named.
 * @throws {ConfigError} when a file cannot be loaded, or there is more than one
 */
export function readConfigFile(folder: string, named: string | undefined): FoundConfig {
  if (named !== undefined && named !== '') {
    const file = isAbsolute(named) ? named : join(folder, named)
    if (!existsSync(file))
      throw unusable(`ROCKSOLID_CONFIG names ${show(named)}, and there is no such file: ${file}`)
    return { config: load(file), source: basename(file) }
  }
  const home = projectFolder(folder)
  const files = NAMES.filter((name) => existsSync(join(home, name)))
  const inManifest = manifestKey(join(home, 'package.json'))
  const places = [...(inManifest === undefined ? [] : ['the key "rocksolid" of package.json']), ...files]
  if (places.length > 1)
    throw unusable(`There are several configurations in ${home}: ${places.join(', ')}. Keep one of them.`)
  const [file] = files
  if (file !== undefined) return { config: load(join(home, file)), source: file }
  return { config: inManifest, source: 'package.json: rocksolid' }
}

function projectFolder(folder: string): string {
  let current = folder
  for (let climbed = 0; climbed < MAX_CLIMB; climbed++) {
    if (existsSync(join(current, 'package.json'))) return current
    const above = dirname(current)
    if (above === current) break
    current = above
  }
  return folder
}

function manifestKey(file: string): unknown {
  if (!existsSync(file)) return undefined
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { rocksolid?: unknown } | null)?.rocksolid
  } catch {
    // A broken manifest is npm's to complain about.
    return undefined
  }
}

function load(file: string): unknown {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'))
    const module = withoutWarnings(() => createRequire(file)(file) as unknown)
    return isObject(module) && 'default' in module ? module.default : module
  } catch (error) {
    throw unusable(`${basename(file)} cannot be loaded: ${adviceFor(file, error)}`, error)
  }
}

function adviceFor(file: string, error: unknown): string {
  const code = isObject(error) && 'code' in error ? error.code : undefined
  if (code === 'ERR_REQUIRE_ASYNC_MODULE')
    return 'it uses a top-level await, but is read before anything may wait. Take the await out.'
  const message = error instanceof Error ? error.message.split('\n')[0] : String(error)
  const isTypeScript = /\.m?ts$/.test(file)
  return isTypeScript
    ? `${message}. Node.js reads TypeScript from version 22.18 on; before, start with --import tsx, or write it as .mjs.`
    : `${message}`
}

/** Node 20 and 22 warn that `require` of an ES module is experimental. */
function withoutWarnings<T>(run: () => T): T {
  const { emitWarning } = process
  process.emitWarning = (() => {}) as typeof process.emitWarning
  try {
    return run()
  } finally {
    process.emitWarning = emitWarning
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function unusable(message: string, cause?: unknown): ConfigError {
  const options = cause === undefined ? undefined : { cause }
  return new ConfigError('ERR_ROCKSOLID_ARGUMENT_INVALID', `rocksolid/register: ${message}`, options)
}
