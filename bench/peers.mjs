/**
 * What the benchmarks compare with: the packages of bench/peers, installed when a benchmark needs them. They are found
 * by their names because bench/node_modules leads there; bench/ itself has no package.json, since with one of its own
 * `rocksolid/access` would no longer be this package.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled } from '../scripts/ensure-installed.mjs'

const here = import.meta.dirname

/** After the arguments were understood, and before anything is measured. */
export function installPeers() {
  ensureInstalled(join(here, 'peers'), join(here, 'node_modules'))
}

/** The folder of a package as the benchmarks load it: a peer, or a package of the root such as a framework. */
export function folderOf(name) {
  return [here, join(here, '..')]
    .map((folder) => join(folder, 'node_modules', name))
    .find((folder) => existsSync(join(folder, 'package.json')))
}

/** The version of a package that `folderOf` finds. */
export const versionOf = (name) =>
  JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8')).version
