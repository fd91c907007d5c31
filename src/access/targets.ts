/** The ends of the pipe: a file descriptor, a file, a stream. */

import { closeSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { SinkError } from '../core/errors.ts'
import { LOG_FILE_MODE } from '../core/log-file-mode.ts'
import { makeFolder } from '../core/make-folder.ts'
import { asOwnOutput } from '../core/own-output.ts'
import type { TextTarget } from './destination.ts'

/** The part of a stream that is used. */
export interface WritableLike {
  write(chunk: string): unknown
  on?(event: string, listener: (error?: unknown) => void): unknown
  readonly writableObjectMode?: boolean
  readonly writableEnded?: boolean
  readonly destroyed?: boolean
}

/** Times a full pipe is tried again before the rest of a write is kept for later. */
const MAX_EAGAIN = 8

/**
 * Appends to a file, which is opened now. Folders are made. Writes are synchronous, as Node's own are to a redirected
 * stdout: whole lines in one call, in order, none in flight when the process dies.
 * @throws {SinkError} when it cannot be opened
 */
export function fileTarget(path: string): TextTarget {
  const fd = opened(path)
  let rest: Buffer | undefined
  const write = (text: string): boolean => {
    const begun = rest
    const bytes = begun === undefined ? encoded(text) : Buffer.concat([begun, encoded(text)])
    rest = undefined
    let at = 0
    for (let tries = 0; at < bytes.length; ) {
      try {
        at += writeSync(fd, bytes, at)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EAGAIN' && ++tries < MAX_EAGAIN) continue
        if (at === 0) {
          rest = begun
          throw error
        }
        // A line that is half written is finished by the next write rather than begun again.
        rest = Buffer.from(bytes.subarray(at))
        return true
      }
    }
    return true
  }
  return {
    write,
    writeSync: write,
    onReady: () => {},
    async close() {
      closeSync(fd)
    },
  }
}

/**
 * For texts of the usual size, up to 3 bytes for a character, so that a write allocates nothing. Synchronous writes are
 * done with it at once; the system gives memory only to the part that is used.
 */
const scratch = Buffer.allocUnsafeSlow(3 * 66_000)

function encoded(text: string): Buffer {
  if (text.length * 3 > scratch.length) return Buffer.from(text)
  return scratch.subarray(0, scratch.write(text))
}

function opened(path: string): number {
  try {
    makeFolder(dirname(path))
    return openSync(path, 'a', LOG_FILE_MODE)
  } catch (error) {
    const { code = 'an error' } = error as NodeJS.ErrnoException
    throw new SinkError(
      'ERR_ROCKSOLID_SINK_FAILED',
      `accessLog: the file ${JSON.stringify(path)} cannot be opened for appending: ${code}. Give a path that this process may write, or another destination in the option "to".`,
      { cause: error },
    )
  }
}

/** Writes to a stream, keeping to its backpressure. A stream that fails or ends is told of and not written again. */
export function streamTarget(stream: WritableLike, onError: (error: unknown) => void): TextTarget {
  let ready: () => void = () => {}
  let broken: unknown
  stream.on?.('error', (error) => {
    broken = error ?? new Error('the stream failed')
    onError(broken)
  })
  stream.on?.('drain', () => ready())
  const write = (text: string): boolean => {
    if (broken !== undefined || stream.writableEnded === true || stream.destroyed === true) {
      throw broken ?? new Error('the stream has ended')
    }
    return asOwnOutput(() => stream.write(text)) !== false || stream.on === undefined
  }
  return {
    write,
    writeSync: (text) => void write(text),
    onReady: (listener) => {
      ready = listener
    },
    // The stream belongs to whoever made it.
    close: () => Promise.resolve(),
  }
}
