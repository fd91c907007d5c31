/** Finds the names on a line of source whose values explain it: `user`, `item.count`, `this.cache`. */

import { BoundedMap } from '../core/bounded-map.ts'
import { shared } from '../core/shared.ts'

/** A name, or a path of names, and where it stands. */
export interface Identifier {
  /** As written, without blanks: `item.count`. */
  readonly text: string
  readonly path: readonly string[]
  /** Index in the line, from 0. */
  readonly index: number
  /** Whether it is called: `price.toFixed` in `price.toFixed(2)`. */
  readonly called: boolean
}

const WORDS = new Set(
  (
    'abstract any as async await boolean break case catch class const continue debugger declare default delete do else ' +
    'enum export extends false finally for from function get if implements import in infer instanceof interface is ' +
    'keyof let new null number of package private protected public readonly return satisfies set static string super ' +
    'switch throw true try type typeof undefined unknown var void while with yield NaN Infinity'
  ).split(' '),
)

const TOKEN =
  /(?<skip>\$\{|'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|\/\/.*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?)|(?<path>[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$#][\w$]*)*)|./gu

/** Strings, and templates that end on their line and hold no other in their expressions. */
const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<template>`(?:[^`\\$]|\\.|\$(?!\{)|\$\{[^`{}]*\})*`)/gu
/** The text before, between and after the expressions of a template. */
const TEMPLATE_TEXT = /(?<=^|\})(?:[^$]|\$(?!\{))+/gu

/** Most names of one line. */
const MAX_NAMES = 12
/** Most characters of a line looked at. */
const MAX_LINE = 400

/** By line, at most 500: the lines of an error are asked for by several, and again with the next error. */
const known = shared(
  'stack.identifiers',
  () => new BoundedMap<string, readonly Identifier[]>({ maxEntries: 500 }),
)

/** The names on the line, each once, in order; names of object keys and of parameters' types are not told apart. */
export function identifiersOn(line: string): readonly Identifier[] {
  const key = line.slice(0, MAX_LINE)
  let found = known.get(key)
  if (found === undefined) {
    found = findOn(key)
    known.set(key, found)
  }
  return found
}

function findOn(line: string): readonly Identifier[] {
  const found = new Map<string, Identifier>()
  let before = ''
  for (const match of withoutTemplateText(line).matchAll(TOKEN)) {
    const text = match.groups?.path
    if (text === undefined) {
      if (match[0].trim() !== '') before = match[0]
      continue
    }
    const path = text.split(/\??\./)
    const rest = line.slice(match.index + text.length)
    const isKey = /^\s{0,8}:(?!:)/.test(rest) && /[{,(]/.test(before)
    const isMember = before === '.' || before === '#'
    before = 'x'
    if (WORDS.has(path[0] ?? '') || isKey || isMember) continue
    const called = /^\s{0,8}(?:\?\.)?\(/.test(rest)
    const key = path.join('.')
    if (!found.has(key)) found.set(key, { text: key, path, index: match.index, called })
    if (found.size >= MAX_NAMES) break
  }
  return [...found.values()]
}

/** Blanks in the place of the words of templates, which are no names. */
function withoutTemplateText(line: string): string {
  const blank = (text: string): string => ' '.repeat(text.length)
  return line.replace(QUOTED, (whole, template?: string) =>
    template === undefined ? whole : whole.replace(TEMPLATE_TEXT, blank),
  )
}
