/** How a serving process is started: made from the command line, read where processes are begun. */

import { join } from 'node:path'
import { distFolder } from '../dist-folder.ts'
import type { Failure, ShownFailure } from '../messages.ts'

/** Names the lines of one of several servers. */
export interface Label {
  readonly name: string
  /** Its place among the servers, from 0; it has the colour. */
  readonly index: number
}

/** What the processes of one server have in common with those before them. */
interface Earlier {
  /** An earlier process has served. */
  readonly isAgain: boolean
  /** Of the link that unlocks the debugger. */
  readonly key: string
  /** That were served. */
  readonly ports: readonly number[]
}

/** How a process is started. */
export interface Launch {
  readonly command: string
  /** The file of the server; absolute. */
  readonly entry: string
  /** Flags of the runtime, the file, its arguments. */
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly overlay: boolean
  readonly prints: boolean
  readonly reportFiles: boolean
  readonly graceMs: number
  /** It needs something only one process can have, such as the inspector's port. */
  readonly isExclusive: boolean
  /** One of several that share their sockets. */
  readonly isWorker?: boolean
  /** Its runtime does not take sockets over. */
  readonly isBehindGate?: boolean
  /** Then: other machines are let in, whom it cannot tell from this one. */
  readonly isOpen?: boolean
  readonly earlier?: Earlier
  /** It may be started before it is needed; see SpareProcess. */
  readonly canWait: boolean
  /** Files that the runtime reads when it starts, and that nobody reports. */
  readonly startFiles: readonly string[]
  /** Of one of several: names its lines. */
  readonly label?: Label | undefined
  readonly failure?: ShownFailure
}

/** In the application's place: a process of ours that serves why it does not run. */
export function standIn(launch: Launch, failure: Failure): Launch {
  const dist = distFolder()
  return {
    ...launch,
    command: process.execPath,
    args: ['--require', join(dist, 'dev', 'child', 'preload.cjs'), join(dist, 'dev', 'broken', 'server.js')],
    reportFiles: false,
    // Not where a package.json may be broken.
    cwd: dist,
    failure: { ...failure, folder: launch.cwd },
  }
}
