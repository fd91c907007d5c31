/**
 * What it costs to have a package: `npm run bench -- startup [short] [options]`. Each import is the first of a process of its
 * own, all packages take turns. Modules are the files that the import loads; bytes are those on disk of the package
 * and of everything it depends on.
 */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchArguments } from '../arguments.mjs'
import { quartiles } from '../harness.mjs'
import { folderOf, installPeers } from '../peers.mjs'
import { publish } from '../results.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const subject = fileURLToPath(new URL('./subject.mjs', import.meta.url))
const { rounds, whole } = benchArguments('startup', { numbers: { rounds: [15, 3] } })

const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const doors = Object.keys(own.exports)
  .filter((door) => !door.endsWith('.json') && door !== './register')
  .map((door) => join('rocksolid', door))
const peers = [
  'morgan',
  'pino-http',
  'koa-logger',
  'pino',
  'winston',
  'bunyan',
  'log4js',
  '@logtape/logtape',
  'youch',
  'my-bad',
  'nodemon',
]
installPeers()
const NOTHING = 'nothing'

const ask = (mode, name) =>
  JSON.parse(execFileSync(process.execPath, [subject, mode, name], { encoding: 'utf8', cwd: root }))

const names = [NOTHING, ...doors, ...peers]
const times = new Map(names.map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const name of round % 2 === 0 ? names : names.toReversed()) times.get(name).push(ask('time', name).ms)
}

const base = quartiles(times.get(NOTHING)).median
const imports = names.slice(1).map((name) => {
  const { files, builtins } = ask('modules', name)
  const { low, median, high } = quartiles(times.get(name))
  return [name, { low: low - base, median: median - base, high: high - base }, files, builtins]
})

/** A package and what it needs at run time, each once: bytes by folder. */
function needed(folder, found = new Map()) {
  if (folder === undefined || found.has(folder)) return found
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  found.set(folder, bytesIn(folder))
  for (const dependency of Object.keys(dependencies)) needed(folderFrom(folder, dependency), found)
  return found
}

function folderFrom(from, name) {
  for (const parts = from.split('/'); parts.length > 1; parts.pop()) {
    const folder = join(parts.join('/'), 'node_modules', name)
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder
  }
  return undefined
}

function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules') return sum
    const path = join(folder, entry.name)
    return sum + (entry.isDirectory() ? bytesIn(path) : statSync(path).size)
  }, 0)
}

const sum = (found) => [...found.values()].reduce((total, bytes) => total + bytes, 0)

/** What `npm publish` would send for each folder: `{ size, unpackedSize }`, bytes. */
const pack = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error']
const [packed, ...packedPeers] = JSON.parse(
  execFileSync('npm', [...pack, root, ...peers.map(folderOf)], { cwd: root, encoding: 'utf8' }),
)
const below = new Map()
for (const name of Object.keys(own.dependencies)) needed(folderFrom(root, name), below)
const sizes = [
  [
    'rocksolid',
    packed.size / 1024,
    packed.unpackedSize / 1024,
    below.size + 1,
    (packed.unpackedSize + sum(below)) / 1024,
  ],
  ...peers.map((name, at) => {
    const folder = folderOf(name)
    const found = needed(folder)
    return [name, packedPeers[at].size / 1024, found.get(folder) / 1024, found.size, sum(found) / 1024]
  }),
]

publish('startup', {
  about:
    'The first import of a process, the time of an empty process taken off; files and built-in modules that it loads; ' +
    'and what stands on disk, in the tarball of the package, unpacked, and with everything it depends on.',
  peers,
  remarks: [
    'Files count twice: to find, read and link one takes Node longer than to compile what is in it. The build puts together what doors load together, a few files for each door, which halved these times. ' +
      'Not first: `rocksolid/access` loads after morgan and koa-logger, because it reads four dialects of formats, JSON schemas and trusted networks and writes files by itself, where morgan is one file of tokens and koa-logger one line for a terminal; `rocksolid/morgan`, which is that alone, loads before it. `rocksolid/debugger` loads after my-bad, which has no console; the page, youch and stack-trace are loaded at the first error. The doors of frameworks are access log and logger in one; `rocksolid` is all doors in one. On disk it is the largest, because every door is there for `import` and for `require`, with types, and with the page, the overlay and the runner; what it depends on is mostly youch.',
  ],
  keep: whole ? 'all' : 'none',
  tables: [
    {
      title: 'Importing',
      columns: [
        { name: 'import' },
        { name: 'ms', digits: 1 },
        { name: 'files', digits: 0 },
        { name: 'built-in modules', digits: 0 },
      ],
      rows: imports,
      plot: 1,
    },
    {
      title: 'On disk',
      columns: [
        { name: 'package' },
        { name: 'KiB packed', digits: 0 },
        { name: 'KiB', digits: 0 },
        { name: 'packages', digits: 0 },
        { name: 'KiB with all it needs', digits: 0 },
      ],
      rows: sizes,
      plot: 4,
    },
  ],
})
