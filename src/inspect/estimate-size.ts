/**
 * Estimates how many bytes a value keeps, for stores that are bounded by bytes. An estimate and no more: V8 tells
 * nobody. Strings count a byte a character, elements of long arrays by a sample, closures and prototypes not at all.
 */

import { types } from 'node:util'
import { isReadable, readOwn } from '../core/read.ts'
import {
  arrayBufferLength,
  mapEntries,
  mapSize,
  setSize,
  setValues,
  sharedBufferLength,
  typedArrayLength,
} from './natives.ts'

/** Bytes of an object, and of each of its slots. */
const OBJECT = 32
const SLOT = 8
/** Elements and properties looked at of one object; the rest is taken to be like them. */
const SAMPLE = 50

/**
 * The bytes of `values` and all they refer to, each object once, `maxObjects` objects at most. `shared` and what is
 * reached only through it is not counted. Runs no code of the values. Never throws.
 */
export function estimateSize(
  values: readonly unknown[],
  shared: readonly unknown[] = [],
  maxObjects = 2000,
): number {
  const seen = new Set<unknown>(shared)
  let queue = values.map((value) => ({ value, times: 1 }))
  let bytes = 0
  while (queue.length > 0 && seen.size < maxObjects) {
    const next: typeof queue = []
    for (const { value, times } of queue) {
      if (typeof value === 'string') bytes += times * value.length
      if (!isReadable(value) || typeof value === 'function' || seen.has(value)) continue
      if (seen.size >= maxObjects) break
      seen.add(value)
      const { own, children, like } = measured(value)
      bytes += times * own
      for (const child of children) next.push({ value: child, times: times * like })
    }
    queue = next
  }
  return Math.round(bytes)
}

interface Measured {
  readonly own: number
  /** Some of what it refers to, each standing for `like` such. */
  readonly children: readonly unknown[]
  readonly like: number
}

function measured(value: object): Measured {
  if (types.isArrayBuffer(value)) return leaf(arrayBufferLength(value))
  if (types.isSharedArrayBuffer(value)) return leaf(sharedBufferLength(value))
  // The bytes of a view are those of its buffer, but a small Buffer is a slice of a pool: its own length counts.
  if (types.isTypedArray(value)) return leaf(typedArrayLength(value) * bytesPerElement(value))
  if (types.isMap(value)) {
    return sampled(mapSize(value), 2, mapEntries(value, SAMPLE).flat())
  }
  if (types.isSet(value)) return sampled(setSize(value), 1, setValues(value, SAMPLE))
  if (Array.isArray(value)) {
    const { length } = value
    const step = Math.max(1, Math.floor(length / SAMPLE))
    const indexes = Array.from({ length: Math.min(length, SAMPLE) }, (_one, index) => index * step)
    return sampled(
      length,
      1,
      indexes.map((index) => own(value, String(index))),
    )
  }
  const keys = Reflect.ownKeys(value)
  return sampled(
    keys.length,
    1,
    keys.slice(0, SAMPLE).map((key) => own(value, key)),
  )
}

const leaf = (bytes: number): Measured => ({ own: OBJECT + bytes, children: [], like: 1 })

function sampled(count: number, slots: number, children: readonly unknown[]): Measured {
  const like = children.length === 0 ? 1 : Math.max(1, (count * slots) / children.length)
  return { own: OBJECT + count * slots * SLOT, children, like }
}

function own(value: object, key: PropertyKey): unknown {
  const reading = readOwn(value, key)
  return reading.found === 'value' ? reading.value : undefined
}

function bytesPerElement(value: object): number {
  if (types.isBigInt64Array(value) || types.isBigUint64Array(value) || types.isFloat64Array(value)) return 8
  if (types.isInt32Array(value) || types.isUint32Array(value) || types.isFloat32Array(value)) return 4
  return types.isInt16Array(value) || types.isUint16Array(value) ? 2 : 1
}
