/**
 * What a page of an error costs: `npm run bench -- page [short] [options]`.
 * The pages take turns, each in a process of its own; times are milliseconds of wall clock, sizes are bytes.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { benchArguments } from '../arguments.mjs'
import { quartiles } from '../harness.mjs'
import { installPeers } from '../peers.mjs'
import { publish } from '../results.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const NAMES = ['rocksolid', 'youch', 'my-bad']
const { rounds, processes, whole } = benchArguments('page', {
  numbers: { rounds: [9, 2], processes: [5, 2] },
})
installPeers()
const module = fileURLToPath(new URL('./page.mjs', import.meta.url))
// Inside the project, so that packages are found from there.
const folder = mkdtempSync(join(root, 'node_modules/.bench-report-'))

await build({
  stdin: {
    contents: `export { buildReport } from './src/report/build-report.ts'; export { renderHtml } from './src/report/render-html.ts'`,
    resolveDir: root,
    loader: 'ts',
  },
  outfile: join(folder, 'report.mjs'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
})

async function measure(name, mode) {
  const child = fork(module, [name, mode, join(folder, 'report.mjs')], { cwd: root })
  const [answer] = await once(child, 'message')
  return answer
}

const quantile = (values, part) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN

const cold = new Map(NAMES.map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const name of NAMES) cold.get(name).push((await measure(name, 'cold')).cold)
}
const warm = new Map(NAMES.map((name) => [name, []]))
const pages = new Map()
for (let round = 0; round < processes; round++) {
  for (const name of NAMES) {
    const { times, page } = await measure(name, 'warm')
    warm.get(name).push(...times)
    pages.set(name, page)
  }
}
const rows = NAMES.map((name) => {
  const [times, page] = [warm.get(name), pages.get(name)]
  return [
    name,
    quartiles(cold.get(name)),
    quartiles(times),
    quantile(times, 0.99),
    Buffer.byteLength(page) / 1024,
    gzipSync(page).length / 1024,
  ]
})
rmSync(folder, { recursive: true })
publish('page', {
  about:
    'The page of a chain of three errors with ten frames, made and drawn. The first page of a process includes ' +
    'importing what draws it, in a process that has `node:http` and `node:crypto` as any server has; warm pages come after a hundred others, each of a new error. All are single pages with ' +
    'everything in them; served by the debugger, ours has its script and style in files of their own.',
  remarks: [
    'First pages are level with my-bad, a little ahead in some runs and behind in others; warm ones are ahead. What is the same from error to error is kept: lines of source as long as their file stays as it is, their drawing, masked text, facts of packages. youch and stack-trace are loaded when the first page has gone; from then on youch, whose pipeline draws ours, draws every page.',
  ],
  peers: ['youch', 'my-bad'],
  keep: whole ? 'all' : 'none',
  tables: [
    {
      title: 'The page of an error',
      columns: [
        { name: 'page' },
        { name: 'first, ms', digits: 1 },
        { name: 'warm, ms', digits: 2 },
        { name: 'warm p99, ms', digits: 2 },
        { name: 'KiB', digits: 0 },
        { name: 'KiB gzip', digits: 0 },
      ],
      rows,
      plot: 2,
    },
  ],
})
