/**
 * Reads facts of values that may be hostile without running any code of theirs: no getter, no Proxy trap, no
 * `toString`. Used wherever a thrown value or a local variable is looked at.
 */

import { types } from 'node:util'

/** What {@link read} found: a plain value, an accessor that was not run, or nothing. */
export type Reading =
  | { readonly found: 'value'; readonly value: unknown }
  | { readonly found: 'accessor'; readonly get: boolean; readonly set: boolean }
  | { readonly found: 'nothing' }

const NOTHING: Reading = { found: 'nothing' }

/** Most prototypes followed; a longer chain is a joke or an attack. */
const MAX_CHAIN = 32

/** An object or function whose properties can be looked at without running its code. */
export function isReadable(value: unknown): value is object {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  return !types.isProxy(value)
}

/** An own property. Never throws. */
export function readOwn(target: unknown, key: PropertyKey): Reading {
  if (!isReadable(target)) return NOTHING
  try {
    const descriptor = Object.getOwnPropertyDescriptor(target, key)
    if (descriptor === undefined) return NOTHING
    if ('value' in descriptor) return { found: 'value', value: descriptor.value }
    return { found: 'accessor', get: descriptor.get !== undefined, set: descriptor.set !== undefined }
  } catch {
    // A module namespace throws for a binding that is not initialised yet.
    return NOTHING
  }
}

/** A property of the object or of its prototypes, up to the first Proxy among them. Never throws. */
export function read(target: unknown, key: PropertyKey): Reading {
  for (const holder of chainOf(target)) {
    const reading = readOwn(holder, key)
    if (reading.found !== 'nothing') return reading
  }
  return NOTHING
}

/** The value of a data property of the object or its prototypes; undefined for anything else. */
export function readValue(target: unknown, key: PropertyKey): unknown {
  const reading = read(target, key)
  return reading.found === 'value' ? reading.value : undefined
}

/** The same as {@link readValue} when it is a string. */
export function readString(target: unknown, key: PropertyKey): string | undefined {
  const value = readValue(target, key)
  return typeof value === 'string' ? value : undefined
}

/** Whether `prototype` is among the prototypes of the value; `instanceof` without `Symbol.hasInstance` and traps. */
export function inherits(value: unknown, prototype: object): boolean {
  let first = true
  for (const holder of chainOf(value)) {
    if (!first && holder === prototype) return true
    first = false
  }
  return false
}

/** The name of the class that made the object; undefined for plain objects without prototype and odd ones. */
export function classNameOf(value: unknown): string | undefined {
  let first = true
  for (const holder of chainOf(value)) {
    if (first) {
      first = false
      continue
    }
    const maker = readOwn(holder, 'constructor')
    if (maker.found !== 'value' || typeof maker.value !== 'function') continue
    const name = readOwn(maker.value, 'name')
    if (name.found === 'value' && typeof name.value === 'string' && name.value !== '') return name.value
  }
  return undefined
}

/** Whether the value is an error: made by an Error constructor of any realm, a DOMException, or one that inherits. */
export function isErrorLike(value: unknown): boolean {
  if (!isReadable(value)) return false
  return types.isNativeError(value) || inherits(value, Error.prototype)
}

const DOM_EXCEPTION = Object.getOwnPropertyDescriptors(
  (globalThis as { DOMException?: { prototype: object } }).DOMException?.prototype ?? {},
) as Record<string, PropertyDescriptor>

/** `name`, `message` or `code` of an error, also of a DOMException, whose are getters of the runtime's own. */
export function readErrorField(error: unknown, key: 'name' | 'message' | 'code'): unknown {
  const reading = read(error, key)
  if (reading.found === 'value') return reading.value
  const native = DOM_EXCEPTION[key]?.get
  const isDomException = native !== undefined && isReadable(error) && classNameOf(error) === 'DOMException'
  if (!isDomException) return undefined
  try {
    return native.call(error)
  } catch {
    return undefined
  }
}

/**
 * `error.stack` when it is a string. An own getter is not run; but when nobody has read the stack before, V8 makes
 * its text now: it runs the process's `Error.prepareStackTrace` (source map supporters install one) and asks the
 * error for `name` and `message` as any code would. Never throws.
 */
export function readStack(error: unknown): string | undefined {
  if (!isReadable(error)) return undefined
  try {
    const own = Object.getOwnPropertyDescriptor(error, 'stack')
    if (own === undefined) return undefined
    if ('value' in own) return typeof own.value === 'string' ? own.value : undefined
    // Newer V8 makes `stack` an own accessor with a getter of its own, the same for every error.
    const native = Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get
    if (own.get === undefined || own.get !== native) return undefined
    const value: unknown = own.get.call(error)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** The object and its prototypes, ending before the first Proxy. */
export function* chainOf(value: unknown): Generator<object> {
  let holder: unknown = value
  for (let depth = 0; depth < MAX_CHAIN && isReadable(holder); depth++) {
    yield holder
    try {
      holder = Object.getPrototypeOf(holder)
    } catch {
      return
    }
  }
}
