// Installs a package of its own (tools/frameworks, bench/peers) from its lock file when something in it is missing or
// has another version. Engines are not enforced; what exists for another platform only is left out.

import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Packages of bare binaries; what unpacks them may drop the permission to run. */
const BINARIES = ['@oven/bun-linux-x64/bin/bun', '@deno/linux-x64-glibc/deno']

/**
 * @param folder where the package's package.json and package-lock.json are
 * @param link the `node_modules` by which others find what is installed; made a link if it is not there
 * @returns the names of what it depends on, and of those that had to be installed
 */
export function ensureInstalled(folder, link) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const wanted = Object.entries({ ...dependencies, ...devDependencies })
  const missing = wanted.filter(([name, version]) => !isThere(join(folder, 'node_modules', name), version))
  if (missing.length > 0) {
    console.error(`Installing ${missing.map(([name]) => name).join(', ')}…`)
    execFileSync(
      'npm',
      [
        'ci',
        '--include=dev',
        '--include=optional',
        '--ignore-scripts',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    )
  }
  for (const binary of BINARIES) {
    const file = join(folder, 'node_modules', binary)
    if (existsSync(file)) chmodSync(file, 0o755)
  }
  if (!lstatSync(link, { throwIfNoEntry: false })) {
    symlinkSync(relative(dirname(link), join(folder, 'node_modules')), link)
  }
  return { wanted: wanted.map(([name]) => name), installed: missing.map(([name]) => name) }
}

function isThere(folder, version) {
  const manifest = join(folder, 'package.json')
  return existsSync(manifest) && version.endsWith(JSON.parse(readFileSync(manifest, 'utf8')).version)
}
