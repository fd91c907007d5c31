/**
 * `npm run bench -- logger [short] [options]`: the same records to a real file, by this package and by others,
 * each run in a process of its own, in a new random order each round. CPU time is what to compare; the wall clock
 * depends on what else the machine does. Then what this package promises of itself, beside what it measured.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchArguments } from '../arguments.mjs'
import { quartiles } from '../harness.mjs'
import { installPeers } from '../peers.mjs'
import { publish } from '../results.mjs'

const subject = fileURLToPath(new URL('./subject.mjs', import.meta.url))

async function run(...args) {
  const child = fork(subject, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  let result
  child.on('message', (message) => {
    result = message
  })
  await once(child, 'exit')
  if (result === undefined) throw new Error(`${args[0]} (${args[3]}) ended without a result`)
  return result
}

/** Lines that are in the files of a run, rotated ones included. */
function written(folder) {
  const bytes = Buffer.alloc(1_048_576)
  let count = 0
  for (const name of readdirSync(folder)) {
    const fd = openSync(join(folder, name))
    for (let length = readSync(fd, bytes); length > 0; length = readSync(fd, bytes)) {
      for (let at = bytes.indexOf(10); at >= 0 && at < length; at = bytes.indexOf(10, at + 1)) count++
    }
    closeSync(fd)
  }
  return count
}

const { systems } = await run('')
const { lines, rounds, system, whole } = benchArguments('logger', {
  numbers: { lines: [500_000, 50_000], rounds: [3, 2] },
  words: { system: systems },
})
installPeers()
const chosen = systems.filter((name) => name.toLowerCase().includes(system))
const results = new Map(
  chosen.map((name) => [name, { cpu: [], rss: [], perSecond: [], burstRss: [], missing: 0 }]),
)

/** Runs a system on a file in a folder of its own; gives back its result and the lines that are there after it. */
async function measure(name, count, mode) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-logger-'))
  const result = await run(name, join(folder, 'app.log'), String(count), mode)
  const arrived = /rotation|3 files|level off/.test(name) ? undefined : written(folder)
  rmSync(folder, { recursive: true })
  return { ...result, arrived }
}

for (let round = 0; round < rounds; round++) {
  for (const name of [...chosen].sort(() => Math.random() - 0.5)) {
    for (const mode of round === 0 ? ['steady', 'burst'] : ['steady']) {
      // A call that does nothing is measured a thousand times per line.
      const count = name.includes('level off') ? Math.min(lines, 20_000) : lines
      const { cpu, ms, rssMb, arrived } = await measure(name, count, mode)
      const result = results.get(name)
      if (mode === 'steady') {
        result.cpu.push(cpu)
        result.rss.push(rssMb)
        result.perSecond.push(count / (ms / 1000))
      } else result.burstRss.push(rssMb)
      if (arrived !== undefined) result.missing = Math.max(result.missing, count + 2000 - arrived)
    }
  }
}

const least = (name) => Math.min(...results.get(name).cpu)
const rows = [...results]
  .map(([name, { cpu, rss, perSecond, burstRss, missing }]) => [
    name,
    quartiles(cpu),
    quartiles(perSecond).median,
    quartiles(rss).median,
    quartiles(burstRss).median,
    /rotation|3 files|level off/.test(name) ? null : missing,
  ])
  .sort((one, other) => one[1].median - other[1].median)

const tables = [
  {
    title: 'Lines to a file',
    columns: [
      { name: 'system' },
      { name: 'CPU µs/line', digits: 2 },
      { name: 'lines/s', digits: 0 },
      { name: 'peak MB', digits: 0 },
      { name: 'peak MB, one burst', digits: 0 },
      { name: 'missing lines', digits: 0 },
    ],
    rows,
    plot: 1,
  },
]
if (whole) tables.push(await promises())

publish('logger', {
  about:
    `The same ${lines} records to a real file, a hundred in each turn of the event loop, each run in a process of its ` +
    'own and in a new random order each round. Lines that are not in the file afterwards are counted.',
  remarks: [
    'What a line costs beyond this is nearly what `JSON.stringify` alone costs in the same run; Not first: `sync: true`, which writes each line by itself as `pino sync` and bunyan do, and before each looks whether the file is still the one at its path, so that no line follows a file that was moved away; that look is what it costs more. All of them are far behind what writes a turn of the event loop at once, which loses nothing but to `kill -9`. A process that lives for less than some 200,000 lines pays about half as much again, while the runtime compiles.',
  ],
  peers: ['pino', 'winston', '@logtape/logtape', '@logtape/file', 'bunyan', 'log4js'],
  tables,
  keep: whole ? 'all' : 'none',
})

async function promises() {
  const peers = chosen.filter((name) => !/rocksolid|JSON/.test(name))
  const best = Math.min(...peers.map(least)).toFixed(2)
  const burst = await measure('rocksolid', 500_000, 'burst')
  const long = await measure('rocksolid', 10_000_000, 'steady')
  const [, early] = long.tenths
  const late = long.tenths.at(-1)
  const rotated = least('rocksolid, 10 MiB rotation') / least('rocksolid')
  const three = least('rocksolid, 3 files') / least('rocksolid')
  return {
    title: 'What is promised',
    columns: [{ name: 'promise' }, { name: 'measured' }],
    rows: [
      [
        'a JSON line for at most 1.7 µs of CPU',
        `${least('rocksolid').toFixed(2)} µs at best; the best of the others ${best}`,
      ],
      ['rotation at 10 MiB at the same cost', `${rotated.toFixed(2)} times one file`],
      ['three files below 1.5 times one', `${three.toFixed(2)} times`],
      [
        'a burst of 500,000 below 90 MB',
        `${burst.rssMb.toFixed(0)} MB, ${502_000 - burst.arrived} lines missing`,
      ],
      ['a level that is off below 10 ns', `${(least('rocksolid, level off') * 1000).toFixed(1)} ns`],
      [
        'memory flat over 10,000,000 lines',
        `${early.toFixed(0)} MB after 2,000,000, ${late.toFixed(0)} MB at the end, ${10_002_000 - long.arrived} lines missing`,
      ],
    ],
  }
}
