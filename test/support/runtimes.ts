/** The Node versions that applications under test run on: this one, and those scripts/ensure-runtimes.mjs installed. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'

const tools = join(import.meta.dirname, '..', '..', 'tools', 'node_modules')

/** Name and executable of each. */
export const RUNTIMES: readonly (readonly [name: string, node: string])[] = [
  [`Node ${process.versions.node}`, process.execPath],
  ...['node22', 'node24', 'node26']
    .map((name) => [name.replace('node', 'Node '), join(tools, name, 'bin', 'node')] as const)
    .filter(([, node]) => existsSync(node)),
]
