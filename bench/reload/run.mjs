/**
 * `npm run bench -- reload [short] [options]`: from a save to the first answer of the new code, by this package and by others,
 * in turns on the same machine; how many connections were refused or reset meanwhile, and whether a request in flight
 * was finished. A fresh connection asks every 4 ms.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { benchArguments } from '../arguments.mjs'
import { quartiles } from '../harness.mjs'
import { folderOf, installPeers } from '../peers.mjs'
import { publish } from '../results.mjs'

/** Saves under each tool. */
const { turns, whole } = benchArguments('reload', { numbers: { turns: [15, 3] } })
installPeers()
const root = resolve(import.meta.dirname, '..', '..')
const node = process.execPath
/** Built for Linux on x64 here; elsewhere its row is left out. */
const BUN = '@oven/bun-linux-x64'
const bun = folderOf(BUN)
if (bun === undefined)
  console.error(`bench reload: there is no ${BUN} for this platform; "bun --watch" is left out.`)
/** How long the request in flight takes, and how long before the save it begins. */
const SLOW_MS = 300
const BEFORE_MS = 60

const SYSTEMS = [
  ['rocksolid', [node, join(root, 'dist', 'cli.js'), 'server.mjs']],
  [
    'rocksolid, without access log, debugger and overlay',
    [node, join(root, 'dist', 'cli.js'), '--no-access', '--no-debugger', '--no-overlay', 'server.mjs'],
  ],
  ['node --watch', [node, '--watch', '--no-warnings', 'server.mjs']],
  ['nodemon', [node, join(folderOf('nodemon'), 'bin', 'nodemon.js'), '--quiet', 'server.mjs']],
  [
    'tsx watch',
    [node, join(folderOf('tsx'), 'dist', 'cli.mjs'), 'watch', '--clear-screen=false', 'server.mjs'],
  ],
  ...(bun === undefined ? [] : [['bun --watch', [join(bun, 'bin', 'bun'), '--watch', 'server.mjs']]]),
]

const code = (turn) => `
import http from 'node:http'
http.createServer((req, res) => {
  if (req.url === '/slow') setTimeout(() => res.end('slow'), ${SLOW_MS})
  else res.end('${turn}')
}).listen(Number(process.env.PORT), '127.0.0.1')
`

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

/** The body of the answer, or the code of the failure. */
function ask(port, path = '/') {
  return new Promise((resolve) => {
    const req = http.get({ port, path, host: '127.0.0.1', agent: false, timeout: 5000 }, (res) => {
      let body = ''
      res.setEncoding('utf8').on('data', (text) => {
        body += text
      })
      res.on('end', () => resolve(body))
      res.on('error', ({ code }) => resolve(code))
    })
    req.on('error', ({ code }) => resolve(code))
  })
}

async function start([name, [command, ...args]]) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-reload-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'server.mjs'), code(0))
  const port = await freePort()
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, PORT: String(port), NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  while ((await ask(port)) !== '0') await pause(20)
  return { name, folder, port, child, turn: 0, ms: [], lost: 0, cut: 0 }
}

/** One save. */
async function save(system) {
  const wanted = String(++system.turn)
  let answered
  const slow = ask(system.port, '/slow')
  await pause(BEFORE_MS)
  const startedAt = performance.now()
  writeFileSync(join(system.folder, 'server.mjs'), code(wanted))
  const asking = []
  while (answered === undefined && performance.now() - startedAt < 10_000) {
    asking.push(
      ask(system.port).then((body) => {
        if (/^E[A-Z]+$/.test(body ?? '')) system.lost++
        if (body === wanted) answered ??= performance.now()
      }),
    )
    await pause(4)
  }
  await Promise.all(asking)
  if ((await slow) !== 'slow') system.cut++
  system.ms.push((answered ?? Number.POSITIVE_INFINITY) - startedAt)
}

const systems = []
for (const one of SYSTEMS) systems.push(await start(one))
try {
  // The first restart of each loads what the later ones find in caches.
  for (const system of systems) {
    await pause(1200)
    await save(system)
    system.ms.length = 0
    system.lost = 0
    system.cut = 0
  }
  for (let turn = 0; turn < turns; turn++) {
    for (const system of systems.toSorted(() => Math.random() - 0.5)) {
      // A save that follows another closely is another case.
      await pause(1100)
      await save(system)
    }
  }
} finally {
  for (const { child, folder } of systems) {
    child.kill('SIGTERM')
    await Promise.race([once(child, 'exit'), pause(3000)])
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

const fastest = Math.min(
  ...systems.map(({ name, ms }) => (name.startsWith('rocksolid') ? Infinity : quartiles(ms).median)),
)
const rows = systems
  .toSorted((one, other) => quartiles(one.ms).median - quartiles(other.ms).median)
  .map(({ name, ms, lost, cut }) => {
    const { low, median, high } = quartiles(ms)
    return [name, { low, median, high }, median / fastest, lost / ms.length, `${cut} of ${ms.length}`]
  })
publish('reload', {
  about:
    `A server of one file is saved ${turns} times under each tool, in turns; every 4 ms a fresh connection asks, from the ` +
    'save until the new code answers. Each time a request of 300 ms is in flight.',
  remarks: [
    'This package keeps a process ready that has loaded everything but the application: what is measured is the loading ' +
      'of the application alone. A save within a fifth of a second of the last start, or a change of what is read at the ' +
      'start (`.env`, package.json), starts Node anew, as the others do each time.',
  ],
  peers: ['nodemon', 'tsx', ...(bun === undefined ? [] : [BUN])],
  tables: [
    {
      title: 'From a save to the new code',
      columns: [
        { name: 'tool' },
        { name: 'save to answered, ms', digits: 0 },
        { name: 'of the fastest other', digits: 2 },
        { name: 'refused or reset a save', digits: 1 },
        { name: 'in flight, cut' },
      ],
      rows,
      plot: 1,
    },
  ],
  keep: whole ? 'all' : 'none',
})
