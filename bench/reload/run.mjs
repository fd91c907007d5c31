/**
 * `npm run bench -- reload [turns]`: from a save to the first answer of the new code, by this package and by others,
 * in turns on the same machine, and how many connections were refused or reset meanwhile. A fresh connection asks every
 * 4 ms. Others are run when they are installed; bun when it is in the PATH.
 */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { quartiles, shown } from '../harness.mjs'

const [turns = '15'] = process.argv.slice(2)
const root = resolve(import.meta.dirname, '..', '..')
const bin = (path) => join(root, 'node_modules', path)
const node = process.execPath

const SYSTEMS = [
  ['rocksolid', [node, join(root, 'dist', 'cli.js'), 'server.mjs']],
  [
    'rocksolid, without access log, debugger and overlay',
    [node, join(root, 'dist', 'cli.js'), '--no-access', '--no-debugger', '--no-overlay', 'server.mjs'],
  ],
  ['node --watch', [node, '--watch', '--no-warnings', 'server.mjs']],
  ['nodemon', [node, bin('nodemon/bin/nodemon.js'), '--quiet', 'server.mjs']],
  ['tsx watch', [node, bin('tsx/dist/cli.mjs'), 'watch', '--clear-screen=false', 'server.mjs']],
  ['bun --watch', ['bun', '--watch', 'server.mjs']],
].filter(([, [command, file]]) => (command === 'bun' ? hasBun() : !file.startsWith('/') || existsSync(file)))

const code = (turn) => `
import http from 'node:http'
http.createServer((req, res) => res.end('${turn}')).listen(Number(process.env.PORT), '127.0.0.1')
`

function hasBun() {
  try {
    execFileSync('bun', ['--version'])
    return true
  } catch {
    return false
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  return port
}

/** The body of the answer, or the code of the failure. */
function ask(port) {
  return new Promise((resolve) => {
    const req = http.get({ port, host: '127.0.0.1', agent: false, timeout: 5000 }, (res) => {
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
  return { name, folder, port, child, turn: 0, ms: [], lost: 0 }
}

/** One save. */
async function save(system) {
  const wanted = String(++system.turn)
  let answered
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
  }
  for (let turn = 0; turn < Number(turns); turn++) {
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
console.log(`${turns} saves each, Node ${process.version}\n`)
console.log(
  '| tool | save to new code answering, ms: median [quartiles] | connections refused or reset per save |',
)
console.log('| --- | ---: | ---: |')
for (const { name, ms, lost } of systems.toSorted(
  (one, other) => quartiles(one.ms).median - quartiles(other.ms).median,
))
  console.log(`| ${name} | ${shown(quartiles(ms), 0)} | ${(lost / ms.length).toFixed(1)} |`)
