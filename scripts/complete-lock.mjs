// `node scripts/complete-lock.mjs`: completes package-lock.json after an `npm install` against a mirror that does not hold
// every platform's build of a tool (Rollup, Biome, oxc). npm then leaves those optional packages out of the lock file, and
// `npm ci` refuses a lock file that lacks them, on every platform.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const OS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix']
const CPU = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'wasm32', 'mips64el']

for (const folder of ['.', 'tools', 'tools/frameworks', 'tools/next', 'bench/peers'])
  complete(join(import.meta.dirname, '..', folder, 'package-lock.json'))

function complete(path) {
  const lock = JSON.parse(readFileSync(path, 'utf8'))
  let added = 0
  for (const [at, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const isKnown = [`${at}/node_modules/${name}`, `node_modules/${name}`].some(
        (place) => place in lock.packages,
      )
      if (isKnown || at === '' || !/^\d/.test(range)) continue
      lock.packages[`node_modules/${name}`] = {
        version: range,
        ...platformOf(name),
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
      }
      added++
    }
  }
  const packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  if (added > 0) writeFileSync(path, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
  console.log(`${path}: ${added} packages added`)
}

/** What the name of a build tells: `@rollup/rollup-linux-arm64-musl`, `@oxc-parser/binding-win32-x64-msvc`. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-')
  const os = words.includes('win32') ? 'win32' : words.find((word) => OS.includes(word))
  const cpu = words.find((word) => CPU.includes(word))
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined || os !== 'linux' ? {} : { libc: [libc] }),
    ...(os === undefined ? {} : { os: [os] }),
  }
}
