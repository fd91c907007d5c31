/** What a file was when it was last looked at: enough to tell a real change from a touch. */

import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'

/** `undefined` stands for a file that is not there. */
export interface Signature {
  readonly mtimeMs: number
  readonly size: number
  readonly inode: number
  /** Of the content; undefined where it was not read (yet, or because the file is large). */
  readonly hash?: string
}

/** Larger files are told apart by time and size alone. */
const MAX_HASHED = 4 * 1024 * 1024

/** The signature of what is there now, without its content. */
export function lookAt(file: string): Signature | undefined {
  try {
    const stats = statSync(file)
    return stats.isFile() ? { mtimeMs: stats.mtimeMs, size: stats.size, inode: stats.ino } : undefined
  } catch {
    return undefined
  }
}

/** The same with its content. */
export function readAt(file: string): Signature | undefined {
  const seen = lookAt(file)
  if (seen === undefined || seen.size > MAX_HASHED) return seen
  try {
    return { ...seen, hash: createHash('sha1').update(readFileSync(file)).digest('base64') }
  } catch {
    return seen
  }
}

/** Whether two looks may have seen different content; cheap, by time, size and inode. */
export function mayDiffer(before: Signature | undefined, after: Signature | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after
  return before.mtimeMs !== after.mtimeMs || before.size !== after.size || before.inode !== after.inode
}

/** Whether the content differs as far as it was read. */
export function differs(before: Signature | undefined, after: Signature | undefined): boolean {
  if (!mayDiffer(before, after)) return false
  if (before?.hash === undefined || after?.hash === undefined) return true
  return before.hash !== after.hash
}
