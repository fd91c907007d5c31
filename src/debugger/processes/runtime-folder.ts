/**
 * The folder in which the debuggers of one user's processes find each other. What lies in it opens consoles, so it is
 * for this user alone, and what is not is neither written nor believed.
 */

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  type Stats,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Most bytes of a file in it that are read. */
const MAX_FILE = 64 * 1024

/**
 * `rocksolid` in XDG_RUNTIME_DIR, else `rocksolid-<uid>` in the folder for temporary files; made with mode 0700.
 * Undefined where it cannot be had, or belongs to or can be entered by somebody else.
 */
export function runtimeFolder(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { XDG_RUNTIME_DIR: given } = env
  const candidates = [
    ...(given !== undefined && isAbsolute(given) && isOwn(given, 'directory')
      ? [join(given, 'rocksolid')]
      : []),
    join(tmpdir(), `rocksolid-${process.getuid?.() ?? 'user'}`),
  ]
  return candidates.find((folder) => {
    try {
      mkdirSync(folder, { mode: 0o700 })
    } catch {
      // It is there already, or cannot be made; the look at it tells.
    }
    return isOwn(folder, 'directory')
  })
}

/** The text of a file in the folder; undefined when it is not this user's alone. What is judged is what is read. */
export function readOwnFile(path: string): string | undefined {
  let file: number | undefined
  try {
    // Follows no link, and waits for nobody who would write into a pipe. Windows knows neither flag.
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    return isOwnFacts(fstatSync(file), 'file') ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** This user's and nobody else's, and no link to something other. Windows knows no modes: its folder is the user's. */
function isOwn(path: string, kind: 'directory'): boolean {
  try {
    return isOwnFacts(lstatSync(path), kind)
  } catch {
    return false
  }
}

function isOwnFacts(facts: Stats, kind: 'directory' | 'file'): boolean {
  const isKind = kind === 'directory' ? facts.isDirectory() : facts.isFile() && facts.size <= MAX_FILE
  if (!isKind || process.getuid === undefined) return isKind
  return facts.uid === process.getuid() && (facts.mode & 0o077) === 0
}
