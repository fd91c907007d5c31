/**
 * `npm run bench -- logger [lines] [rounds]`: the same records to a real file, by this package and by others, each
 * run in a process of its own, in a new random order each round. CPU time is what to compare; the wall clock depends
 * on what else the machine does.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [lines = '200000', rounds = '5', only = ''] = process.argv.slice(2)
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
  return readdirSync(folder).reduce(
    (sum, name) => sum + readFileSync(join(folder, name), 'latin1').split('\n').length - 1,
    0,
  )
}

const { systems } = await run('')
const chosen = systems.filter((name) => name.includes(only))
const results = new Map(
  chosen.map((name) => [name, { cpu: [], rss: [], perSecond: [], burstRss: [], missing: 0 }]),
)

for (let round = 0; round < Number(rounds); round++) {
  for (const name of [...chosen].sort(() => Math.random() - 0.5)) {
    for (const mode of ['steady', 'burst']) {
      const folder = mkdtempSync(join(tmpdir(), 'bench-logger-'))
      const { cpu, ms, rssMb } = await run(name, join(folder, 'app.log'), lines, mode)
      const result = results.get(name)
      if (mode === 'steady') {
        result.cpu.push(cpu)
        result.rss.push(rssMb)
        result.perSecond.push(Number(lines) / (ms / 1000))
      } else result.burstRss.push(rssMb)
      if (!/rotation|3 files|level off/.test(name)) {
        result.missing = Math.max(result.missing, Number(lines) + 2000 - written(folder))
      }
      rmSync(folder, { recursive: true })
    }
  }
}

const sorted = (values) => [...values].sort((a, b) => a - b)
const median = (values) => sorted(values)[Math.floor(values.length / 2)]
console.log(`${lines} lines, ${rounds} rounds, Node ${process.version}\n`)
console.log('| system | CPU µs/line, least | median | lines/s, median | peak MB steady | burst | missing |')
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
for (const [name, { cpu, rss, perSecond, burstRss, missing }] of [...results].sort(
  (a, b) => median(a[1].cpu) - median(b[1].cpu),
)) {
  const least = sorted(cpu)[0].toFixed(name.includes('level off') ? 3 : 2)
  const middle = median(cpu).toFixed(name.includes('level off') ? 3 : 2)
  console.log(
    `| ${name} | ${least} | ${middle} | ${Math.round(median(perSecond))} | ${median(rss).toFixed(0)} | ${median(burstRss).toFixed(0)} | ${missing} |`,
  )
}
