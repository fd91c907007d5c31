/** Sorts frames by whose code they run: the application's, a dependency's, the runtime's or this package's. */

import { sep } from 'node:path'
import { BoundedMap } from '../core/bounded-map.ts'
import { shared } from '../core/shared.ts'
import type { Frame, FrameKind } from './frame.ts'
import { dependencyOf, packageOf } from './packages.ts'

/** What {@link classify} tells of a file. */
type Owner = Pick<Frame, 'kind' | 'package'>

const RUNTIME: Owner = { kind: 'runtime', package: undefined }
const APP: Owner = { kind: 'app', package: undefined }
const OURS: Owner = { kind: 'rocksolid', package: undefined }

/** Owners by file, at most 1000: a file does not change hands while a process runs. */
const owners = shared('stack.owners', () => new BoundedMap<string, Owner>({ maxEntries: 1000 }))

/** Whose code a frame in `file` is. Never throws. */
export function classify(file: string | undefined): Owner {
  if (file === undefined || file.startsWith('node:')) return RUNTIME
  let owner = owners.get(file)
  if (owner === undefined) {
    owner = findOwner(file)
    owners.set(file, owner)
  }
  return owner
}

function findOwner(file: string): Owner {
  const facts = packageOf(file)
  if (facts?.name === 'rocksolid' && isBuilt(file, facts.root)) return OURS
  const dependency = dependencyOf(file)
  return dependency === undefined ? APP : { kind: 'dependency' satisfies FrameKind, package: dependency }
}

/** Tests and examples beside this package's own code are an application like any other. */
const isBuilt = (file: string, root: string): boolean =>
  file.startsWith(`${root}${sep}dist${sep}`) || file.startsWith(`${root}${sep}src${sep}`)
