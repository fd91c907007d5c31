// Runs every behaviour on every server and every runtime, and writes the table of docs/frameworks.md. A cell that does
// not hold must be named with its reason in test/frameworks/limits.ts; else this ends with 1 and writes nothing.
// Two optional arguments, regular expressions for runtimes and servers, try a part and write nothing either.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { limitOf } from '../test/frameworks/limits.ts'
import {
  ADAPTERS,
  behavioursFor,
  RUNTIMES,
  type Runtime,
  SERVERS,
  type Server,
  tryAll,
  type Way,
} from '../test/frameworks/servers.ts'

const page = join(import.meta.dirname, '..', 'docs', 'frameworks.md')
const [runtimes, servers] = [process.argv[2], process.argv[3]].map((one) => new RegExp(one ?? ''))
const chosen = RUNTIMES.filter(({ name }) => runtimes?.test(name))
const reasons: string[] = []
let failures = 0

const tables: string[] = []
for (const way of ['register', 'adapter'] satisfies Way[]) {
  const list = (way === 'register' ? SERVERS : ADAPTERS).filter(({ name }) => servers?.test(name))
  const rows: string[][] = [[way === 'register' ? 'rocksolid/register' : 'adapters', ...chosen.map(titleOf)]]
  for (const server of list) {
    const cells = []
    for (const runtime of chosen) cells.push(await cell(server, runtime, way))
    rows.push([server.title, ...cells])
  }
  tables.push(markdown(rows))
}
const notes = reasons.map((reason, index) => `${index + 1}. ${reason}`).join('\n')
if (failures > 0) process.exitCode = 1
else if (process.argv.length === 2) {
  const text = readFileSync(page, 'utf8')
  const table = `<!-- table -->\n\n${[...tables, notes].join('\n\n')}\n\n<!-- /table -->`
  writeFileSync(
    page,
    text.replace(/<!-- table -->[\s\S]*<!-- \/table -->/, () => table),
  )
}

/** `20` when all behaviours hold, else how many of how many and the numbers of the reasons. */
async function cell(server: Server, runtime: Runtime, way: Way): Promise<string> {
  const outcomes = await tryAll(server, runtime, way).catch(
    (error: Error) => new Map([['starts', error.message.slice(0, 600)]]),
  )
  const failed = [...outcomes].filter(([, failure]) => failure !== undefined)
  failures += failed.length
  const told = failed.map(([name, failure]) => `\n    ${name}: ${failure}`).join('')
  console.log(`${way} ${runtime.name} ${server.title}: ${outcomes.size - failed.length} hold${told}`)
  const all = behavioursFor(server, way)
  const marks = new Set<number>()
  for (const { name } of all) {
    const reason = limitOf(server.name, runtime.name, name, way)
    if (reason === undefined) continue
    if (!reasons.includes(reason)) reasons.push(reason)
    marks.add(reasons.indexOf(reason) + 1)
  }
  if (marks.size === 0) return String(all.length)
  return `${outcomes.size} of ${all.length} (${[...marks].join(', ')})`
}

function titleOf({ name }: Runtime): string {
  return name.replace(/\.\d+\.\d+$/, '')
}

function markdown([head = [], ...rows]: readonly string[][]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
