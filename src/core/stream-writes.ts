/**
 * What is written to the process's stdout and stderr, heard just after it was written. The streams are patched once
 * for all who listen, and put back with the last of them.
 */

import { listenersTo } from './shared.ts'

export type StandardStream = 'stdout' | 'stderr'

/** Hears a write; `top` is the function that a stack trace of the writer begins below. Its failure is nobody's. */
export type WriteListener = (
  stream: StandardStream,
  chunk: unknown,
  encoding: unknown,
  top: (...args: never[]) => unknown,
) => void

const listeners = listenersTo<WriteListener>('stream-writes', patch)

/** Hears of every write from now on; gives back the function that ends it. */
export const hearWrites = listeners.add

function patch(): () => void {
  const undo = (['stdout', 'stderr'] as const).map(patchStream)
  return () => {
    for (const one of undo) one()
  }
}

function patchStream(name: StandardStream): () => void {
  const stream = process[name]
  const had = Object.getOwnPropertyDescriptor(stream, 'write')
  const original = stream.write
  const write = function rocksolidWrite(this: unknown, ...args: unknown[]): boolean {
    const shown = Reflect.apply(original, stream, args) as boolean
    for (const listener of listeners.all) {
      try {
        listener(name, args[0], args[1], write)
      } catch {
        // Whoever wrote has written: that is all they asked for.
      }
    }
    return shown
  }
  stream.write = write as typeof stream.write
  return () => {
    // Somebody patched over us: their patch must go on working, and ours only passes on.
    if (stream.write !== write) return
    if (had === undefined) Reflect.deleteProperty(stream, 'write')
    else Object.defineProperty(stream, 'write', had)
  }
}
