/**
 * The one way from code that the inspector evaluates back into ours: an object on a hidden property of `globalThis`.
 * Its name is a string, since `Symbol.for` counts as a side effect where none is allowed.
 */

import type { Evaluate } from './captured.ts'

const RECEIVER = 'rocksolid.capture'
export const RECEIVER_PATH = `globalThis['${RECEIVER}']`

/** Called from inside paused frames and limited runs. */
export interface Receiver {
  objects(...values: readonly unknown[]): void
  frame(index: number, evaluate: Evaluate): void
  run(): void
  /** Gives its value back to the inspector, where no side effect is allowed. */
  pure(): unknown
}

export const NO_RECEIVER: Receiver = { objects() {}, frame() {}, run() {}, pure() {} }

/** Installs the receiver; it passes on to whatever `current` answers at the time. */
export function installReceiver(current: () => Receiver): void {
  Object.defineProperty(globalThis, RECEIVER, {
    configurable: true,
    value: Object.freeze({
      objects: (...values: readonly unknown[]) => current().objects(...values),
      frame: (index: number, evaluate: Evaluate) => current().frame(index, evaluate),
      run: () => current().run(),
      pure: () => current().pure(),
    } satisfies Receiver),
  })
}
