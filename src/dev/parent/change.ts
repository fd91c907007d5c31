/** What a change of files asks for: a new process, another look of the page, or only its new style. */

import { basename, extname } from 'node:path'
import type { FileKind } from './server-process.ts'

export interface Effect {
  readonly restart: boolean
  /** Pages should be loaded again. */
  readonly page: boolean
  /** Style sheets, by file name, that pages can exchange. */
  readonly styles: readonly string[]
}

/**
 * A style sheet is exchanged in the page unless the server imports it as a module; what was only streamed to browsers
 * is for the page; everything else is the server's.
 */
export function effectOf(files: readonly string[], kindOf: (file: string) => FileKind | undefined): Effect {
  const styles: string[] = []
  let page = false
  let restart = false
  for (const file of files) {
    const kind = kindOf(file)
    if (extname(file) === '.css' && kind !== 'module') styles.push(basename(file))
    else if (kind === 'streamed') page = true
    else restart = true
  }
  return { restart, page, styles }
}
