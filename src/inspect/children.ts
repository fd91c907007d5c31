/** The children of an object, read from descriptors and internal slots only. */

import { types } from 'node:util'
import { readOwn } from '../core/read.ts'
import type { Description, DescriptionEntry, ValueType } from './description.ts'
import { keyText, quote } from './head.ts'
import { mapEntries, mapSize, setSize, setValues, symbolText, typedArrayLength } from './natives.ts'

/** One child before it is described. */
export interface Child {
  readonly key: string
  readonly kind: DescriptionEntry['kind']
  /** The plain name by which a secret is told; undefined for indices and the like. */
  readonly name: string | undefined
  readonly value: unknown
  /** Set when the value was not read: an accessor, a hole. */
  readonly described: Description | undefined
}

/** Children within a width, and how many there are in all. */
interface Children {
  readonly entries: readonly Child[]
  readonly total: number
}

/** Arrays longer than this are read by index only: listing their keys would take as long as they are. */
const MAX_LISTED = 10_000

const HIDDEN_OF_ERRORS = new Set(['stack', 'message', 'name'])
const HIDDEN_OF_FUNCTIONS = new Set(['length', 'name', 'prototype', 'arguments', 'caller'])

/** The first `width` children of the object, in its own order. */
export function childrenOf(value: object, type: ValueType, width: number): Children {
  if (type === 'array') return arrayChildren(value, width)
  if (type === 'buffer') return { entries: [], total: 0 }
  if (types.isTypedArray(value)) return typedArrayChildren(value as ArrayLike<unknown>, width)
  if (type === 'map') return join(mapChildren(value, width), properties(value, width, undefined), width)
  if (type === 'set') return join(setChildren(value, width), properties(value, width, undefined), width)
  if (type === 'error') return errorChildren(value, width)
  if (type === 'module') return moduleChildren(value, width)
  const hidden = typeof value === 'function' ? HIDDEN_OF_FUNCTIONS : undefined
  return properties(value, width, hidden)
}

function join(first: Children, second: Children, width: number): Children {
  return {
    entries: [...first.entries, ...second.entries].slice(0, width),
    total: first.total + second.total,
  }
}

function properties(value: object, width: number, hidden: ReadonlySet<string> | undefined): Children {
  const own = Reflect.ownKeys(value).filter((key) => typeof key === 'symbol' || !hidden?.has(key))
  const keys = own.includes('_events') ? tellingFirst(own) : own
  const entries = keys.slice(0, width).map((key) => property(value, key))
  return { entries, total: keys.length }
}

/** What names a request at once. */
const TELLING = ['method', 'url', 'statusCode']

/** Of an emitter, such as a request: first what names it, last what the runtime keeps in it for itself. */
function tellingFirst(keys: readonly (string | symbol)[]): readonly (string | symbol)[] {
  const telling = TELLING.filter((key) => keys.includes(key))
  const isKept = (key: string | symbol): boolean => typeof key === 'symbol' || key.startsWith('_')
  const others = keys.filter((key) => !isKept(key) && !telling.includes(key as string))
  return [...telling, ...others, ...keys.filter(isKept)]
}

/** The exports; a namespace's only symbol says that it is one. */
function moduleChildren(value: object, width: number): Children {
  const names = Reflect.ownKeys(value).filter((key) => typeof key === 'string')
  return { entries: names.slice(0, width).map((name) => property(value, name)), total: names.length }
}

function property(value: object, key: string | symbol): Child {
  const isSymbol = typeof key === 'symbol'
  const shown = isSymbol ? symbolText(key).slice(0, 120) : keyText(key)
  const name = isSymbol ? (key.description ?? '') : key
  const kind = isSymbol ? 'symbol' : 'property'
  return { key: shown, kind, name, ...readChild(value, key) }
}

function readChild(value: object, key: PropertyKey): Pick<Child, 'value' | 'described'> {
  const reading = readOwn(value, key)
  if (reading.found === 'value') return { value: reading.value, described: undefined }
  if (reading.found === 'nothing')
    return { value: undefined, described: { type: 'cut', text: '<uninitialized>' } }
  const text = reading.get ? (reading.set ? '[Getter/Setter]' : '[Getter]') : '[Setter]'
  return { value: undefined, described: { type: 'getter', text } }
}

function arrayChildren(value: object, width: number): Children {
  const own = readOwn(value, 'length')
  const length = own.found === 'value' && typeof own.value === 'number' ? own.value : 0
  const entries: Child[] = []
  for (let index = 0; index < Math.min(length, width); index++) {
    const key = String(index)
    const child = readChild(value, key)
    const described: Description | undefined =
      child.described?.text === '<uninitialized>' ? { type: 'cut', text: '<empty>' } : child.described
    entries.push({ key, kind: 'index', name: undefined, value: child.value, described })
  }
  const list: Children = { entries, total: length }
  if (length > MAX_LISTED) return list
  const extra = Reflect.ownKeys(value).filter(
    (key) => typeof key === 'symbol' || (key !== 'length' && !/^\d+$/.test(key)),
  )
  if (extra.length === 0 || types.isArgumentsObject(value)) return list
  const named = extra.slice(0, width).map((key) => property(value, key))
  return join(list, { entries: named, total: extra.length }, width)
}

function typedArrayChildren(value: ArrayLike<unknown>, width: number): Children {
  const length = typedArrayLength(value)
  const entries: Child[] = []
  for (let index = 0; index < Math.min(length, width); index++) {
    entries.push(plain(String(index), 'index', value[index]))
  }
  return { entries, total: length }
}

const plain = (key: string, kind: Child['kind'], value: unknown, name?: string): Child => ({
  key,
  kind,
  name,
  value,
  described: undefined,
})

const KEY_LIMITS = { stringLength: 80, mask: true }

function mapChildren(value: object, width: number): Children {
  const entries = mapEntries(value, width).map(([key, item], index) => {
    if (typeof key === 'string') return plain(quote(key, KEY_LIMITS), 'map', item, key)
    const isPrimitive = key === null || (typeof key !== 'object' && typeof key !== 'function')
    if (!isPrimitive) return plain(`<key ${index}>`, 'map', item)
    return plain(typeof key === 'symbol' ? symbolText(key) : `${String(key)}`, 'map', item)
  })
  return { entries, total: mapSize(value) }
}

function setChildren(value: object, width: number): Children {
  const entries = setValues(value, width).map((item, index) => plain(String(index), 'set', item))
  return { entries, total: setSize(value) }
}

/** An error's own properties and its cause; name, message and stack are in its text. */
const errorChildren = (value: object, width: number): Children => properties(value, width, HIDDEN_OF_ERRORS)
