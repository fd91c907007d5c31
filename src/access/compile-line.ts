/** Turns segments into the function that writes a line, and says what must be measured for it. */

import type { Exchange } from '../http/exchange.ts'
import type { Escape } from './escape.ts'
import type { FieldSettings } from './field.ts'
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
  const readers: TextReader[] = []
  const tails: string[] = []
  for (const segment of segments) {
    if (typeof segment !== 'string') {
      needs |= segment.field.needs ?? 0
      readers.push(textReader(segment, settings))
      tails.push('')
    } else if (tails.length === 0) head += segment
    else tails[tails.length - 1] += segment
  }
  const write = (exchange: Exchange): string => {
    let line = head
    for (let index = 0; index < readers.length; index++) {
      line += (readers[index] as TextReader)(exchange) + tails[index]
    }
    return line
  }
  return { needs, write }
}

function textReader(segment: FieldSegment, settings: CompileSettings): TextReader {
  const { field, missing, missingToo, empty, around, statuses, print } = segment
  const read = field.bind(segment.argument, settings)
  const { maxValueLength } = settings
  const clean: Escape =
    field.plain === true ? (text) => text : (text) => settings.escape(cut(text, maxValueLength))
  const text: TextReader =
    print !== undefined
      ? (exchange) => printf(read(exchange), print, missing, clean)
      : (exchange) => {
          const value = read(exchange)
          if (value === undefined || value === null) return missing
          return typeof value === 'number' ? String(value) : clean(value)
        }
  if (missingToo === undefined && empty === undefined && around === undefined && statuses === undefined)
    return text
  return (exchange) => {
    if (statuses !== undefined && statuses.list.includes(exchange.status ?? 0) === statuses.except)
      return missing
    const value = read(exchange)
    if (value === undefined) return text(exchange)
    if (missingToo !== undefined && value === (missingToo === 'zero' ? 0 : '')) {
      return print === undefined ? missing : printf(undefined, print, missing, clean)
    }
    if (value === '' && empty !== undefined) return empty
    return around === undefined ? text(exchange) : around[0] + text(exchange) + around[1]
  }
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text
}
