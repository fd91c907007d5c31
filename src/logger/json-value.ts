/**
 * Any value as JSON for a log line: circular, deep, huge, throwing, foreign. It never throws, never touches the
 * value, and is bounded in depth, width and length.
 */

import { IncomingMessage, ServerResponse } from 'node:http'
import { Stream } from 'node:stream'
import { types } from 'node:util'
import { errorFacts, isErrorLike, read, throwNote } from './error-facts.ts'
import { bytesText, firstOf, nameOf, requestFacts } from './json-special.ts'
import { capped, quote } from './json-text.ts'
import { below, isMaskable, type PathNode, type Redactor } from './redactor.ts'
import { HAS_UNSAFE, marksOf, SHORT } from './secret-scan.ts'

/** Bounds of one rendered value. */
export interface JsonLimits {
  /** Levels of nesting; deeper ones become `[Object]`. Default 10. */
  readonly maxDepth: number
  /** Entries of one object or array; the rest is counted. Default 1,000. */
  readonly maxEntries: number
  /** UTF-16 units of one text. Default 65,536. */
  readonly maxText: number
  /** UTF-16 units of one record, about; what comes after is left out. Default 1,048,576. */
  readonly maxLine: number
}

export const JSON_LIMITS: JsonLimits = {
  maxDepth: 10,
  maxEntries: 1000,
  maxText: 65_536,
  maxLine: 1_048_576,
}

/** Limits of values in lines for people. */
export const BRIEF_LIMITS: JsonLimits = { maxDepth: 5, maxEntries: 50, maxText: 2000, maxLine: 4000 }

/** Keys whose rendering is remembered. */
const MAX_KEYS = 10_000

/** What is known of a key. */
export interface KeyFacts {
  readonly key: string
  /** `,"key":` */
  readonly text: string
  /** The same, as it is written. */
  readonly bytes: Buffer
  readonly secret: boolean
  /** The record itself has a member of this name. */
  readonly reserved: boolean
}

const NOTHING = {}

/** Names of the members that a record itself has; a field of such a name gets an underscore in front. */
export const RESERVED: ReadonlySet<string> = new Set(['time', 'level', 'logger', 'msg'])

/** Renders values under one set of limits and one redactor; reused for all records of a format. */
export class JsonWriter {
  readonly #limits: JsonLimits
  readonly #redactor: Redactor | undefined
  readonly #keys = new Map<string, KeyFacts>()
  readonly #above: object[] = []
  #depth = 0
  #left = 0

  constructor(limits: JsonLimits, redactor: Redactor | undefined) {
    this.#limits = limits
    this.#redactor = redactor
  }

  /** To be called before each record. */
  begin(): void {
    this.#left = this.#limits.maxLine
    this.#depth = 0
  }

