// Installs the frameworks the tests run (tools/frameworks, a package of its own) and lets the test's applications find
// them. A framework that a runtime is too old for is left out by the test, by name.

import { join } from 'node:path'
import { ensureInstalled } from './ensure-installed.mjs'

const root = join(import.meta.dirname, '..')
const link = join(root, 'test', 'apps', 'frameworks', 'node_modules')
const { wanted } = ensureInstalled(join(root, 'tools', 'frameworks'), link)
console.log(`Frameworks for the tests: ${wanted.length} packages`)
