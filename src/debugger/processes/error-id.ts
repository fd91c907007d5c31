/** The ids of errors: unguessable, and in a worker of a cluster with the process that owns the error in front. */

import { randomBytes } from 'node:crypto'
import { isWorker } from './worker.ts'

/** 16 random bytes as base64url. */
const RANDOM_LENGTH = 22

export function newErrorId(): string {
  return owned(randomBytes(16).toString('base64url'))
}

/** Stands for the console that belongs to no error. */
export function consoleId(): string {
  return owned('console'.padEnd(RANDOM_LENGTH, '_'))
}

const owned = (id: string): string => (isWorker() ? `${process.pid.toString(36)}-${id}` : id)

/** The pid of the worker that made an id; undefined for an id that names none. */
export function ownerOf(id: string): number | undefined {
  const [, pid] = new RegExp(`^([0-9a-z]{1,7})-[\\w-]{${RANDOM_LENGTH}}$`).exec(id) ?? []
  return pid === undefined ? undefined : Number.parseInt(pid, 36)
}
