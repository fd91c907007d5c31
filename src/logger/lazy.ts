/** A field whose value is made only when a sink really draws the record. */

import { checkArgument, isFunction } from '../core/options.ts'
import { throwNote } from './error-facts.ts'

/** See {@link lazy}. */
export class Lazy {
  #make: (() => unknown) | undefined
  #value: unknown

  constructor(make: () => unknown) {
    this.#make = make
  }

  /** The value; made at the first call. A throw becomes the text of it. */
  get(): unknown {
    if (this.#make !== undefined) {
      const make = this.#make
      this.#make = undefined
      try {
        this.#value = make()
      } catch (error) {
        this.#value = throwNote(error)
      }
    }
    return this.#value
  }

  /** Whether a value is one; asks no Proxy. */
  static is(value: unknown): value is Lazy {
    return typeof value === 'object' && value !== null && #make in value
  }

  toJSON(): unknown {
    return this.get()
  }
}

/** A field value that is made when, and only if, the record is drawn: `log.debug('state', { dump: lazy(() => dump()) })`. */
export function lazy(make: () => unknown): unknown {
  checkArgument('lazy', 'what makes the value', make, isFunction)
  return new Lazy(make)
}

/** The fields with lazy values made; the same object when it has none. */
export function withoutLazy(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined
  for (const key of Object.keys(fields)) {
    const value = fields[key]
    if (!Lazy.is(value)) continue
    copy ??= { ...fields }
    copy[key] = value.get()
  }
  return copy ?? fields
}
