/** Hears what requests print: everything that goes through `process.stdout` and `process.stderr`, `console` included. */

import { isOwnOutput } from '../../core/own-output.ts'
import { isInSink } from '../../core/sink-scope.ts'
import { currentStory } from '../../core/story.ts'
import { hearWrites } from '../../core/stream-writes.ts'

/**
 * Tells the story of a request what it prints, from now on; what this package itself writes and what sinks of a
 * logger write is left out. Gives back the function that ends it.
 */
export function hearPrints(): () => void {
  return hearWrites((name, chunk) => {
    const story = currentStory()
    if (story === undefined || isOwnOutput() || isInSink()) return
    const text = typeof chunk === 'string' ? chunk : ArrayBuffer.isView(chunk) ? bytesText(chunk) : ''
    if (text !== '') story.line(name, text)
  })
}

const bytesText = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, Math.min(byteLength, 8192)).toString('utf8')
