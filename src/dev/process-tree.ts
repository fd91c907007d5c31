/** The processes a process has started, and theirs: what a server leaves behind is ended with it. */

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { isAlive } from '../core/is-alive.ts'

/** A process, told apart from a later one that gets the same number. */
export interface ProcessName {
  readonly pid: number
  /** When it began, as the system counts; empty where that is not known. */
  readonly startedAt: string
}

interface Row extends ProcessName {
  readonly parent: number
}

/** All processes below `pid`, not itself; empty where the system does not tell. */
export function descendants(pid: number): readonly ProcessName[] {
  const rows = allProcesses()
  const found: ProcessName[] = []
  const parents = new Set([pid])
  // Rows are in no order: go on until a round finds nobody new.
  for (let before = -1; before !== found.length; ) {
    before = found.length
    for (const row of rows) {
      if (parents.has(row.parent) && !parents.has(row.pid)) {
        parents.add(row.pid)
        found.push({ pid: row.pid, startedAt: row.startedAt })
      }
    }
  }
  return found
}

/** Sends `signal` to those of `names` that still live. */
export function signalAll(names: readonly ProcessName[], signal: NodeJS.Signals): void {
  for (const name of names) if (isSame(name)) sendSignal(name.pid, signal)
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended in the meantime.
  }
}

function isSame({ pid, startedAt }: ProcessName): boolean {
  if (startedAt === '') return isAlive(pid)
  return readRow(pid)?.startedAt === startedAt
}

function allProcesses(): readonly Row[] {
  try {
    if (process.platform === 'linux') {
      return readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map((name) => readRow(Number(name)))
        .filter((row) => row !== undefined)
    }
    if (process.platform === 'win32') return []
    return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([pid = 0, parent = 0]) => ({ pid, parent, startedAt: '' }))
  } catch {
    return []
  }
}

/** `/proc/<pid>/stat`: the name in parentheses may hold anything, so fields are counted from its end. proc(5). */
function readRow(pid: number): Row | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const isZombie = fields[0] === 'Z'
    return isZombie ? undefined : { pid, parent: Number(fields[1]), startedAt: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
