/** A file descriptor that belongs to somebody else: stdout, stderr, an inherited pipe. */

import { writeSync } from 'node:fs'
import type { ByteTarget } from './line-writer.ts'

/** Writes to `fd`, never closes it. */
export function fdTarget(fd: number): ByteTarget {
  return {
    write: (bytes, start, end) => writeSync(fd, bytes, start, end - start),
    close: () => {},
  }
}
