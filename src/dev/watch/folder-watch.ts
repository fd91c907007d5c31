/**
 * Watches folders, never files: an editor that saves by writing beside and renaming replaces the file, and a watch of
 * the file itself would stay with the old one. A folder that is missing is watched for at its nearest ancestor.
 */

import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Called with the path that something happened to; undefined when the system does not say which. */
type OnEvent = (path: string | undefined, folder: string) => void

interface Watched {
  readonly watcher: FSWatcher
  /** The folder that is really watched: itself, or the nearest ancestor there is. */
  readonly at: string
  readonly inode: number
}

export class FolderWatch {
  readonly #folders = new Map<string, Watched | undefined>()
  readonly #onEvent: OnEvent

  constructor(onEvent: OnEvent) {
    this.#onEvent = onEvent
  }

  get size(): number {
    return this.#folders.size
  }

  add(folder: string): void {
    if (!this.#folders.has(folder)) this.#folders.set(folder, this.#watch(folder))
  }

  /**
   * Looks whether each folder is still the one that is watched, and watches those that have come or come back.
   * @returns the folders watched anew
   */
  repair(): readonly string[] {
    const renewed: string[] = []
    for (const [folder, watched] of this.#folders) {
      const now = inodeOf(folder)
      if (watched !== undefined && watched.at === folder && watched.inode === now) continue
      if (watched !== undefined && watched.at !== folder && now === undefined) continue
      watched?.watcher.close()
      this.#folders.set(folder, this.#watch(folder))
      renewed.push(folder)
    }
    return renewed
  }

  close(): void {
    for (const watched of this.#folders.values()) watched?.watcher.close()
    this.#folders.clear()
  }

  #watch(folder: string): Watched | undefined {
    const at = nearestFolder(folder)
    const inode = inodeOf(at) ?? 0
    try {
      const watcher = watch(at, { persistent: false }, (_type, name) => {
        // Of an ancestor, or of the folder's own end.
        const isVague = at !== folder || name === null || name === basename(at)
        this.#onEvent(isVague ? undefined : join(at, name), folder)
      })
      // A folder that is removed ends its watch; repair() begins it anew.
      watcher.on('error', () => watcher.close())
      return { watcher, at, inode }
    } catch {
      // Too many of them, or a file system without events.
      return undefined
    }
  }
}

function nearestFolder(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (inodeOf(at) !== undefined || dirname(at) === at) return at
  }
}

function inodeOf(folder: string): number | undefined {
  try {
    const stats = statSync(folder)
    return stats.isDirectory() ? stats.ino : undefined
  } catch {
    return undefined
  }
}
