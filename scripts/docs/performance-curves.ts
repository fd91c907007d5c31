/** The picture of what grows, or does not: one line for each column, over steps that grow tenfold. */

import type { TableData } from '../../bench/table-text.mjs'

/** Of all pictures of the page; they follow the reader's dark or light scheme. */
export const STYLE = [
  '<style>text{font:13px ui-sans-serif,system-ui,sans-serif;fill:#3b4252}.ours{fill:#2f6fdb}.peer{fill:#b8c0cc}path{stroke:#3b4252;fill:none}',
  '.ours-line{stroke:#2f6fdb;stroke-width:2}.peer-line{stroke:#8a94a6;stroke-width:2}.axis{stroke-opacity:.3}',
  '@media(prefers-color-scheme:dark){text{fill:#d8dee9}.ours{fill:#6ea8fe}.peer{fill:#566072}path{stroke:#d8dee9}',
  '.ours-line{stroke:#6ea8fe}.peer-line{stroke:#8a94a6}}</style>',
].join('\n')

const WIDTH = 720
const HEIGHT = 220
const LEFT = 70
const RIGHT = 190
const TOP = 34
const BOTTOM = 34

/** @param shown the columns that become lines; steps stand at equal distances */
export function curves(
  { title, columns, rows }: TableData & { readonly title: string },
  shown: readonly number[],
): string {
  const lines = shown.map((column) => ({
    name: columns[column]?.name ?? '',
    digits: columns[column]?.digits ?? 1,
    values: rows.map((row) => numberIn(row[column])),
  }))
  const all = lines.flatMap(({ values }) => values)
  const most = Math.max(...all, 0.001)
  const least = Math.min(...all, 0)
  const x = (at: number): number => LEFT + (at / Math.max(1, rows.length - 1)) * (WIDTH - LEFT - RIGHT)
  const y = (value: number): number => TOP + (1 - (value - least) / (most - least)) * (HEIGHT - TOP - BOTTOM)
  const steps = rows.map(
    (row, at) =>
      `<text x="${x(at).toFixed(1)}" y="${HEIGHT - 12}" text-anchor="middle">${escaped(String(row[0]))}</text>`,
  )
  const drawn = lines.map(({ name, digits, values }) => {
    const kind = name.startsWith('rocksolid') ? 'ours' : 'peer'
    const points = values.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    const last = values.at(-1) ?? 0
    return [
      `<path class="${kind}-line" d="M${points.join('L')}"/>`,
      `<text x="${WIDTH - RIGHT + 8}" y="${(y(last) + 4).toFixed(1)}">${escaped(`${name.split(',')[0] ?? ''} ${last.toFixed(digits)}`)}</text>`,
    ].join('')
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(title)}">`,
    STYLE,
    `<text x="0" y="14" font-weight="600">${escaped(`${title}${unitOf(lines[0]?.name)}`)}</text>`,
    `<path class="axis" d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}${least < 0 ? `M${LEFT} ${y(0).toFixed(1)}` : ''}H${WIDTH - RIGHT}"/>`,
    `<text x="${LEFT - 8}" y="${TOP + 4}" text-anchor="end">${most.toFixed(lines[0]?.digits ?? 1)}</text>`,
    ...(least < 0
      ? [
          `<text x="${LEFT - 8}" y="${(y(0) + 4).toFixed(1)}" text-anchor="end">0</text>`,
          `<text x="${LEFT - 8}" y="${HEIGHT - BOTTOM + 4}" text-anchor="end">${least.toFixed(lines[0]?.digits ?? 1)}</text>`,
        ]
      : []),
    ...steps,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}

/** Text of a result in a picture. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)

const unitOf = (name: string | undefined): string => {
  const unit = name?.split(', ')[1]
  return unit === undefined ? '' : `, ${unit}`
}

const numberIn = (cell: TableData['rows'][number][number] | undefined): number =>
  typeof cell === 'number' ? cell : typeof cell === 'object' && cell !== null ? cell.median : 0
