/**
 * Marks what this package itself writes to the process's streams: access lines, tracebacks, the debugger's PIN.
 * Capture of the application's prints leaves it out, so that a secret meant for the terminal gets into no log file
 * and no line is logged twice.
 */

import { shared } from './shared.ts'

const state = shared('own-output', () => ({ depth: 0 }))

/** Runs a synchronous write as this package's own. */
export function asOwnOutput<T>(write: () => T): T {
  state.depth++
  try {
    return write()
  } finally {
    state.depth--
  }
}

/** Whether the write that is running now is this package's own. */
export const isOwnOutput = (): boolean => state.depth > 0
