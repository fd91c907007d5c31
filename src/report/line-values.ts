/** The values that explain a failing line, read from a frame without running any code of theirs. */

import { read } from '../core/read.ts'
import { describe } from '../inspect/describe.ts'
import type { DescriptionEntry } from '../inspect/description.ts'
import { identifiersOn } from '../stack/identifiers.ts'

/** Looks a variable up in the frame; undefined when there is none of that name. */
export type Lookup = (name: string) => { readonly value: unknown } | undefined

/** Tells what a property held when the error was thrown, where that is known and it has changed since. */
export type Remembered = (holder: unknown, key: string) => { readonly value: unknown } | undefined

const LIMITS = { depth: 2, width: 12, nodes: 60, stringLength: 120, time: 10 }

/**
 * What the names on `line` hold, in the order they stand there. Of a path as `user.name` both `user` and the whole
 * are told, down to the first part that is missing; functions and classes that are only called are left out.
 */
export function lineValues(
  line: string,
  lookup: Lookup,
  remembered: Remembered = () => undefined,
): readonly DescriptionEntry[] {
  const entries = new Map<string, DescriptionEntry>()
  for (const { path, called } of identifiersOn(line)) {
    const [root = '', ...rest] = path
    const found = safely(lookup, root)
    if (found === undefined) continue
    let value = found.value
    let key = root
    // The name that this very line declares has no value yet: its `undefined` explains nothing.
    if (value === undefined && declares(line, root)) continue
    const isCallable = typeof value === 'function'
    if (!isCallable) add(entries, key, value)
    for (const [index, part] of rest.entries()) {
      if (value === undefined || value === null) break
      const kept = remembered(value, part)
      const reading = kept === undefined ? read(value, part) : { found: 'value' as const, ...kept }
      if (reading.found === 'accessor') break
      value = reading.found === 'value' ? reading.value : undefined
      key = `${key}.${part}`
      const isLast = index === rest.length - 1
      if (!(isLast && called && typeof value === 'function')) add(entries, key, value)
    }
  }
  return [...entries.values()]
}

/** Whether a line declares a name, which has no value yet when it fails. */
export function declares(line: string, name: string): boolean {
  const [, rest = ''] = /\b(?:const|let|var)\s+([^=]{1,200})=/.exec(line) ?? []
  return rest.split(/[^\w$]+/).includes(name)
}

function add(entries: Map<string, DescriptionEntry>, key: string, value: unknown): void {
  // An object wrapping it makes the name of the variable count when secrets are masked.
  const [entry] = describe({ [key.split('.').at(-1) ?? key]: value }, LIMITS).entries ?? []
  if (entry !== undefined && !entries.has(key))
    entries.set(key, { key, kind: 'property', value: entry.value })
}

function safely(lookup: Lookup, name: string): { readonly value: unknown } | undefined {
  try {
    return lookup(name)
  } catch {
    return undefined
  }
}
