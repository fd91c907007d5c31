/** The one way from code that the inspector evaluates back into ours: an object on a symbol of `globalThis`. */

import type { Evaluate } from './captured.ts'

const RECEIVER = Symbol.for('rocksolid.capture')
export const RECEIVER_PATH = `globalThis[Symbol.for('rocksolid.capture')]`

/** Called from inside paused frames and limited runs. */
export interface Receiver {
  thrown(value: unknown): void
  frame(index: number, evaluate: Evaluate): void
  run(): void
}

export const NO_RECEIVER: Receiver = { thrown() {}, frame() {}, run() {} }

/** Installs the receiver; it passes on to whatever `current` answers at the time. */
export function installReceiver(current: () => Receiver): void {
  Object.defineProperty(globalThis, RECEIVER, {
    configurable: true,
    value: Object.freeze({
      thrown: (value: unknown) => current().thrown(value),
      frame: (index: number, evaluate: Evaluate) => current().frame(index, evaluate),
      run: () => current().run(),
    } satisfies Receiver),
  })
}