  /** `,"key":value` for each field of a record. */
  members(fields: object): string {
    const node = this.#redactor?.paths
    let text = ''
    for (const key of keysOf(fields)) {
      const facts = this.facts(key)
      const member = this.#member(fields, key, facts, node)
      if (member === undefined) continue
      text += (facts.reserved ? freeKey(key, fields) : facts.text) + member
      if (this.#left <= 0) return `${text},"…":"left out: the record is too long"`
    }
    return text
  }

  /** What is known of a key. */
  facts(key: string): KeyFacts {
    let facts = this.#keys.get(key)
    if (facts === undefined) {
      const secret = this.#redactor?.isSecret(key) === true
      const text = `,${quote(capped(key, 1000))}:`
      facts = { key, text, bytes: Buffer.from(text), secret, reserved: RESERVED.has(key) }
      if (this.#keys.size < MAX_KEYS) this.#keys.set(key, facts)
    }
    return facts
  }

  /** A text, masked and capped. */
  text(text: string): string {
    if (text.length > SHORT) return this.#longText(text)
    this.#left -= text.length
    const marks = marksOf(text)
    if (marks === 0) return `"${text}"`
    const masked = this.#redactor?.mask?.(text, marks) ?? text
    return (marks & HAS_UNSAFE) === 0 && masked === text ? `"${text}"` : quote(masked)
  }

  #longText(text: string): string {
    const cut = capped(text, this.#limits.maxText)
    this.#left -= cut.length
    return quote(this.#redactor?.mask?.(cut) ?? cut)
  }

  #member(holder: object, key: string, facts: KeyFacts, node: PathNode | undefined): string | undefined {
    let value: unknown
    try {
      value = (holder as Record<string, unknown>)[key]
    } catch (error) {
      return quote(throwNote(error))
    }
    const next = node === undefined ? undefined : below(node, key)
    if (next?.hit === true || (facts.secret && isMaskable(value))) return quote(this.#redactor?.censor ?? '')
    return this.value(value, next)
  }

  /** A field for people: a text as it is, anything else as JSON; masked, by its key too, and capped. */
  brief(fields: object, key: string): string {
    this.begin()
    const facts = this.facts(key)
    const value = read(fields, key)
    if (typeof value !== 'string' || facts.secret) {
      const text = this.#member(fields, key, facts, this.#redactor?.paths) ?? ''
      return text.startsWith('"') ? (JSON.parse(text) as string) : text
    }
    const cut = capped(value, this.#limits.maxText)
    const next = this.#redactor?.paths === undefined ? undefined : below(this.#redactor.paths, key)
    return next?.hit === true ? (this.#redactor?.censor ?? '') : (this.#redactor?.mask?.(cut) ?? cut)
  }

  /** A value, or undefined for one that has no place in JSON (`undefined`). */
  value(value: unknown, node?: PathNode): string | undefined {
    switch (typeof value) {
      case 'string':
        return this.text(value)
      case 'number':
        return Number.isFinite(value) ? String(value) : `"${value}"`
      case 'boolean':
        return value ? 'true' : 'false'
      case 'bigint':
        return `"${value}"`
      case 'symbol':
        return quote(String(value))
      case 'function':
        return quote(`[Function: ${nameOf(value) || 'anonymous'}]`)
      case 'object':
        return value === null ? 'null' : this.#guarded(value, node)
      default:
        return undefined
    }
  }

  #guarded(value: object, node: PathNode | undefined): string {
    const depth = this.#depth
    const above = this.#above
    for (let level = 0; level < depth; level++) if (above[level] === value) return '"[Circular]"'
    if (this.#left <= 0) return '"[left out: the record is too long]"'
    if (depth >= this.#limits.maxDepth) return Array.isArray(value) ? '"[Array]"' : '"[Object]"'
    above[depth] = value
    this.#depth = depth + 1
    try {
      return this.#object(value, node)
    } catch (error) {
      return quote(throwNote(error))
    } finally {
      this.#depth = depth
      above[depth] = NOTHING
    }
  }

  #object(value: object, node: PathNode | undefined): string {
    if (Array.isArray(value)) return this.#list(value, value.length, node)
    const toJson = (value as { toJSON?: unknown }).toJSON
    if (typeof toJson === 'function' && !isErrorLike(value) && !ArrayBuffer.isView(value)) {
      return this.value(toJson.call(value, ''), node) ?? 'null'
    }
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return this.#plain(value, node)
    return this.#special(value) ?? this.#plain(value, node)
  }

  #plain(value: object, node: PathNode | undefined): string {
    let text = ''
    let count = 0
    for (const key of Object.keys(value)) {
      if (count >= this.#limits.maxEntries || this.#left <= 0) {
        text += `,"…":"${Object.keys(value).length - count} more"`
        break
      }
      const facts = this.facts(key)
      const member = this.#member(value, key, facts, node)
      if (member === undefined) continue
      this.#left -= key.length + 6
      text += facts.text + member
      count++
    }
    return text === '' ? '{}' : `{${text.slice(1)}}`
  }

  #list(items: ArrayLike<unknown>, length: number, node: PathNode | undefined): string {
    const parts: string[] = []
    for (let index = 0; index < length; index++) {
      if (index >= this.#limits.maxEntries || this.#left <= 0) {
        parts.push(`"… ${length - index} more"`)
        break
      }
      this.#left -= 4
      const next = node === undefined ? undefined : below(node, String(index))
      const hit = next?.hit === true
      parts.push(hit ? quote(this.#redactor?.censor ?? '') : (this.value(items[index], next) ?? 'null'))
    }
    return `[${parts.join(',')}]`
  }

  /** Objects whose own keys do not tell what they are; undefined for those whose keys do. */
  #special(value: object): string | undefined {
    if (isErrorLike(value)) return this.#error(value)
    if (value instanceof Map) return this.#map(value)
    if (value instanceof Set)
      return this.#list([...firstOf(value, this.#limits.maxEntries)], value.size, undefined)
    if (types.isDate(value)) return 'null'
    if (value instanceof RegExp) return quote(String(value))
    if (ArrayBuffer.isView(value)) return bytesText(value)
    if (types.isAnyArrayBuffer(value)) return quote(`[ArrayBuffer of ${value.byteLength} bytes]`)
    if (types.isBoxedPrimitive(value)) return this.value(value.valueOf())
    if (types.isPromise(value)) return '"[Promise]"'
    if (value instanceof IncomingMessage) return this.value(requestFacts(value))
    if (value instanceof ServerResponse) return this.value({ statusCode: value.statusCode })
    if (value instanceof Stream) return quote(`[${nameOf(value.constructor) || 'Stream'}]`)
    if (types.isWeakMap(value) || types.isWeakSet(value)) return '"[Weak]"'
    return undefined
  }

  #error(error: Error): string {
    const { name, message, stack, code, cause, members, extra } = errorFacts(error)
    let text = `{"type":${this.text(name)},"message":${this.text(message)}`
    if (stack !== '') text += `,"stack":${this.text(stack)}`
    if (code !== undefined) text += `,"code":${this.text(code)}`
    for (const [key] of extra) {
      const facts = this.facts(key)
      const member = this.#member(error, key, facts, undefined)
      if (member !== undefined) text += (key === 'type' ? ',"_type":' : facts.text) + member
    }
    if (cause !== undefined) text += `,"cause":${this.value(cause) ?? 'null'}`
    if (members.length > 0) text += `,"errors":${this.#list(members, members.length, undefined)}`
    return `${text}}`
  }

  #map(map: Map<unknown, unknown>): string {
    const entries = [...firstOf(map, this.#limits.maxEntries)]
    if (!entries.every(([key]) => typeof key === 'string')) return this.#list(entries, map.size, undefined)
    const object = Object.create(null) as Record<string, unknown>
    for (const [key, value] of entries) object[key as string] = value
    if (map.size > entries.length) object['…'] = `${map.size - entries.length} more`
    return this.#plain(object, undefined)
  }
}

/** The keys of fields; none when they cannot be told. */
function keysOf(fields: object): string[] {
  try {
    return Object.keys(fields)
  } catch {
    return []
  }
}

/** `,"_key":` for a field whose name the record itself uses; as many underscores as make it free. */
function freeKey(key: string, fields: object): string {
  let free = `_${key}`
  while (Object.hasOwn(fields, free)) free = `_${free}`
  return `,${quote(free)}:`
}
