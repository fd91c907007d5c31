/** Tells whose code a file is: which package it belongs to, and whether that package is this one. */

import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BoundedMap } from '../core/bounded-map.ts'
import { shared } from '../core/shared.ts'

/** A package as its manifest names it. */
export interface PackageFacts {
  readonly name: string | undefined
  readonly version: string | undefined
  /** The folder of its manifest. */
  readonly root: string
}

/** Largest manifest read. */
const MAX_MANIFEST = 256 * 1024
/** Most folders climbed from a file to its manifest. */
const MAX_CLIMB = 24

const manifests = shared(
  'stack.manifests',
  () => new BoundedMap<string, PackageFacts | 'none'>({ maxEntries: 500, maxAgeMs: 60_000 }),
)

/** The package of a file under `node_modules`, by its path; the version is read from its manifest. */
export function dependencyOf(file: string): { name: string; version: string | undefined } | undefined {
  const match = /^(.*[\\/]node_modules[\\/])((?:@[^\\/]{1,214}[\\/])?[^\\/]{1,214})[\\/]/s.exec(file)
  if (match === null) return undefined
  const [, above = '', name = ''] = match
  const facts = manifestIn(join(above, name))
  return { name: name.replace('\\', '/'), version: facts?.version }
}

/** The nearest package above a file; memoised for a minute, 500 folders at most. Never throws. */
export function packageOf(file: string): PackageFacts | undefined {
  let folder = dirname(file)
  for (let climbed = 0; climbed < MAX_CLIMB; climbed++) {
    const facts = manifestIn(folder)
    if (facts !== undefined) return facts
    const parent = dirname(folder)
    if (parent === folder) return undefined
    folder = parent
  }
  return undefined
}

function manifestIn(folder: string): PackageFacts | undefined {
  let facts = manifests.get(folder)
  if (facts === undefined) {
    facts = readManifest(folder) ?? 'none'
    manifests.set(folder, facts)
  }
  return facts === 'none' ? undefined : facts
}

function readManifest(root: string): PackageFacts | undefined {
  const path = join(root, 'package.json')
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return undefined
    if (found.size > MAX_MANIFEST) return { name: undefined, version: undefined, root }
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof manifest !== 'object' || manifest === null) return undefined
    const { name, version } = manifest as { name?: unknown; version?: unknown }
    return {
      name: typeof name === 'string' ? name.slice(0, 214) : undefined,
      version: typeof version === 'string' ? version.slice(0, 64) : undefined,
      root,
    }
  } catch {
    return undefined
  }
}
