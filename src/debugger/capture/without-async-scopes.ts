/** Keeps Node's own bookkeeping whole when V8 ends a run in the middle. */

import { AsyncResource } from 'node:async_hooks'

/**
 * Runs synchronous code in which `AsyncResource.runInAsyncScope` calls its function without entering the resource's
 * scope. Ending a run skips `finally` blocks; a scope that was entered and never left makes Node end the process
 * ("async hook stack has become corrupted") at the next callback. `AsyncLocalStorage.run` is not touched.
 */
export function withoutAsyncScopes<T>(run: () => T): T {
  const prototype: { runInAsyncScope: unknown } = AsyncResource.prototype
  const original = prototype.runInAsyncScope
  prototype.runInAsyncScope = function runInAsyncScope(
    code: (...args: unknown[]) => unknown,
    self: unknown,
    ...args: unknown[]
  ) {
    return Reflect.apply(code, self, args)
  }
  try {
    return run()
  } finally {
    prototype.runInAsyncScope = original
  }
}
