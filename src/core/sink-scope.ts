/** Marks what runs on behalf of a sink, also later and asynchronously, so that its prints are not logged again. */

import { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from './shared.ts'

const storage = shared('sink-scope', () => new AsyncLocalStorage<true>())

/** Runs `action` as part of a sink. */
export function inSink<T>(action: () => T): T {
  return storage.run(true, action)
}

/** Whether the running code was started by a sink. */
export const isInSink = (): boolean => storage.getStore() === true
