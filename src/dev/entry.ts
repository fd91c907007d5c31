/** Finds what to run: the file named, or what package.json and habit say when none is. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { ConfigError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { readStartScript } from './start-script.ts'

/** Tried behind a name without an extension, and in a folder behind `index`. */
const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']

/** Names tried when package.json names nothing, each with every extension. */
const HABITS = ['server', 'app', 'index', 'main', 'src/server', 'src/app', 'src/index', 'src/main']

/**
 * The absolute path of the file to run; a further one may have been meant as an argument.
 * @throws {ConfigError} when there is none, naming the file that may have been meant
 */
export function findEntry(named: string | undefined, cwd: string, isFurther = false): string {
  if (named === undefined) return entryOfFolder(cwd)
  const path = resolve(cwd, named)
  const found = asFile(path)
  if (found !== undefined) return found
  if (isFolder(path)) return entryOfFolder(path)
  const meant = nearest(basename(path), namesIn(dirname(path)))
  throw new ConfigError(
    'ERR_ROCKSOLID_ARGUMENT_INVALID',
    `there is no file ${path}.${meant === undefined ? '' : ` Did you mean ${join(dirname(named), meant)}?`}${isFurther ? ' Arguments of the server go behind --.' : ''}`,
  )
}

function entryOfFolder(cwd: string): string {
  for (const name of [...namedByPackage(cwd), ...HABITS]) {
    const found = asFile(resolve(cwd, name))
    if (found !== undefined) return found
  }
  const manifest = existsSync(join(cwd, 'package.json'))
    ? 'package.json names none in "scripts.start" or "main"'
    : 'there is no package.json'
  throw new ConfigError(
    'ERR_ROCKSOLID_ARGUMENT_INVALID',
    `which file? In ${cwd} ${manifest}, and there is no ${HABITS.slice(0, 4).join(', ')}. Name it: rocksolid server.js`,
  )
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function namedByPackage(cwd: string): string[] {
  const start = readStartScript(cwd)?.file
  let main: unknown
  try {
    main = (JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as { readonly main?: unknown }).main
  } catch {
    // Then only habit is left.
  }
  return [start, main].filter((name): name is string => typeof name === 'string' && name !== '')
}

function asFile(path: string): string | undefined {
  const extensions = extname(path) === '' ? EXTENSIONS : []
  const candidates = [
    path,
    ...extensions.map((extension) => path + extension),
    ...EXTENSIONS.map((extension) => join(path, `index${extension}`)),
  ]
  return candidates.find((one) => existsSync(one) && statSync(one).isFile())
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
