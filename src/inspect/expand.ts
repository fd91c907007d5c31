/** Opens a value further than it was described: the value at a path of children, described anew from there. */

import { isReadable, readValue } from '../core/read.ts'
import { type Child, childrenOf } from './children.ts'
import { type DescribeLimits, describe } from './describe.ts'
import type { Description } from './description.ts'
import { headOf } from './head.ts'

/** Children looked at when a path is followed or a long list opened. */
const MAX_WIDTH = 10_000
const LIMITS = { depth: 2, width: 200, nodes: 2000 } satisfies DescribeLimits
/** Of a string that is opened; of a million children, 200 at a time. */
const STRING_LIMITS: DescribeLimits = { stringLength: 100_000 }
const NEXT_LIMITS: DescribeLimits = { depth: 2, nodes: 50_000, time: 200 }

/** What was found at the end of a path. */
export type Expanded =
  | { readonly kind: 'value'; readonly description: Description }
  /** An accessor: its object and name, to be run by whoever dares. */
  | { readonly kind: 'getter'; readonly holder: object; readonly name: string }

/**
 * Follows `path`, indexes of children as `describe` lists them, and describes what is there: its first 200 children,
 * or 200 beginning with the child `from`, up to the 10,000th.
 * @returns undefined when the path leads nowhere (any more)
 */
export function expand(value: unknown, path: readonly number[], from = 0): Expanded | undefined {
  let current = value
  for (const [step, index] of path.entries()) {
    const child = childAt(current, index)
    if (child === undefined) return undefined
    if (child.described?.type === 'getter' && step === path.length - 1 && child.name !== undefined) {
      return { kind: 'getter', holder: current as object, name: child.name }
    }
    current = child.value
  }
  return { kind: 'value', description: describeFrom(current, from) }
}

function describeFrom(value: unknown, from: number): Description {
  if (typeof value === 'string') return describe(value, STRING_LIMITS)
  if (from === 0) return describe(value, LIMITS)
  const width = Math.min(MAX_WIDTH, from + LIMITS.width)
  const whole = describe(value, { ...NEXT_LIMITS, width })
  return { ...whole, entries: whole.entries?.slice(from) ?? [] }
}

function childAt(value: unknown, index: number): Child | undefined {
  if (!isReadable(value) || index >= MAX_WIDTH) return undefined
  const { type } = headOf(value, { stringLength: 100, mask: true })
  return childrenOf(value, type, index + 1).entries[index]
}

/** The names of a value's properties, its own and inherited, without running anything; nearest first. */
export function propertyNames(value: unknown, limit = 500): readonly string[] {
  if (value === undefined || value === null) return []
  const names = new Set<string>()
  let holder: unknown = Object(value)
  for (let level = 0; level < 20 && isReadable(holder) && names.size < limit; level++) {
    for (const name of Object.getOwnPropertyNames(holder)) if (!/^\d/.test(name)) names.add(name)
    holder = Object.getPrototypeOf(holder)
  }
  return [...names].slice(0, limit)
}

/** The value of a data property, own or inherited, of anything; undefined for accessors. */
export function propertyOf(value: unknown, name: string): unknown {
  return value === undefined || value === null ? undefined : readValue(Object(value), name)
}
