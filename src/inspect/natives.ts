/**
 * The runtime's own accessors, taken once, so that looking into a Map, Date or typed array runs neither a method
 * that the object carries itself nor one that somebody has replaced later.
 */

const getter = (prototype: object, key: PropertyKey): ((target: unknown) => unknown) => {
  const get = Object.getOwnPropertyDescriptor(prototype, key)?.get
  return (target) => (get === undefined ? undefined : Reflect.apply(get, target, []))
}

const method = (prototype: object, key: PropertyKey): ((target: unknown) => unknown) => {
  const call: unknown = Object.getOwnPropertyDescriptor(prototype, key)?.value
  return (target) => (typeof call === 'function' ? Reflect.apply(call, target, []) : undefined)
}

const typedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype)
const mapNext = method(Object.getPrototypeOf(new Map().entries()), 'next')
const setNext = method(Object.getPrototypeOf(new Set().values()), 'next')
const mapEntriesOf = method(Map.prototype, 'entries')
const setValuesOf = method(Set.prototype, 'values')

export const mapSize = getter(Map.prototype, 'size') as (target: unknown) => number
export const setSize = getter(Set.prototype, 'size') as (target: unknown) => number
export const typedArrayLength = getter(typedArrayPrototype, 'length') as (target: unknown) => number
export const typedArrayTag = getter(typedArrayPrototype, Symbol.toStringTag) as (target: unknown) => string
export const arrayBufferLength = getter(ArrayBuffer.prototype, 'byteLength') as (target: unknown) => number
export const sharedBufferLength = getter(SharedArrayBuffer.prototype, 'byteLength') as (
  target: unknown,
) => number
export const dateTime = method(Date.prototype, 'getTime') as (target: unknown) => number
export const dateText = method(Date.prototype, 'toISOString') as (target: unknown) => string
export const regexpSource = getter(RegExp.prototype, 'source') as (target: unknown) => string
export const functionSource = method(Function.prototype, 'toString') as (target: unknown) => string
export const symbolText = method(Symbol.prototype, 'toString') as (target: unknown) => string

const FLAGS: readonly (readonly [string, (target: unknown) => unknown])[] = [
  ['d', getter(RegExp.prototype, 'hasIndices')],
  ['g', getter(RegExp.prototype, 'global')],
  ['i', getter(RegExp.prototype, 'ignoreCase')],
  ['m', getter(RegExp.prototype, 'multiline')],
  ['s', getter(RegExp.prototype, 'dotAll')],
  ['u', getter(RegExp.prototype, 'unicode')],
  ['v', getter(RegExp.prototype, 'unicodeSets')],
  ['y', getter(RegExp.prototype, 'sticky')],
]

/** `/a+/gi` as written, without reading `flags`, which asks the object. */
export function regexpText(target: unknown): string {
  return `/${regexpSource(target)}/${FLAGS.map(([flag, isSet]) => (isSet(target) ? flag : '')).join('')}`
}

/** The first `limit` entries of a Map. */
export function mapEntries(target: unknown, limit: number): readonly (readonly [unknown, unknown])[] {
  return take<[unknown, unknown]>(mapEntriesOf(target), mapNext, limit)
}

/** The first `limit` values of a Set. */
export function setValues(target: unknown, limit: number): readonly unknown[] {
  return take<unknown>(setValuesOf(target), setNext, limit)
}

function take<T>(iterator: unknown, next: (target: unknown) => unknown, limit: number): T[] {
  const taken: T[] = []
  while (taken.length < limit) {
    const step = next(iterator) as { done: boolean; value: T }
    if (step.done) break
    taken.push(step.value)
  }
  return taken
}

const primitives = [Number, String, Boolean, BigInt, Symbol].map((maker) =>
  method(maker.prototype, 'valueOf'),
)

/** The primitive inside a `new Number(1)` and the like. */
export function unbox(target: unknown): unknown {
  for (const unwrap of primitives) {
    try {
      return unwrap(target)
    } catch {
      // Not of this kind: each valueOf throws for the others.
    }
  }
  return undefined
}
