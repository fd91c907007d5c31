/** Joins the fields of a logger, of a context and of a call without running a getter that throws into the caller. */

import { readOrNote } from './error-facts.ts'
import type { Fields } from './record-origin.ts'

/** All fields, the later winning. A field that cannot be read says so. */
export function mergeFields(...sources: readonly (Fields | undefined)[]): Fields {
  const merged: Record<string, unknown> = {}
  for (const source of sources) if (source !== undefined) takeOver(merged, source)
  return merged
}

function takeOver(merged: Record<string, unknown>, source: Fields): void {
  let keys: string[]
  try {
    keys = Object.keys(source)
  } catch {
    return
  }
  for (const key of keys) {
    const value = readOrNote(source, key)
    if (key === '__proto__')
      Object.defineProperty(merged, key, { value, enumerable: true, configurable: true, writable: true })
    else merged[key] = value
  }
}
