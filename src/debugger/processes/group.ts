/**
 * The workers of one server share their secrets, so that a browser that is unlocked is so whichever of them answers.
 * The first one makes them and writes them into the folder that is this user's alone; the others read them there.
 */

import { createHash } from 'node:crypto'
import { linkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../../core/is-alive.ts'
import { shared } from '../../core/shared.ts'
import { earlierProcess } from '../earlier-process.ts'
import { makeSecrets, type Secrets } from '../trust/pin.ts'
import { registrations } from './registration.ts'
import { readOwnFile, runtimeFolder } from './runtime-folder.ts'
import { isWorker } from './worker.ts'

export interface GroupSecrets {
  readonly secrets: Secrets
  /** False in a worker that has found them: what is printed about them, the first one has printed. */
  readonly isFirst: boolean
  /** Whether other processes may answer with the same secrets. */
  readonly isShared: boolean
  /** The file they are in. */
  readonly path?: string
}

/** Tries to find or make the file; two workers that begin at the same moment both need the second. */
const TRIES = 5

/** The secrets of this debugger: in a worker those of the group, else fresh ones. Never throws. */
export function groupSecrets(pin: string | undefined, mayShare: boolean): GroupSecrets {
  const own = makeSecrets(pin, earlierProcess().key)
  const folder = mayShare && isWorker() ? runtimeFolder() : undefined
  if (folder === undefined) return { secrets: own, isFirst: true, isShared: false }
  const path = join(folder, `group-${groupName()}.json`)
  for (let turn = 0; turn < TRIES; turn++) {
    const found = read(path, folder)
    if (found !== undefined) {
      const secrets = pin === undefined ? found : { ...found, pin }
      return { secrets, isFirst: false, isShared: true, path }
    }
    if (write(path, own)) return { secrets: own, isFirst: true, isShared: true, path }
  }
  return { secrets: own, isFirst: true, isShared: false }
}

/** Removes the file when no worker of the group is left. */
export function leaveGroup({ path, secrets }: GroupSecrets): void {
  if (path === undefined || registrations().some((one) => one.instance === secrets.instance)) return
  remove(path)
}

/** The primary or supervisor and the application, since one may run several; each debugger of a worker by its turn. */
function groupName(): string {
  const turns = shared('debugger-turns', () => ({ next: 0 }))
  const application = [process.cwd(), process.argv[1] ?? '', turns.next++].join('\0')
  return `${process.ppid}-${createHash('sha256').update(application).digest('hex').slice(0, 12)}`
}

interface GroupFile extends Omit<Secrets, 'cookieKey'> {
  readonly cookieKey: string
  readonly creator: number
}

/** Undefined when there is none, or one that processes long gone have left behind. */
function read(path: string, folder: string): Secrets | undefined {
  try {
    const { creator, cookieKey, ...rest } = JSON.parse(readOwnFile(path) ?? '') as GroupFile
    const isUsed = isAlive(creator) || registrations(folder).some((one) => one.instance === rest.instance)
    if (isUsed) return { ...rest, cookieKey: Buffer.from(cookieKey, 'base64url') }
    remove(path)
  } catch {
    // Not there, or not to be believed.
  }
  return undefined
}

/** Whole and only when nobody else was faster. */
function write(path: string, { cookieKey, ...rest }: Secrets): boolean {
  const draft = `${path}.${process.pid}`
  try {
    const file: GroupFile = { ...rest, cookieKey: cookieKey.toString('base64url'), creator: process.pid }
    writeFileSync(draft, JSON.stringify(file), { mode: 0o600, flag: 'wx' })
    linkSync(draft, path)
    return true
  } catch {
    return false
  } finally {
    remove(draft)
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already.
  }
}
