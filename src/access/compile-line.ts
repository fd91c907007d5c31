/** Turns segments into the function that writes a line, and says what must be measured for it. */

import type { Exchange } from '../http/exchange.ts'
import type { Escape } from './escape.ts'
import type { FieldSettings, Piece, Reader, Safe, Value } from './field.ts'
import { printf } from './printf.ts'
import type { FieldSegment, Segment } from './segment.ts'

/** A format that is ready to write lines. */
export interface CompiledLine {
  /** Bits of NEEDS. */
  readonly needs: number
  readonly write: (exchange: Exchange) => string
}

/** What the compiler is told besides the segments. */
export interface CompileSettings extends FieldSettings {
  readonly escape: Escape
  /** Most characters of one value; longer ones are cut and end in `...`. */
  readonly maxValueLength: number
}

type TextReader = (exchange: Exchange) => string

/** Compiles without generating code, so it works where `eval` is forbidden. */
export function compileLine(segments: readonly Segment[], settings: CompileSettings): CompiledLine {
  let head = ''
  let needs = 0
  const parts: { readonly segment: FieldSegment; tail: string }[] = []
  for (const segment of segments) {
    if (typeof segment === 'string' || isNever(segment)) {
      const literal = typeof segment === 'string' ? segment : segment.missing
      const last = parts.at(-1)
      if (last === undefined) head += literal
      else last.tail += literal
    } else {
      needs |= segment.field.needs ?? 0
      parts.push({ segment, tail: '' })
    }
  }
  const readers = gathered(parts.flatMap(({ segment, tail }) => piecesOf(segment, tail, settings)))
  const write = (exchange: Exchange): string => {
    let line = head
    for (let index = 0; index < readers.length; index++) line += (readers[index] as TextReader)(exchange)
    return line
  }
  return { needs, write }
}

/** Puts pieces together that stand side by side and seldom change. */
function gathered(pieces: readonly Piece[]): readonly TextReader[] {
  const readers: TextReader[] = []
  let group: TextReader[] = []
  const endGroup = (): void => {
    const [first] = group
    if (first !== undefined) readers.push(group.length === 1 ? first : together(group))
    group = []
  }
  for (const { text, varies } of pieces) {
    if (varies !== true) group.push(text)
    else {
      endGroup()
      readers.push(text)
    }
  }
  endGroup()
  return readers
}

/** The text of several pieces, made anew only when one of them is another than in the line before. */
function together(pieces: readonly TextReader[]): TextReader {
  const last = pieces.map(() => '')
  let text = ''
  // Kept from line to line: a reader that throws ends a line among its pieces.
  let isStale = false
  return (exchange) => {
    for (let index = 0; index < pieces.length; index++) {
      const piece = (pieces[index] as TextReader)(exchange)
      if (piece === last[index]) continue
      last[index] = piece
      isStale = true
    }
    if (isStale) text = last.join('')
    isStale = false
    return text
  }
}

/** Reads a field as text with the literal text that follows it: what is remembered of it is then one piece, not two. */
function piecesOf(segment: FieldSegment, tail: string, settings: CompileSettings): readonly Piece[] {
  const { field, argument, missing, missingToo, empty, around, statuses, print } = segment
  const { varies } = field
  const { escape: escaped, maxValueLength } = settings
  const safe: Safe = (change, end = '', start = '') =>
    remembered((text) => flat(start, escaped(cut(change(text), maxValueLength)), end))
  const absent = missing + tail
  const none = missingToo === 'zero' ? 0 : missingToo === 'empty' ? '' : undefined
  const isBare = [none, empty, around, statuses, print].every((one) => one === undefined)
  if (isBare && field.bindPieces !== undefined)
    return field.bindPieces(argument, settings, { safe, absent, tail })
  const read = readerFor(statuses, field.bind(argument, settings))
  if (print !== undefined) {
    const plain = field.plain === true ? unchanged : safe(unchanged)
    const text = (exchange: Exchange): string => {
      const value = read(exchange)
      return printf(value === none ? undefined : value, print, missing, plain) + tail
    }
    return [{ text, varies }]
  }
  const [start, end] = around === undefined ? ['', tail] : [around[0], around[1] + tail]
  const clean = safe(unchanged, end, start)
  const emptied = empty === undefined ? start + end : empty + tail
  let lastValue: Value = ''
  let lastText = start + end
  const text = (exchange: Exchange): string => {
    const value = read(exchange)
    if (value === undefined || value === none) return absent
    if (value === '') return emptied
    if (field.plain !== true && typeof value === 'string') return clean(value)
    if (value !== lastValue) {
      lastText = flat(start, value, end)
      lastValue = value
    }
    return lastText
  }
  return [{ text, varies }]
}

/** As one piece in memory, not as parts that point to each other. */
const flat = (...parts: readonly (string | number)[]): string => parts.join('')

/** Reads nothing for the statuses for which the field is not shown. */
function readerFor(statuses: FieldSegment['statuses'], read: Reader): Reader {
  if (statuses === undefined) return read
  const { list, except } = statuses
  return (exchange) => (list.includes(exchange.status ?? 0) === except ? undefined : read(exchange))
}

function isNever({ field, print }: FieldSegment): boolean {
  return field.never === true && print === undefined
}

const unchanged = (text: string): string => text

/** Texts that are remembered, one for each length below, and the longest. */
const REMEMBERED = 32
const REMEMBERED_LENGTH = 256

/**
 * Remembers what came of the last texts: clients repeat themselves, and comparing costs a fraction of looking at each
 * character. Holds at most 32 texts of 256 characters.
 */
function remembered(make: (text: string) => string): (text: string) => string {
  const texts: string[] = new Array(REMEMBERED).fill('')
  const made: string[] = new Array(REMEMBERED).fill(make(''))
  return (text) => {
    const slot = text.length % REMEMBERED
    if (texts[slot] === text) return made[slot] as string
    const result = make(text)
    if (text.length <= REMEMBERED_LENGTH) {
      texts[slot] = text
      made[slot] = result
    }
    return result
  }
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text
}
