/** A file system of 2 MB that can be filled, and made read-only. */

import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { afterAll } from 'vitest'

/** Mounts it for the tests of a file. Only root may: elsewhere `isMounted` is false, and the tests show as skipped. */
export function smallDisk(disk: string): { readonly disk: string; readonly isMounted: boolean } {
  try {
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk])
  } catch {
    return { disk, isMounted: false }
  }
  afterAll(() => void execFileSync('umount', ['-l', disk]))
  return { disk, isMounted: true }
}
