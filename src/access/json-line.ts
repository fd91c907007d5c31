/** Lines of JSON, put together by hand: a member for each field that has a value, in the schema's order. */

import type { Exchange } from '../http/exchange.ts'
import type { CompiledLine } from './compile-line.ts'
import { jsonText } from './escape.ts'
import type { Value } from './field.ts'

/** A value of a schema: reads a field, or holds further members. */
export type SchemaValue = SchemaLeaf | SchemaObject

/** Reads one value of JSON. */
export interface SchemaLeaf {
  readonly needs: number
  readonly read: (exchange: Exchange) => Value | boolean | readonly string[]
}

/** Members in order. */
export interface SchemaObject {
  readonly members: readonly (readonly [string, SchemaValue])[]
}

/** Writes JSON, or nothing when there is no value. */
type JsonWriter = (exchange: Exchange) => string

/** What lengths are allowed, in characters. */
export interface JsonLimits {
  /** Of one text; longer ones are cut and end in `...`. */
  readonly maxValueLength: number
  /** Of the line; when it would be longer its texts are cut to {@link SHORT}, and then it has nothing but a mark. */
  readonly maxLineLength: number
}

/** Characters of a text in a line that would be too long. */
const SHORT = 64

export function compileJson(schema: SchemaObject, limits: JsonLimits): CompiledLine {
  const { maxValueLength, maxLineLength } = limits
  const write = writerOf(schema, maxValueLength)
  const writeShort = writerOf(schema, Math.min(SHORT, maxValueLength))
  const cut = (exchange: Exchange): string => {
    const line = writeShort(exchange)
    return line.length > maxLineLength ? '{"truncated":true}' : line
  }
  return {
    needs: needsOf(schema),
    write: (exchange) => {
      const line = write(exchange) || '{}'
      return line.length > maxLineLength ? cut(exchange) : line
    },
  }
}

function writerOf(value: SchemaValue, maxValueLength: number): JsonWriter {
  if (!('members' in value)) {
    const { read } = value
    return (exchange) => literal(read(exchange), maxValueLength)
  }
  const members = value.members.map(([name, inner]) => ({
    key: `${jsonText(name)}:`,
    write: writerOf(inner, maxValueLength),
  }))
  return (exchange) => {
    let text = ''
    for (const { key, write } of members) {
      const member = write(exchange)
      if (member !== '') text += (text === '' ? '{' : ',') + key + member
    }
    return text === '' ? '' : `${text}}`
  }
}

function literal(value: Value | boolean | readonly string[] | null, maxValueLength: number): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? String(value) : ''
    case 'boolean':
      return String(value)
    case 'string':
      return jsonText(value.length > maxValueLength ? `${value.slice(0, maxValueLength)}...` : value)
    case 'object':
      return value === null ? '' : `[${value.map((one) => literal(one, maxValueLength)).join(',')}]`
    default:
      return ''
  }
}

function needsOf(value: SchemaValue): number {
  if (!('members' in value)) return value.needs
  return value.members.reduce((needs, [, inner]) => needs | needsOf(inner), 0)
}
