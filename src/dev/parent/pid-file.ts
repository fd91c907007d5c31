/** The file that tells other programs whom to send signals: `kill -HUP $(cat app.pid)`. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ConfigError } from '../../core/errors.ts'
import { isAlive } from '../../core/is-alive.ts'

/**
 * Writes this process's id; a file left behind by a process that has ended is overwritten.
 * @returns removes the file, unless somebody else has written it since
 * @throws {ConfigError} when the process it names lives
 */
export function writePidFile(path: string): () => void {
  const other = readPid(path)
  if (other !== undefined && other !== process.pid && isAlive(other)) {
    throw new ConfigError(
      'ERR_ROCKSOLID_OPTION_INVALID',
      `the pid file ${path} names process ${other}, which is running. Stop it first, or name another file.`,
    )
  }
  writeFileSync(path, `${process.pid}\n`)
  return () => {
    if (readPid(path) === process.pid) rmSync(path, { force: true })
  }
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim())
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
  } catch {
    return undefined
  }
}
