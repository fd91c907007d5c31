/**
 * The only process-wide state. Two copies of this package (ESM beside CommonJS, a preload beside the application's
 * own install) must agree about a request, so what they share hangs on one symbol of `globalThis`.
 *
 * The copies may be two versions. A version may give a shared value more fields; whoever changes the meaning of one, or
 * what stands in a collection, gives the value another name. Where a value of another version is not what this one
 * needs, this one has its own, and says so: both work, and know nothing of each other there.
 */

import { fitShape } from './fit-shape.ts'

const FAMILY = 'rocksolid.shared.'
/** The name of the symbol, for code that runs where nothing can be imported. */
export const SHARED_NAME = `${FAMILY}1`
const KEY = Symbol.for(SHARED_NAME)

type Registry = Pick<Map<string, unknown>, 'has' | 'get' | 'set'>

/** What this copy works with, by name, and whether it has told of another version. */
const own = { values: new Map<string, unknown>(), hasTold: false }

/** The process-wide value under `name`, made by `create` when no copy has made it yet. */
export function shared<T>(name: string, create: () => T): T {
  if (own.values.has(name)) return own.values.get(name) as T
  const made = create()
  const registry = registryOf(globalThis as object)
  let value: unknown = made
  if (registry === undefined) tell(name)
  else if (!registry.has(name)) registry.set(name, made)
  else if (fitShape(registry.get(name), made)) value = registry.get(name)
  else tell(name)
  own.values.set(name, value)
  return value as T
}

/** Undefined where something else hangs there. */
function registryOf(holder: { [KEY]?: unknown }): Registry | undefined {
  if (holder[KEY] === undefined) {
    const isOther = (symbol: symbol): boolean => symbol.description?.startsWith(FAMILY) === true
    if (Object.getOwnPropertySymbols(holder).some(isOther)) tell('everything')
    Object.defineProperty(holder, KEY, { value: new Map<string, unknown>() })
  }
  const found = holder[KEY]
  return fitShape(found, new Map()) ? (found as Registry) : undefined
}

function tell(what: string): void {
  if (own.hasTold) return
  own.hasTold = true
  process.emitWarning(
    `Two versions of rocksolid are loaded that do not understand each other (${what}). Each works for itself: what both do happens twice, and consoles work for the errors of the one loaded first. Install one version for the application and for the preload.`,
    { code: 'ROCKSOLID_TWO_VERSIONS' },
  )
}

/**
 * What is switched on for the first who needs it and off with the last, once for all copies of this package.
 * @param name what it is, process-wide
 * @param turnOn switches it on, and gives back what switches it off
 * @returns holds it on; gives back what lets go of it, of which later calls do nothing
 */
export function whileHeld(name: string, turnOn: () => () => void): () => () => void {
  const state = shared(`held:${name}`, () => ({ holders: 0, turnOn, turnOff: () => {} }))
  return () => {
    if (state.holders++ === 0) state.turnOff = state.turnOn()
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--state.holders === 0) state.turnOff()
    }
  }
}

/** Who hears of something that is made heard while anybody does. */
export interface Listeners<Listener> {
  readonly all: ReadonlySet<Listener>
  /** Adds one; gives back what takes it away. */
  readonly add: (listener: Listener) => () => void
}

/** {@link whileHeld} by listeners, once for all copies of this package. */
export function listenersTo<Listener>(name: string, turnOn: () => () => void): Listeners<Listener> {
  const all = shared(`listeners:${name}`, () => new Set<Listener>())
  const hold = whileHeld(name, turnOn)
  return {
    all,
    add(listener) {
      all.add(listener)
      const release = hold()
      return () => {
        all.delete(listener)
        release()
      }
    },
  }
}
