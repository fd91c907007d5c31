/**
 * The only process-wide state. Two copies of this package (ESM beside CommonJS, a preload beside the application's
 * own install) must agree about a request, so what they share hangs on one symbol of `globalThis`.
 */

/** The name of the symbol, for code that runs where nothing can be imported. */
export const SHARED_NAME = 'rocksolid.shared.1'
const KEY = Symbol.for(SHARED_NAME)

/** The process-wide value under `name`, made by `create` when no copy has made it yet. */
export function shared<T>(name: string, create: () => T): T {
  const holder = globalThis as { [KEY]?: Map<string, unknown> }
  let values = holder[KEY]
  if (values === undefined) {
    values = new Map()
    Object.defineProperty(holder, KEY, { value: values })
  }
  if (!values.has(name)) values.set(name, create())
  return values.get(name) as T
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
