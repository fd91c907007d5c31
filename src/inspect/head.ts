/** What a value is, seen from outside: its type, its class and the one-line text that needs no children. */

import { inspect, types } from 'node:util'
import { escapeControls, HIDDEN, unicodeEscape } from '../core/escape.ts'
import { classNameOf, isErrorLike, readErrorField, readOwn } from '../core/read.ts'
import type { Description, ValueType } from './description.ts'
import {
  arrayBufferLength,
  dateText,
  dateTime,
  functionSource,
  mapSize,
  regexpText,
  setSize,
  sharedBufferLength,
  symbolText,
  typedArrayLength,
  typedArrayTag,
  unbox,
} from './natives.ts'
import { MASK, maskText } from './redact.ts'

/** The limits that a single value needs. */
interface TextLimits {
  readonly stringLength: number
  readonly mask: boolean
}

/** An object from outside. */
export interface Head {
  readonly type: ValueType
  readonly className: string | undefined
  /** Stands before the brackets: `User`, `Map(2)`, nothing for a plain object. */
  readonly label: string
  readonly brackets: '[]' | '{}'
  /** The whole text, for values that are shown without brackets even when they have properties: `/a/g`. */
  readonly closed: string | undefined
  /** Whether the text itself is content that a secret name must hide, as with a Date or Buffer. */
  readonly content: boolean
}

const BUFFER_BYTES = 24

/** Describes what is not an object. `secret` hides strings, numbers and the like, not `undefined` or `true`. */
export function describePrimitive(value: unknown, limits: TextLimits, secret: boolean): Description {
  if (value === undefined) return { type: 'undefined', text: 'undefined' }
  if (value === null) return { type: 'null', text: 'null' }
  if (typeof value === 'boolean') return { type: 'boolean', text: String(value) }
  if (typeof value === 'symbol') return { type: 'symbol', text: capped(symbolText(value), limits) }
  if (typeof value === 'string') {
    if (secret && value !== '') return { type: 'string', text: MASK }
    const text = quote(value, limits)
    return value.length > limits.stringLength
      ? { type: 'string', text, deeper: true }
      : { type: 'string', text }
  }
  if (typeof value === 'bigint') {
    // Printing a huge BigInt is quadratic; its number of hexadecimal digits is not needed exactly.
    return { type: 'bigint', text: secret ? MASK : bigintText(value) }
  }
  if (secret) return { type: 'number', text: MASK }
  return { type: 'number', text: Object.is(value, -0) ? '-0' : String(value) }
}

const HUGE = 10n ** 300n

const bigintText = (value: bigint): string =>
  value > HUGE || value < -HUGE ? `${value < 0n ? '-' : ''}[huge BigInt]` : `${value}n`

/** `'it\'s'` on one line, capped, secrets by shape masked. */
export function quote(text: string, limits: TextLimits): string {
  const cut = text.length > limits.stringLength
  const part = cut ? text.slice(0, limits.stringLength) : text
  const shown = limits.mask ? maskText(part) : part
  const mark = !shown.includes("'") || shown.includes('"') ? "'" : '"'
  const escaped = escapeString(shown, mark)
  return cut ? `${mark}${escaped}…${mark} (${text.length} characters)` : `${mark}${escaped}${mark}`
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
}

const ESCAPED = new RegExp(`[\\0-\\x1f\\x7f-\\x9f\\\\'"\\ud800-\\udfff${HIDDEN}]`, 'gu')

function escapeString(text: string, mark: string): string {
  return text.replace(ESCAPED, (character) => {
    if (character === "'" || character === '"') return character === mark ? `\\${character}` : character
    const short = SHORT_ESCAPES[character]
    if (short !== undefined) return short
    const code = character.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(character)
  })
}

const capped = (text: string, limits: TextLimits): string => {
  const line = oneLine(text.slice(0, limits.stringLength))
  return text.length > limits.stringLength ? `${line}…` : line
}

/** On one line, without halves of surrogate pairs, backslashes as they are. */
const oneLine = (text: string): string =>
  escapeControls(text.replaceAll('\t', '\\t')).replace(/[\ud800-\udfff]/gu, '\ufffd')

/** What an object is. Order matters: the exact kinds first, any object last. */
export function headOf(value: object, limits: TextLimits): Head {
  const className = cleanName(classNameOf(value))
  const base = { className, content: false, closed: undefined, brackets: '{}' as const }
  if (typeof value === 'function') return functionHead(value, limits)
  if (Array.isArray(value) || types.isArgumentsObject(value)) return arrayHead(value, className)
  if (types.isUint8Array(value) && className === 'Buffer') return bufferHead(value)
  if (types.isTypedArray(value)) {
    const name = className ?? typedArrayTag(value)
    const label = `${name}(${typedArrayLength(value)})`
    return { ...base, type: 'typed-array', label, brackets: '[]', className: name }
  }
  if (types.isMap(value)) return { ...base, type: 'map', label: `${className ?? 'Map'}(${mapSize(value)})` }
  if (types.isSet(value)) {
    return { ...base, type: 'set', label: `${className ?? 'Set'}(${setSize(value)})`, brackets: '[]' }
  }
  const special = closedHead(value, className, limits)
  if (special !== undefined) return special
  if (types.isModuleNamespaceObject(value)) return { ...base, type: 'module', label: '[Module]' }
  const bare = safePrototype(value) === null
  const label = className === 'Object' ? '' : (className ?? (bare ? '[Object: null prototype]' : ''))
  return { ...base, type: 'object', label, className: className === 'Object' ? undefined : className }
}

