// Installs the frameworks the tests run (tools/frameworks, a package of its own) and lets the test's applications find
// them. Engines are not enforced: a framework that a runtime is too old for is left out by the test, by name.

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'tools', 'frameworks')
const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const missing = Object.entries(dependencies).filter(([name, wanted]) => {
  const manifest = join(folder, 'node_modules', name, 'package.json')
  return !existsSync(manifest) || !wanted.endsWith(JSON.parse(readFileSync(manifest, 'utf8')).version)
})

if (missing.length > 0) {
  console.log(`Installing ${missing.map(([name]) => name).join(', ')} for the tests…`)
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
} else console.log(`Frameworks for the tests: ${Object.keys(dependencies).length} packages`)

// Packages of bare binaries; what unpacks them may drop the permission to run.
for (const binary of ['@oven/bun-linux-x64/bin/bun', '@deno/linux-x64-glibc/deno']) {
  const file = join(folder, 'node_modules', binary)
  if (existsSync(file)) chmodSync(file, 0o755)
}

const link = join(root, 'test', 'apps', 'frameworks', 'node_modules')
if (!lstatSync(link, { throwIfNoEntry: false })) {
  symlinkSync(join('..', '..', '..', 'tools', 'frameworks', 'node_modules'), link)
}
