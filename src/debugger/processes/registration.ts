/**
 * Tells this user's other programs (the terminal console, an editor) where the debugger of a running server is, in a
 * file for this user alone. Whoever can read it could also read the server's memory: it grants what its PIN grants.
 */

import { readdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../../core/is-alive.ts'
import { readOwnFile, runtimeFolder } from './runtime-folder.ts'

/** What the file says, as JSON. */
export interface Registration {
  readonly pid: number
  /** Names the debugger; the same in all workers of a cluster. */
  readonly instance: string
  /** Where the server listens, by address: a name could lead to somebody else's server. */
  readonly url: string
  /** To be sent in the header `x-rocksolid-token`. */
  readonly token: string
  /** Unlocks: `POST …/unlock` with `{"key": …}`. */
  readonly key: string
  readonly cwd: string
  /** The script that was started. */
  readonly script: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  /** Where the other workers of its cluster reach it. */
  readonly socket?: string
}

/** Files looked at in the folder. */
const MAX_FILES = 500
/** The secrets of a group, by the process that has started it; or a process and its debugger. */
const NAME = /^(?:group-(\d{1,10})-[0-9a-f]{12}|(\d{1,10})-[0-9a-f]{8})\.json$/

/** Writes the file, mode 0600; does nothing where there is no folder for this user alone. @returns removes it */
export function register(registration: Registration): () => void {
  const folder = runtimeFolder()
  if (folder === undefined) return () => {}
  const path = join(folder, `${registration.pid}-${registration.instance}.json`)
  quietly(() => {
    registrations(folder)
    // Whole or not at all, for who reads at the same time.
    writeFileSync(`${path}.new`, JSON.stringify(registration), { mode: 0o600, flag: 'wx' })
    renameSync(`${path}.new`, path)
  })
  return () => quietly(() => unlinkSync(path))
}

/** Those of processes that run, the newest first; files that others have left behind are removed. */
export function registrations(folder: string | undefined = runtimeFolder()): readonly Registration[] {
  if (folder === undefined) return []
  const found: Registration[] = []
  for (const name of readdirSync(folder).slice(0, MAX_FILES)) {
    const [, primary, own = primary] = NAME.exec(name) ?? []
    const pid = Number(own)
    if (Number.isNaN(pid)) continue
    const path = join(folder, name)
    // Of a group nobody can become a worker any more.
    if (primary !== undefined) {
      if (!isAlive(pid)) quietly(() => unlinkSync(path))
      continue
    }
    if (!isAlive(pid)) {
      for (const left of [path, path.replace(/json$/, 'sock')]) quietly(() => unlinkSync(left))
    } else {
      const registration = parse(readOwnFile(path))
      if (registration?.pid === pid) found.push(registration)
    }
  }
  return found.sort((a, b) => b.startedAt - a.startedAt)
}

function parse(text: string | undefined): Registration | undefined {
  try {
    const value = JSON.parse(text ?? '') as Partial<Record<keyof Registration, unknown>>
    const { pid, instance, url, token, key, cwd, script, startedAt } = value
    const texts = [instance, url, token, key, cwd, script]
    const isWhole = texts.every((one) => typeof one === 'string') && Number.isSafeInteger(startedAt)
    return isWhole && Number.isSafeInteger(pid) ? (value as Registration) : undefined
  } catch {
    return undefined
  }
}

function quietly(action: () => void): void {
  try {
    action()
  } catch {
    // Without the file the console of the page still works; it is no reason to disturb the application.
  }
}
