// `npm start [-- http|express]`: builds when the sources are newer than the build, then runs the demo.

import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

if (isStale()) {
  console.log('Building rocksolid (a few seconds, once)…')
  const run = (file, ...parameters) =>
    execFileSync(process.execPath, [join(root, file), ...parameters], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  run('scripts/build-client.mjs')
  run('node_modules/tsup/dist/cli-default.js', '--no-dts', '--silent')
  run('scripts/merge-chunks.mjs')
}

const demo = spawn(
  process.execPath,
  [join(root, 'examples', 'article', 'server.mjs'), ...process.argv.slice(2)],
  { stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => demo.kill(signal))
demo.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)))

function isStale() {
  const built = join(root, 'dist', 'index.js')
  return !existsSync(built) || newest(join(root, 'src')) > statSync(built).mtimeMs
}

function newest(folder) {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.endsWith('.generated.ts')) continue
    const path = join(folder, entry.name)
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs)
  }
  return latest
}
