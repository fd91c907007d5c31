/** Results as a table in Markdown, for the terminal and for docs/performance.md. */

/** A table as Markdown. */
export function tableText({ columns, rows }) {
  const lines = rows.map(
    (row) => `| ${row.map((cell, at) => cellText(cell, columns[at].digits)).join(' | ')} |`,
  )
  return [
    `| ${columns.map((column) => column.name).join(' | ')} |`,
    `|${columns.map((_, at) => (at === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
    ...lines,
  ].join('\n')
}

/** `3.1 [2.2–4.0]`, `3.1`, or the text itself. */
function cellText(cell, digits = 1) {
  if (cell === null || cell === undefined) return '–'
  if (typeof cell === 'number') return cell.toFixed(digits)
  if (typeof cell === 'string') return cell
  return `${cell.median.toFixed(digits)} [${cell.low.toFixed(digits)}–${cell.high.toFixed(digits)}]`
}
