/** Chooses the running server that a console is meant for, from the files that debuggers write. */

import { sep } from 'node:path'
import { type Registration, registrations } from '../../debugger/processes/registration.ts'

/**
 * The one with `pid`, or else the newest that was started in this folder, above or below it, or else the newest.
 * Undefined when there is none.
 */
export function chooseServer(
  pid: number | undefined,
  cwd: string = process.cwd(),
  running: readonly Registration[] = registrations(),
): Registration | undefined {
  if (pid !== undefined) return running.find((one) => one.pid === pid)
  const isBelow = (one: string, other: string): boolean => one === other || one.startsWith(other + sep)
  return running.find((one) => isBelow(cwd, one.cwd) || isBelow(one.cwd, cwd)) ?? running[0]
}

/** A line about each: what runs where. */
export function serverLines(running: readonly Registration[] = registrations()): readonly string[] {
  return running.map(({ pid, url, script, cwd }) => `${pid}  ${url}  ${script}  (in ${cwd})`)
}
