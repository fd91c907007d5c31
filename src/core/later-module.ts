/**
 * Modules that are nice to have: loading one takes longer than doing without it once, so it is loaded when the answer
 * that could have used it has gone, and used from then on.
 */

import { shared } from './shared.ts'

/** A module that may be there. */
export interface LaterModule<Module> {
  /** The module, when it is loaded. Has it loaded in a moment when it is not; at most one attempt in a process. */
  readonly loaded: () => Module | undefined
  /** The module, loaded now. Rejects when it cannot be. */
  readonly load: () => Promise<Module>
}

/** Milliseconds from the first wish to the loading: the answer has gone by then. */
const LOAD_AFTER_MS = 300

/** `name` is what copies of this package know it by. */
export function laterModule<Module>(name: string, load: () => Promise<Module>): LaterModule<Module> {
  const state = shared(name, (): { module?: Module; asked: boolean } => ({ asked: false }))
  const loadNow = async (): Promise<Module> => {
    state.module ??= await load()
    return state.module
  }
  return {
    loaded: () => {
      if (!state.asked) {
        state.asked = true
        setTimeout(() => void loadNow().catch(() => {}), LOAD_AFTER_MS).unref()
      }
      return state.module
    },
    load: loadNow,
  }
}