/** Values whose one line is all there is to say. */
function closedHead(value: object, className: string | undefined, limits: TextLimits): Head | undefined {
  const closed = (type: ValueType, text: string, content = false): Head => ({
    type,
    className,
    label: '',
    brackets: '{}',
    closed: text,
    content,
  })
  if (isErrorLike(value)) return closed('error', errorText(value, className, limits))
  if (types.isDate(value)) {
    return closed('date', Number.isNaN(dateTime(value)) ? 'Invalid Date' : dateText(value), true)
  }
  if (types.isRegExp(value)) return closed('regexp', capped(regexpText(value), limits), true)
  if (types.isPromise(value)) return closed('promise', promiseText(value, className))
  if (types.isWeakMap(value)) return closed('weak', 'WeakMap { ? }')
  if (types.isWeakSet(value)) return closed('weak', 'WeakSet { ? }')
  if (className === 'WeakRef') return closed('weak', 'WeakRef { ? }')
  if (types.isAnyArrayBuffer(value)) {
    const length = types.isArrayBuffer(value) ? arrayBufferLength(value) : sharedBufferLength(value)
    return closed('typed-array', `${className ?? 'ArrayBuffer'} { ${length} bytes }`)
  }
  if (types.isBoxedPrimitive(value)) {
    const inner = describePrimitive(unbox(value), limits, false)
    return closed('object', `[${className ?? 'Object'}: ${inner.text}]`, true)
  }
  if (types.isGeneratorObject(value)) return closed('object', '[Generator]')
  if (types.isExternal(value)) return closed('object', '[External]')
  return undefined
}

function arrayHead(value: object, className: string | undefined): Head {
  const own = className === 'Array' ? undefined : className
  const length = readOwn(value, 'length')
  const size = length.found === 'value' ? Number(length.value) : 0
  const isArguments = types.isArgumentsObject(value)
  const name = isArguments ? 'Arguments' : own
  const label = name === undefined ? (size > 6 ? `(${size})` : '') : `${name}(${size})`
  return { type: 'array', className: name, label, brackets: '[]', closed: undefined, content: false }
}

function bufferHead(value: Uint8Array): Head {
  const length = typedArrayLength(value)
  let hex = ''
  for (let index = 0; index < Math.min(length, BUFFER_BYTES); index++) {
    hex += ` ${(value[index] ?? 0).toString(16).padStart(2, '0')}`
  }
  const more = length > BUFFER_BYTES ? ` … ${length - BUFFER_BYTES} more bytes` : ''
  const closed = `<Buffer${hex}${more}>`
  return { type: 'buffer', className: 'Buffer', label: 'Buffer', brackets: '[]', closed, content: true }
}

function functionHead(value: object, limits: TextLimits): Head {
  const own = readOwn(value, 'name')
  const name = own.found === 'value' && typeof own.value === 'string' ? capped(own.value, limits) : ''
  const source = functionSource(value)
  const isClass = source.startsWith('class') && !/^class\s*(?:=|\()/.test(source.slice(0, 40))
  const kind = isClass ? 'class' : (FUNCTION_KINDS[classNameOf(value) ?? ''] ?? 'Function')
  const closed = name === '' ? `[${kind} (anonymous)]` : `[${kind}: ${name}]`
  const type = isClass ? 'class' : 'function'
  return { type, className: undefined, label: '', brackets: '{}', closed, content: false }
}

const FUNCTION_KINDS: Readonly<Record<string, string>> = {
  AsyncFunction: 'AsyncFunction',
  GeneratorFunction: 'GeneratorFunction',
  AsyncGeneratorFunction: 'AsyncGeneratorFunction',
}

function errorText(value: object, className: string | undefined, limits: TextLimits): string {
  const given = readErrorField(value, 'name')
  const name = typeof given === 'string' && given !== 'Error' ? given : (className ?? 'Error')
  const message = readErrorField(value, 'message')
  const text = typeof message === 'string' && message !== '' ? `: ${message}` : ''
  const line = `${name}${text}`.slice(0, limits.stringLength + 1)
  return `[${capped(limits.mask ? maskText(line) : line, limits)}]`
}

/**
 * The state is known to `util.inspect` alone, which would look at the result with code of the result's own class;
 * so only plain promises are asked.
 */
function promiseText(value: object, className: string | undefined): string {
  const name = className ?? 'Promise'
  const isPlain = safePrototype(value) === Promise.prototype && Reflect.ownKeys(value).length === 0
  if (!isPlain) return `${name} { ? }`
  const shown = inspect(value, { depth: 0, customInspect: false, showProxy: true, maxStringLength: 40 })
  if (shown.includes('<pending>')) return 'Promise { <pending> }'
  return shown.includes('<rejected>') ? 'Promise { <rejected> }' : 'Promise { <fulfilled> }'
}

function safePrototype(value: object): object | null | undefined {
  try {
    return Object.getPrototypeOf(value)
  } catch {
    return undefined
  }
}

/** A class name that fits on a line and in a label. */
function cleanName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const short = name.length > 80 ? `${name.slice(0, 79)}…` : name
  return oneLine(short)
}

/** The name of a symbol-free, one-line key. */
export function keyText(key: string): string {
  if (/^[A-Za-z_$][\w$]{0,120}$/.test(key)) return key
  return `'${escapeString(key.length > 120 ? `${key.slice(0, 119)}…` : key, "'")}'`
}
