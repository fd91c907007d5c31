/** morgan's syntax: `:name`, `:name[argument]`. A literal colon before two word characters is written `::`. */

import { FormatError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { type FieldTable, namedSegment } from './named-field.ts'
import type { Segment } from './segment.ts'

const TOKEN = /::|:([-\w]{2,})(?:\[([^\]]+)\])?/g

/** @throws {FormatError} for an unknown name or a wrong argument */
export function parseMorgan(format: string, table: FieldTable): Segment[] {
  const segments: Segment[] = []
  let from = 0
  for (const match of format.matchAll(TOKEN)) {
    const [whole, name, argument] = match
    segments.push(format.slice(from, match.index))
    from = match.index + whole.length
    if (name === undefined) {
      segments.push(':')
      continue
    }
    if (!table.has(name)) throw unknownToken(name, table, format, match.index)
    segments.push({
      ...namedSegment(table, name, argument, { format, position: match.index }),
      missingToo: 'empty',
    })
  }
  segments.push(format.slice(from))
  return segments
}

/** Whether the format has at least one name that this syntax knows; answers where. */
export function findMorgan(format: string, table: FieldTable): number {
  for (const match of format.matchAll(TOKEN))
    if (match[1] !== undefined && table.has(match[1])) return match.index
  return -1
}

function unknownToken(name: string, table: FieldTable, format: string, position: number): FormatError {
  const meant = nearest(name, table.keys())
  const hint =
    meant === undefined
      ? ' For a literal colon write "::".'
      : ` Did you mean ":${meant}"? For a literal colon write "::".`
  return new FormatError(
    `Unknown token ":${name}".${hint} All tokens: docs/reference/tokens.md.`,
    format,
    position,
  )
}
