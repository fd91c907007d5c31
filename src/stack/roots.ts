/** The folders that are the project: what may be shown of the disk on an error page. */

import { access, readFile, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join, parse, relative } from 'node:path'
import { BoundedMap } from '../core/bounded-map.ts'
import { shared } from '../core/shared.ts'
import { packageOf } from './packages.ts'

const known = shared(
  'stack.roots',
  () => new BoundedMap<string, Promise<readonly string[]>>({ maxEntries: 8, maxAgeMs: 60_000 }),
)

/**
 * The working directory, the workspace around it, and the package of the program that was started. A folder that
 * is the file system's root or somebody's home is left out: it is no project.
 */
export function projectRoots(cwd: string = process.cwd()): Promise<readonly string[]> {
  let roots = known.get(cwd)
  if (roots === undefined) {
    roots = findRoots(cwd).catch(() => [cwd])
    known.set(cwd, roots)
  }
  return roots
}

/** Whether a path lies in one of the folders, by its text alone: links are not followed. */
export function isInside(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const inside = relative(folder, path)
    return inside !== '' && !inside.startsWith('..') && !isAbsolute(inside)
  })
}

async function findRoots(cwd: string): Promise<readonly string[]> {
  const found = new Set<string>([cwd, await workspaceOf(cwd)])
  const script = process.argv[1]
  if (script !== undefined) {
    const real = await realpath(script).catch(() => undefined)
    const isInstalled = real === undefined || /[\\/]node_modules[\\/]/.test(real)
    if (real !== undefined && !isInstalled) {
      const root = (await packageOf(real))?.root ?? dirname(real)
      found.add(root)
      found.add(await workspaceOf(root))
    }
  }
  return [...found].filter((folder) => folder !== parse(folder).root && folder !== homedir())
}

/** The outermost folder above that says it is a workspace or a repository; the folder itself when none does. */
async function workspaceOf(start: string): Promise<string> {
  let folder = start
  let outermost = start
  for (let climbed = 0; climbed < 12; climbed++) {
    if (folder === homedir() || folder === parse(folder).root) break
    if (await isWorkspace(folder)) outermost = folder
    folder = dirname(folder)
  }
  return outermost
}

async function isWorkspace(folder: string): Promise<boolean> {
  const has = (name: string): Promise<boolean> =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    )
  if ((await has('.git')) || (await has('pnpm-workspace.yaml'))) return true
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '')
  return manifest.includes('"workspaces"')
}
