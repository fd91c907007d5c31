/** The folders that are the project: what may be shown of the disk on an error page. */

import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, parse } from 'node:path'
import { BoundedMap } from '../core/bounded-map.ts'
import { shared } from '../core/shared.ts'
import { pathInside } from '../core/short-path.ts'
import { packageOf } from './packages.ts'

const known = shared(
  'stack.roots',
  () => new BoundedMap<string, readonly string[]>({ maxEntries: 8, maxAgeMs: 60_000 }),
)

/**
 * The working directory, the workspace around it, and the package of the program that was started. A folder that
 * is the file system's root or somebody's home is left out: it is no project.
 */
export function projectRoots(cwd: string = process.cwd()): readonly string[] {
  let roots = known.get(cwd)
  if (roots === undefined) {
    roots = findRoots(cwd)
    known.set(cwd, roots)
  }
  return roots
}

/** Whether a path lies in one of the folders, by its text alone: links are not followed. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => pathInside(path, folder) !== undefined)
}

function findRoots(cwd: string): readonly string[] {
  const found = new Set<string>([cwd, workspaceOf(cwd)])
  const script = process.argv[1]
  if (script !== undefined) {
    const real = realPathOf(script)
    const isInstalled = real === undefined || /[\\/]node_modules[\\/]/.test(real)
    if (real !== undefined && !isInstalled) {
      const root = packageOf(real)?.root ?? dirname(real)
      found.add(root)
      found.add(workspaceOf(root))
    }
  }
  return [...found].filter((folder) => folder !== parse(folder).root && folder !== homedir())
}

/** The outermost folder above that says it is a workspace or a repository; the folder itself when none does. */
function workspaceOf(start: string): string {
  let folder = start
  let outermost = start
  for (let climbed = 0; climbed < 12; climbed++) {
    if (folder === homedir() || folder === parse(folder).root) break
    if (isWorkspace(folder)) outermost = folder
    folder = dirname(folder)
  }
  return outermost
}

function isWorkspace(folder: string): boolean {
  const has = (name: string): boolean => existsSync(join(folder, name))
  if (has('.git') || has('pnpm-workspace.yaml')) return true
  try {
    return has('package.json') && readFileSync(join(folder, 'package.json'), 'utf8').includes('"workspaces"')
  } catch {
    return false
  }
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync.native(path)
  } catch {
    return undefined
  }
}
