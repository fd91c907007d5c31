/**
 * Calls of `console`, taken by layers before the console itself shows them. It is patched once for all layers, and put
 * back with the last of them; layers in front are asked first, in whatever order they came.
 */

import { shared, whileHeld } from './shared.ts'

export const CONSOLE_METHODS = [
  'debug',
  'log',
  'info',
  'warn',
  'error',
  'trace',
  'dir',
  'dirxml',
  'table',
  'assert',
  'count',
  'timeLog',
  'timeEnd',
  'group',
  'groupCollapsed',
] as const

export type ConsoleMethod = (typeof CONSOLE_METHODS)[number]

export interface ConsoleCall {
  readonly method: ConsoleMethod
  readonly args: readonly unknown[]
  /** The function that a stack trace of the caller begins below. */
  readonly top: (...args: never[]) => unknown
}

/** Takes a call; `show` gives it on to the layers behind and in the end to the console. */
export type ConsoleLayer = (call: ConsoleCall, show: () => void) => void

const state = shared('console-calls', () => ({
  front: [] as ConsoleLayer[],
  behind: [] as ConsoleLayer[],
}))
const holdPatched = whileHeld('console-calls', patch)

/** Takes every call from now on; gives back the function that ends it. */
export function layerConsole(place: 'front' | 'behind', layer: ConsoleLayer): () => void {
  state[place] = [layer, ...state[place]]
  const release = holdPatched()
  return () => {
    state[place] = state[place].filter((one) => one !== layer)
    release()
  }
}

function patch(): () => void {
  const undo = CONSOLE_METHODS.map(patchMethod)
  return () => {
    for (const one of undo) one()
  }
}

function patchMethod(method: ConsoleMethod): () => void {
  const original = console[method] as (...args: unknown[]) => void
  const patched = (...args: unknown[]): void => {
    const layers = [...state.front, ...state.behind]
    const pass = (index: number): void => {
      const layer = layers[index]
      if (layer === undefined) Reflect.apply(original, console, args)
      else layer({ method, args, top: patched }, () => pass(index + 1))
    }
    pass(0)
  }
  Object.defineProperty(patched, 'name', { value: method })
  console[method] = patched as never
  return () => {
    if (console[method] === (patched as never)) console[method] = original as never
  }
}
