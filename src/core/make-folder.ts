/** Makes a folder and those above it. */

import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Folder by folder: Node's own `recursive` never comes back from a place such as `/proc` that takes none.
 * @throws the system's error for the first folder that cannot be made
 */
export function makeFolder(folder: string, mode?: number): void {
  make(resolve(folder), mode)
}

function make(folder: string, mode: number | undefined): void {
  if (existsSync(folder)) return
  make(dirname(folder), mode)
  try {
    mkdirSync(folder, mode)
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
