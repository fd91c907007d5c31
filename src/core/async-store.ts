/**
 * A value that follows asynchronous work, as an `AsyncLocalStorage` does. Before Node 24 that one is itself a hook on each
 * asynchronous resource; a hook of our own, which knows that there is one value only, costs two thirds of it.
 */

import { AsyncLocalStorage, createHook, executionAsyncResource } from 'node:async_hooks'

/** See {@link makeAsyncStore}. */
export interface AsyncStore<Value extends object> {
  /**
   * How many pieces of work are known not to be over. As long as there are none, what is queued by `process.nextTick` need
   * not carry the value: that is the runtime clearing up behind a response, half a dozen times for each.
   */
  open: number
  /** The value that the running code belongs to. */
  current(): Value | undefined
  /**
   * Has the running code, and all that it starts from here on, belong to `value`. Whoever gives the running code back to
   * others enters what was there before, in a `finally`.
   * @returns what was there before
   */
  enter(value: Value | undefined): Value | undefined
}

export function makeAsyncStore<Value extends object>(): AsyncStore<Value> {
  return hasFrames() ? framedStore() : hookedStore()
}

/** Whether the runtime has contexts of its own, without a hook. */
function hasFrames(): boolean {
  const { versions } = process
  const isNode = versions.bun === undefined && !('deno' in versions)
  return !isNode || Number.parseInt(versions.node, 10) >= 24
}

function framedStore<Value extends object>(): AsyncStore<Value> {
  const storage = new AsyncLocalStorage<Value | undefined>()
  return {
    open: 0,
    current: () => storage.getStore(),
    enter(value) {
      const outer = storage.getStore()
      storage.enterWith(value)
      return outer
    },
  }
}

interface Carrier {
  [key: symbol]: object | undefined
}

/** Each resource that is made inherits the value from the one that runs. */
function hookedStore<Value extends object>(): AsyncStore<Value> {
  const key = Symbol('rocksolid.context')
  const running = (): Carrier => executionAsyncResource() as Carrier
  const init = (_id: number, type: string, _trigger: number, resource: object): void => {
    if (store.open === 0 && type === 'TickObject') return
    const value = running()[key]
    if (value !== undefined) (resource as Carrier)[key] = value
  }
  let isHooked = false
  const store: AsyncStore<Value> = {
    open: 0,
    current: () => (isHooked ? (running()[key] as Value | undefined) : undefined),
    enter(value) {
      if (!isHooked) createHook({ init }).enable()
      isHooked = true
      const carrier = running()
      const outer = carrier[key] as Value | undefined
      carrier[key] = value
      return outer
    },
  }
  return store
}
