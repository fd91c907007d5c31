/** Hears what requests print: everything that goes through `process.stdout` and `process.stderr`, `console` included. */

import { isOwnOutput } from '../../core/own-output.ts'
import { shared } from '../../core/shared.ts'
import { isInSink } from '../../core/sink-scope.ts'
import { currentStory } from '../../core/story.ts'

const tap = shared('story-prints', (): { listeners: number; restore: (() => void) | undefined } => ({
  listeners: 0,
  restore: undefined,
}))

/**
 * Tells the story of a request what it prints, from now on; what this package itself writes and what sinks of a
 * logger write is left out. Gives back the function that ends it.
 */
export function hearPrints(): () => void {
  tap.listeners++
  tap.restore ??= patch()
  let ended = false
  return () => {
    if (ended) return
    ended = true
    if (--tap.listeners > 0) return
    tap.restore?.()
    tap.restore = undefined
  }
}

function patch(): () => void {
  const undo = (['stdout', 'stderr'] as const).map(patchStream)
  return () => {
    for (const one of undo) one()
  }
}

function patchStream(name: 'stdout' | 'stderr'): () => void {
  const stream = process[name]
  const had = Object.getOwnPropertyDescriptor(stream, 'write')
  const original = stream.write
  const write = function rocksolidStory(this: unknown, ...args: unknown[]): boolean {
    const shown = Reflect.apply(original, stream, args) as boolean
    if (tap.listeners > 0) hear(name, args[0])
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

function hear(name: 'stdout' | 'stderr', chunk: unknown): void {
  try {
    const story = currentStory()
    if (story === undefined || isOwnOutput() || isInSink()) return
    const text = typeof chunk === 'string' ? chunk : ArrayBuffer.isView(chunk) ? bytesText(chunk) : ''
    if (text !== '') story.line(name, text)
  } catch {
    // Whoever printed has printed: that is all they asked for.
  }
}

const bytesText = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, Math.min(byteLength, 8192)).toString('utf8')
