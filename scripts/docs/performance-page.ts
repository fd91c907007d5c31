/** The page docs/performance.md and its pictures, out of what `npm run bench` kept in bench/results/. */

import { readdirSync, readFileSync } from 'node:fs'
import { type TableData, tableText } from '../../bench/table-text.mjs'
import { curves, escaped, STYLE } from './performance-curves.ts'

interface Table extends TableData {
  readonly title: string
  /** The column that the picture shows. */
  readonly plot?: number
  /** The columns whose growth the picture shows, over the first column. */
  readonly curves?: readonly number[]
}

export interface BenchResult {
  readonly name: string
  readonly about: string
  readonly measured: string
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryGb: number
    readonly node: string
  }
  readonly versions: Readonly<Record<string, string>>
  readonly remarks?: readonly string[]
  readonly tables: readonly Table[]
}

/** The order of the sections, with their headings; a result without a place here is an error. */
const SECTIONS: Readonly<Record<string, string>> = {
  access: 'The access log',
  debugger: 'The debugger',
  page: 'The error page',
  logger: 'The logger',
  reload: 'Reloading',
  startup: 'Start-up and size',
  memory: 'Growth with work',
  register: 'The register',
}

const INTRODUCTION = `# Performance

Written by \`npm run docs\` from what \`npm run bench -- <name>\` measured. Everything is compared in one run, in turns that
lie side by side, because machines are noisy: read ratios and medians, not single numbers. \`3.1 [2.2–4.0]\` is a median
with its quartiles. The row that compares the bare server with itself is the noise of the machine; what lies within it is
no difference. CPU times are the measured process's own accounting, user and system.
`

/** All kept results, in the order of the sections. */
export function keptResults(folder: URL): readonly BenchResult[] {
  const results = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as BenchResult)
  const stray = results.find(({ name }) => SECTIONS[name] === undefined)
  if (stray !== undefined) throw new Error(`bench/results/${stray.name}.json has no section in the page`)
  const order = Object.keys(SECTIONS)
  return results.sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name))
}

/** The whole page as Markdown. */
export function performancePage(results: readonly BenchResult[]): string {
  return [INTRODUCTION, ...results.map(section)].join('\n')
}

/** The pictures of the tables that have one: path below docs/ to SVG. */
export function performancePictures(results: readonly BenchResult[]): ReadonlyMap<string, string> {
  const pictures = new Map<string, string>()
  for (const result of results) {
    for (const [at, table] of result.tables.entries()) {
      if (table.plot !== undefined) pictures.set(pictureOf(result, at), bars(table, table.plot))
      else if (table.curves !== undefined) pictures.set(pictureOf(result, at), curves(table, table.curves))
    }
  }
  return pictures
}

function section(result: BenchResult): string {
  const { name, about, machine, versions, measured, remarks = [], tables } = result
  const peers = Object.entries(versions).map(([peer, version]) => `${peer} ${version}`)
  return [
    `## ${SECTIONS[name]}`,
    '',
    about,
    '',
    `\`npm run bench -- ${name}\`, ${measured}, Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGb} GB.` +
      (peers.length > 0 ? ` Peers: ${peers.join(', ')}.` : ''),
    '',
    ...tables.flatMap((table, at) => [
      `### ${table.title}`,
      '',
      ...(table.plot === undefined && table.curves === undefined
        ? []
        : [`![${table.title}](${pictureOf(result, at)})`, '']),
      tableText(table),
      '',
    ]),
    ...remarks.flatMap((remark) => [remark, '']),
  ].join('\n')
}

const pictureOf = ({ name }: BenchResult, at: number): string => `images/performance-${name}-${at + 1}.svg`

const ROW = 26
const LABEL = 220
const WIDTH = 720

/** Horizontal bars of one column from zero, to the left where less was spent than without; whiskers at the quartiles. */
function bars({ title, columns, rows }: Table, plot: number): string {
  const digits = columns[plot]?.digits ?? 1
  const shown = rows.flatMap((row) => {
    const cell = row[plot]
    const spread = typeof cell === 'number' ? { low: cell, median: cell, high: cell } : cell
    return typeof spread === 'object' && spread !== null ? [{ label: String(row[0]), ...spread }] : []
  })
  const most = Math.max(...shown.map(({ high }) => high), 0.001)
  const least = Math.min(...shown.map(({ low }) => low), 0)
  const at = (value: number): number => LABEL + ((value - least) / (most - least)) * (WIDTH - LABEL - 70)
  const x = (value: number): string => at(value).toFixed(1)
  const zero = Number(x(0))
  const lines = shown.map(({ label, low, median, high }, row) => {
    const y = 34 + row * ROW
    const end = Number(x(median))
    const ours = /rocksolid|accessLog|attach|adapter|debugger|no consoles|access log|nothing on/.test(label)
      ? 'ours'
      : 'peer'
    const whisker = `M${x(low)} ${y}H${x(high)}M${x(low)} ${y - 4}v8M${x(high)} ${y - 4}v8`
    return [
      `<text x="${LABEL - 8}" y="${y + 4}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="${ours}" x="${shortened(Math.min(zero, end))}" y="${y - 8}" width="${Math.abs(end - zero).toFixed(1)}" height="16" rx="2"/>`,
      low === high ? '' : `<path d="${whisker}"/>`,
      `<text x="${(Math.max(zero, Number(x(high))) + 8).toFixed(1)}" y="${y + 4}">${median.toFixed(digits)}</text>`,
    ].join('')
  })
  const height = 34 + shown.length * ROW
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    STYLE,
    `<text x="0" y="14" font-weight="600">${escaped(`${title}: ${columns[plot]?.name ?? ''}`)}</text>`,
    ...lines,
    ...(least < 0 ? [`<path class="axis" d="M${x(0)} 22V${height - 10}"/>`] : []),
    '</svg>',
    '',
  ].join('\n')
}

/** Without a fraction that says nothing. */
const shortened = (length: number): string => String(Number(length.toFixed(1)))
