/**
 * The lines that nearly all lines are, straight into bytes: short texts, numbers, plain objects of such. One pass looks
 * each character up, for masking and escaping, and puts it in its place; there is no text that must be put together,
 * flattened and encoded. Anything else is left to {@link JsonWriter}, value by value or, in doubt, the whole line.
 */

import type { Chunk } from './chunk.ts'
import { LINE_ROOM } from './chunk.ts'
import type { JsonWriter, KeyFacts } from './json-value.ts'
import type { Redactor } from './redactor.ts'
import { copyMarked, HAS_UNSAFE, SHORT } from './secret-scan.ts'

/** Levels of plain objects, and keys of one, that are drawn here. */
const MAX_DEPTH = 4
const MAX_KEYS = 64
/** Most bytes of one UTF-16 unit. */
const WIDEST = 3
const SHORT_COPY = 64
const LONGEST_NUMBER = 32

const QUOTE = 34
const COMMA = 44
const ZERO = 48
const OPEN = 123
const CLOSE = 125
const NEWLINE = 10

/** Draws lines of one redactor. To be used as `begin`, parts, `end`; a part that is false ends the attempt. */
export class JsonBytes {
  readonly #writer: JsonWriter
  readonly #redactor: Redactor | undefined
  /** The keys of the last object drawn at each level: the next one mostly has the same. */
  readonly #known: KeyFacts[][] = Array.from({ length: MAX_DEPTH }, () => [])
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #end = 0

  constructor(writer: JsonWriter, redactor: Redactor | undefined) {
    this.#writer = writer
    this.#redactor = redactor
  }

  /** Begins a line behind what is in the chunk, which has room for {@link LINE_ROOM} bytes. */
  begin(chunk: Chunk): void {
    this.#writer.begin()
    this.#bytes = chunk.bytes
    this.#at = chunk.at
    this.#end = chunk.at + LINE_ROOM - 2
  }

  /** Ends the line. False, and nothing is drawn, when the application logged or flushed meanwhile. */
  end(chunk: Chunk, start: number, epoch: number): boolean {
    if (chunk.at !== start || chunk.epoch !== epoch) return false
    this.#bytes[this.#at] = CLOSE
    this.#bytes[this.#at + 1] = NEWLINE
    chunk.at = this.#at + 2
    return true
  }

  /** Bytes as they are. */
  copy(part: Buffer): boolean {
    const { length } = part
    const at = this.#at
    if (at + length > this.#end) return false
    const bytes = this.#bytes
    if (length > SHORT_COPY) bytes.set(part, at)
    else for (let index = 0; index < length; index++) bytes[at + index] = part[index] as number
    this.#at = at + length
    return true
  }

  /** A short ASCII text as it is. */
  ascii(text: string): boolean {
    const { length } = text
    const at = this.#at
    if (at + length > this.#end) return false
    const bytes = this.#bytes
    for (let index = 0; index < length; index++) bytes[at + index] = text.charCodeAt(index)
    this.#at = at + length
    return true
  }

  /** A text as a JSON string, masked and capped. */
  text(text: string): boolean {
    const { length } = text
    const at = this.#at
    if (length > SHORT || at + length + 2 > this.#end) return this.#raw(this.#writer.text(text))
    const bytes = this.#bytes
    bytes[at] = QUOTE
    const marks = copyMarked(text, bytes, at + 1)
    if (marks !== 0 && !this.#isPlain(text, marks)) return this.#raw(this.#writer.text(text))
    bytes[at + length + 1] = QUOTE
    this.#at = at + length + 2
    return true
  }

  /** `,"key":value` for each field; false as well when a key is one of `taken`, or `alsoTaken`. */
  members(fields: object, taken: ReadonlySet<string>, alsoTaken: ReadonlySet<string>): boolean {
    if (!isPlain(fields) || isPrototypeChanged()) return false
    const isAlone = taken.size === 0 && alsoTaken.size === 0
    const known = this.#known[0] as KeyFacts[]
    let index = 0
    // No inherited keys, as was just asked; and in such a loop reading by key is as quick as reading by name.
    for (const key in fields) {
      const value = (fields as Record<string, unknown>)[key]
      let facts = known[index]
      if (facts === undefined || facts.key !== key) {
        facts = this.#writer.facts(key)
        if (index < MAX_KEYS) known[index] = facts
      }
      index++
      if (facts.secret || facts.reserved) return false
      if (!isAlone && (taken.has(key) || alsoTaken.has(key))) return false
      if (value === undefined) continue
      if (!this.copy(facts.bytes)) return false
      const at = this.#at
      if (this.#quick(value, 0)) continue
      this.#at = at
      if (!this.#raw(this.#writer.value(value) ?? 'null')) return false
    }
    return true
  }

  #quick(value: unknown, depth: number): boolean {
    switch (typeof value) {
      case 'string':
        return this.text(value)
      case 'number':
        return this.#number(value)
      case 'boolean':
        return this.ascii(value ? 'true' : 'false')
      case 'object':
        return value === null ? this.ascii('null') : this.#object(value, depth + 1)
      default:
        return false
    }
  }

  /** A plain object of quick values. */
  #object(value: object, depth: number): boolean {
    const known = this.#known[depth]
    if (known === undefined || !isPlain(value)) return false
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return false
    const start = this.#at
    let index = 0
    for (const key in value) {
      const held = (value as Record<string, unknown>)[key]
      let facts = known[index]
      if (facts === undefined || facts.key !== key) {
        if (index >= MAX_KEYS) return false
        facts = this.#writer.facts(key)
        known[index] = facts
      }
      index++
      if (facts.secret) return false
      if (held === undefined) continue
      if (!this.copy(facts.bytes) || !this.#quick(held, depth)) return false
    }
    if (this.#at === start) return this.ascii('{}')
    // The first key has brought a comma.
    if (this.#bytes[start] === COMMA) this.#bytes[start] = OPEN
    this.#bytes[this.#at++] = CLOSE
    return true
  }

  #number(value: number): boolean {
    if (this.#at + LONGEST_NUMBER > this.#end) return false
    if ((value | 0) !== value || value < 0) {
      return Number.isFinite(value) ? this.ascii(`${value}`) : this.ascii(`"${value}"`)
    }
    const bytes = this.#bytes
    const after = this.#at + digitsOf(value)
    let at = after
    let left = value
    do {
      const tens = (left / 10) | 0
      bytes[--at] = ZERO + left - tens * 10
      left = tens
    } while (left > 0)
    this.#at = after
    return true
  }

  #isPlain(text: string, marks: number): boolean {
    if ((marks & HAS_UNSAFE) !== 0) return false
    const mask = this.#redactor?.mask
    return mask === undefined || mask(text, marks) === text
  }

  /** A piece of JSON that was drawn as text. */
  #raw(json: string): boolean {
    if (this.#at + json.length * WIDEST > this.#end) return false
    this.#at += this.#bytes.write(json, this.#at)
    return true
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether somebody has put enumerable properties on `Object.prototype`, which `for in` would walk. */
function isPrototypeChanged(): boolean {
  for (const _ in Object.prototype) return true
  return false
}

/** Decimal digits of an integer from 0 to 2^31 - 1. */
function digitsOf(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2
  if (value < 10_000) return value < 1000 ? 3 : 4
  if (value < 1_000_000) return value < 100_000 ? 5 : 6
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8
  return value < 1_000_000_000 ? 9 : 10
}
