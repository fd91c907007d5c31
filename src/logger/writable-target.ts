/** Any writable stream as a target of bytes: it says "not now" while the stream asks to wait. */

import type { Writable } from 'node:stream'
import type { ByteTarget } from './line-writer.ts'

/** Writes to `stream`, never ends it. An `error` of the stream is thrown at the next write. */
export function writableTarget(stream: Writable): ByteTarget {
  let failure: unknown
  let isFull = false
  let isHurried = false
  const onError = (error: unknown): void => {
    failure = error
  }
  const onDrain = (): void => {
    isFull = false
  }
  const onClose = (): void => {
    failure ??= Object.assign(new Error('the stream was closed'), { code: 'EPIPE' })
  }
  stream.on('error', onError)
  stream.on('drain', onDrain)
  stream.on('close', onClose)
  return {
    write(bytes, start, end) {
      if (failure !== undefined) throw asGone(failure)
      if (isFull && !isHurried) throw Object.assign(new Error('the stream is full'), { code: 'EAGAIN' })
      // A copy: the bytes are reused while the stream may still hold them.
      isFull = stream.write(Buffer.from(bytes.subarray(start, end))) === false
      return end - start
    },
    hurry() {
      isHurried = true
    },
    close() {
      stream.off('drain', onDrain)
      stream.off('close', onClose)
      // The error listener stays: what the stream still holds may fail, and must not end the process.
    },
  }
}

/** A stream that failed does not come back. */
function asGone(error: unknown): Error {
  const message = error instanceof Error ? error.message : 'the stream failed'
  return Object.assign(new Error(message, { cause: error }), { code: 'EPIPE' })
}
