/** Comes back to an asynchronous context later: what every `AsyncLocalStorage` of the process holds now. */

import { AsyncResource } from 'node:async_hooks'

/** Runs something in the context it was made in. */
export type InContext = <T>(work: () => T) => T

/**
 * Like `AsyncLocalStorage.snapshot()`, which takes 12 µs on Node 20 and 3 on 24 where this takes 0.1: it binds a
 * function anew, with a deprecated property on it and an object for the collector to finish.
 */
export function currentContext(): InContext {
  const resource = new AsyncResource('ROCKSOLID', { requireManualDestroy: true })
  return (work) => resource.runInAsyncScope(work)
}
