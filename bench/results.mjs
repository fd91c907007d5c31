/**
 * What a benchmark found: printed as tables, and kept as JSON in bench/results/, from which `npm run docs` writes
 * docs/performance.md. A number is a number; what was measured many times is its median and quartiles.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { versionOf } from './peers.mjs'
import { tableText } from './table-text.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Prints the tables of a benchmark and keeps them when it ran in full.
 *
 * @param name the benchmark's folder
 * @param about what was done, in one paragraph
 * @param peers packages whose versions belong to the numbers
 * @param tables `{ title, columns: [{ name, digits }], rows: [[cell, …]], plot }`; a cell is a text, a number or
 *   `{ low, median, high }`; `plot` names the column that the picture shows
 * @param remarks what the reader should know of the numbers: where we are not first, and why
 * @param keep `all` of the result, `none` of it, as in the short mode, or `these tables` in place of the kept ones
 * @param order titles of all tables; needed when only some of them are given
 */
export function publish(name, { about, peers = [], tables: measured, remarks = [], keep, order = [] }) {
  for (const table of measured) console.log(`\n${table.title}\n\n${tableText(table)}`)
  if (keep === 'none') return
  const folder = join(root, 'bench', 'results')
  const file = join(folder, `${name}.json`)
  mkdirSync(folder, { recursive: true })
  const tables = keep === 'all' ? measured : amongKept(file, measured, order)
  const versions = Object.fromEntries(peers.map((peer) => [peer, versionOf(peer)]))
  const result = {
    name,
    about,
    measured: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions,
    remarks,
    tables,
  }
  writeFileSync(file, `${JSON.stringify(result, rounded, 1)}\n`)
  console.log(`\nKept in bench/results/${name}.json; "npm run docs" writes docs/performance.md from it.`)
}

/** New tables in the place of those with their titles; others stay. */
function amongKept(file, tables, order) {
  const kept = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).tables : []
  const found = new Map([...kept, ...tables].map((table) => [table.title, table]))
  return order.flatMap((title) => found.get(title) ?? [])
}

/** The words for a ratio: `equal` where bare against bare differs as much. */
export function verdict(ratio, floor) {
  const noise = Math.max(Math.abs(floor.low - 1), Math.abs(floor.high - 1), Math.abs(floor.median - 1))
  return Math.abs(ratio.median - 1) <= noise ? 'equal' : ratio.median < 1 ? 'less' : 'more'
}

const rounded = (_key, value) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value)

const machine = () => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
})
