/** Draws a description as text of several lines, for a terminal, a log or a copy. */

import type { Description, DescriptionEntry } from './description.ts'

/** Widest value kept on one line. */
const LINE = 76

/**
 * The description as a person would write the value: on one line when it fits and nothing is left out, else one
 * child a line, indented by two spaces.
 */
export function descriptionToText(description: Description): string {
  return draw(description, '')
}

function draw(description: Description, indent: string): string {
  const { entries, text } = description
  if (entries === undefined || entries.length === 0) return text
  const closedText = /[[{]/.exec(text)
  const whole = drawFlat(description)
  if (whole !== undefined && indent.length + whole.length <= LINE) return whole
  const isList = LISTS.has(description.type)
  const open = isList ? '[' : '{'
  const head = headText(description, closedText?.index)
  const inner = `${indent}  `
  const lines = entries.map((entry) => `${inner}${label(entry)}${draw(entry.value, inner)},`)
  if (description.more !== undefined) lines.push(`${inner}… ${description.more} more`)
  return `${head}${open}\n${lines.join('\n')}\n${indent}${isList ? ']' : '}'}`
}

const LISTS: ReadonlySet<string> = new Set(['array', 'typed-array', 'set'])
const CLOSED: ReadonlySet<string> = new Set([
  'error',
  'function',
  'class',
  'promise',
  'regexp',
  'date',
  'weak',
])

function headText({ type, text }: Description, bracket: number | undefined): string {
  if (CLOSED.has(type)) return `${text} `
  if (text.startsWith('[Object: null prototype] ') || text.startsWith('[Module] ')) {
    return text.slice(0, text.indexOf(']') + 2)
  }
  return bracket === undefined ? '' : text.slice(0, bracket)
}

/** The value on one line when all of it fits there; undefined when something would be missing. */
function drawFlat(description: Description): string | undefined {
  const { entries, text, type } = description
  if (entries === undefined || entries.length === 0) return text
  if (description.more !== undefined || CLOSED.has(type)) return undefined
  const parts: string[] = []
  let length = 0
  for (const entry of entries) {
    const value = drawFlat(entry.value)
    if (value === undefined) return undefined
    const part = `${label(entry)}${value}`
    length += part.length + 2
    if (length > LINE) return undefined
    parts.push(part)
  }
  const head = headText(description, /[[{]/.exec(text)?.index)
  return LISTS.has(type) ? `${head}[${parts.join(', ')}]` : `${head}{ ${parts.join(', ')} }`
}

function label(entry: DescriptionEntry): string {
  if (entry.kind === 'index' || entry.kind === 'set') return ''
  if (entry.kind === 'map') return `${entry.key} => `
  return entry.kind === 'symbol' ? `[${entry.key}]: ` : `${entry.key}: `
}
