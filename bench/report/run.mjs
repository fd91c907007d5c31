/**
 * What a page of an error costs: `npm run bench -- report [rounds]`.
 * The pages take turns, each in a process of its own; times are milliseconds of wall clock, sizes are bytes.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const NAMES = ['rocksolid', 'youch', 'my-bad']
const rounds = Number(process.argv[2] ?? 9)
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

/** Processes that draw many pages, for each page under test. */
const WARM_PROCESSES = 5

const quantile = (values, part) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN

const cold = new Map(NAMES.map((name) => [name, []]))
for (let round = 0; round < rounds; round++) {
  for (const name of NAMES) cold.get(name).push((await measure(name, 'cold')).cold)
}
const warm = new Map(NAMES.map((name) => [name, []]))
const pages = new Map()
for (let round = 0; round < WARM_PROCESSES; round++) {
  for (const name of NAMES) {
    const { times, page } = await measure(name, 'warm')
    warm.get(name).push(...times)
    pages.set(name, page)
  }
}
console.log('| page | cold p50 ms | cold best ms | warm p50 ms | warm p99 ms | bytes | gzip |')
console.log('|---|---|---|---|---|---|---|')
for (const name of NAMES) {
  const [times, page] = [warm.get(name), pages.get(name)]
  const cells = [
    quantile(cold.get(name), 0.5),
    Math.min(...cold.get(name)),
    quantile(times, 0.5),
    quantile(times, 0.99),
  ]
  const sizes = [Buffer.byteLength(page), gzipSync(page).length]
  console.log(`| ${[name, ...cells.map((value) => value.toFixed(2)), ...sizes].join(' | ')} |`)
}
rmSync(folder, { recursive: true })
