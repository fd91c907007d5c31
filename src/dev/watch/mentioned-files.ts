/**
 * The files that a module names in its imports, and those that they name: for what the runtime does not tell, such as
 * Node 22 of a module it could not parse, or other runtimes of any.
 */

import { readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, sep } from 'node:path'

/** Most files that are read. */
const MAX_FILES = 2000
/** Larger files are bundles, which name nothing any more. */
const MAX_BYTES = 512 * 1024

const SPECIFIER = /\b(?:from\s*|import\s*\(?\s*|require\s*\(\s*)(['"])([^'"\n]{1,300})\1/g
const EXTENSIONS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx', '.json']

/** `files` and all that they mention, by real path. Packages of the workspace are followed, node_modules are not. */
export function mentionedFiles(files: readonly string[]): ReadonlySet<string> {
  const found = new Set(files)
  // A set hands out what is added while it is walked.
  for (const file of found) {
    if (found.size >= MAX_FILES) break
    for (const specifier of specifiersOf(file)) {
      const path = resolveFrom(file, specifier)
      if (path !== undefined && !path.includes(`${sep}node_modules${sep}`)) found.add(path)
    }
  }
  return found
}

function specifiersOf(file: string): readonly string[] {
  try {
    if (extname(file) === '.json' || statSync(file).size > MAX_BYTES) return []
    return [...readFileSync(file, 'utf8').matchAll(SPECIFIER)].map(([, , specifier = '']) => specifier)
  } catch {
    return []
  }
}

function resolveFrom(file: string, specifier: string): string | undefined {
  if (/^[a-z]+:/i.test(specifier)) return undefined
  if (!/^(?:\.{0,2}\/|\.{1,2}$)/.test(specifier)) return resolvePackage(file, specifier)
  const path = specifier.startsWith('/') ? specifier : join(dirname(file), specifier)
  // TypeScript names the file that its compiler would write.
  const source = path.replace(/\.([cm]?)js$/, '.$1ts')
  const others = EXTENSIONS.flatMap((extension) => [path + extension, join(path, `index${extension}`)])
  return [path, source, ...others].map(realFile).find((one) => one !== undefined)
}

function resolvePackage(file: string, specifier: string): string | undefined {
  try {
    return realFile(createRequire(file).resolve(specifier))
  } catch {
    return undefined
  }
}

function realFile(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? realpathSync(path) : undefined
  } catch {
    return undefined
  }
}
