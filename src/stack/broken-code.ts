/**
 * Where a file cannot be parsed, for errors that do not name the place: V8 tells where in an ES module it could not go
 * on, but Node writes that to the terminal only, and only when nobody has caught the error.
 */

import { isReadable } from '../core/read.ts'
import { shared } from '../core/shared.ts'

/** A place in a source: the line from 1, the column from 0, and the line itself. */
export interface BrokenPlace {
  readonly line: number
  readonly column: number
  readonly text: string
}

/** The first place at which the source is no module; undefined for one that is. Never rejects. */
export async function brokenPlace(source: string): Promise<BrokenPlace | undefined> {
  const { parse } = await import('acorn')
  try {
    parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
    return undefined
  } catch (error) {
    const { loc } = error as { readonly loc?: { readonly line: number; readonly column: number } }
    return loc === undefined ? undefined : { ...loc, text: source.split('\n')[loc.line - 1] ?? '' }
  }
}

const places = shared('stack.broken-code', () => new WeakMap<object, string>())

/** Notes where the code stands that a syntax error is about, as `/file.mjs:3:7`: its frames begin there from now on. */
export function notePlace(error: unknown, place: string): void {
  if (isReadable(error)) places.set(error, place)
}

/** The place noted for an error. */
export function notedPlace(error: unknown): string | undefined {
  return isReadable(error) ? places.get(error) : undefined
}
