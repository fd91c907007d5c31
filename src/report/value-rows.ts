/** Writes the values of a line under the names they belong to, each with a stem up to its name. */

import type { DescriptionEntry } from '../inspect/description.ts'
import { identifiersOn } from '../stack/identifiers.ts'

const MAX_VALUE = 60

/**
 * Rows to stand under `line`, tabs as two blanks:
 *
 *     sum + price.toFixed(2)
 *     │     └ undefined
 *     └ 0
 *
 * Values of paths stand under the last part of the path. Nothing for values whose name is not on the line.
 */
export function valueRows(
  line: string,
  values: readonly DescriptionEntry[],
  width: number,
): readonly string[] {
  const places: { column: number; text: string }[] = []
  const taken = new Set<number>()
  for (const { key, value } of values) {
    const column = columnOf(line, key)
    if (column === undefined || taken.has(column) || column > width - 8) continue
    taken.add(column)
    const room = Math.min(MAX_VALUE, width - column - 2)
    const text = value.text.length > room ? `${value.text.slice(0, room - 1)}…` : value.text
    places.push({ column, text })
  }
  places.sort((a, b) => a.column - b.column)
  return places
    .map(({ column, text }, index) => {
      let row = ''
      for (const earlier of places.slice(0, index)) row = `${row.padEnd(earlier.column)}│`
      return `${row.padEnd(column)}└ ${text}`
    })
    .reverse()
}

/** Where the last part of a name stands, as shown. */
function columnOf(line: string, key: string): number | undefined {
  const parts = key.split('.')
  for (const { path, index, text } of identifiersOn(line)) {
    if (!parts.every((part, at) => path[at] === part)) continue
    let at = index
    // Steps over the parts before: each is followed by `.` or `?.`.
    for (const part of path.slice(0, parts.length - 1)) {
      at += part.length
      at += line.startsWith('?.', at) ? 2 : 1
    }
    return at > index + text.length ? index : shownLength(line.slice(0, at))
  }
  return undefined
}

const shownLength = (text: string): number => text.replaceAll('\t', '  ').length
