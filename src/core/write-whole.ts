/** Writes a file of which nobody ever sees a half. */

import { renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Puts a file in the place of what was there. A link that somebody has left at the name of the temporary file, as in a
 * folder that others may write to, is taken away and not followed.
 * @throws the system's error; what was there before is still there then
 */
export function writeWhole(path: string, text: string, mode: number): void {
  const partial = partialOf(path)
  rmSync(partial, { force: true })
  try {
    writeFileSync(partial, text, { mode, flag: 'wx' })
    renameSync(partial, path)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}

/** What this process calls a file before it is whole. */
export const partialOf = (path: string): string => `${path}.${process.pid}.tmp`
