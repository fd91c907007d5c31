/**
 * Sees which files the application reads: what it reads whole, or in whatever way before it listens, is configuration
 * or a template and matters to the server; what it streams later is for the browser. Files it writes itself are left
 * out for good, or it would restart for ever. Modules are not seen here: Node reports those.
 */

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Channel } from './channel.ts'

/** Most files reported by one process; what is read later is not watched. */
const MAX_FILES = 5000

/** Sources that bundlers read while requests run: they have a reload of their own. */
const CLIENT_SOURCE = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|map)$/i

/** Never watched, whoever reads it. */
const SKIPPED = /[\\/](?:node_modules|\.git)[\\/]|\.(?:log|sqlite3?|db|node|sock|pid)(?:-\w+)?$/i

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** What a call does with the path it is given. */
type Use = 'read' | 'stream' | 'write'

interface Call {
  readonly names: readonly string[]
  readonly use: (args: readonly unknown[]) => Use
  /** Which argument is the path. */
  readonly at: 0 | 1
}

/** Each with its twin that ends in `Sync`, and that of fs.promises. */
const CALLS: readonly Call[] = [
  { names: ['readFile'], use: () => 'read', at: 0 },
  { names: ['createReadStream'], use: () => 'stream', at: 0 },
  { names: ['open'], use: ([, flags]) => (isForReading(flags) ? 'stream' : 'write'), at: 0 },
  { names: ['writeFile', 'appendFile', 'createWriteStream'], use: () => 'write', at: 0 },
  // Written beside and put in place.
  { names: ['rename', 'copyFile'], use: () => 'write', at: 1 },
]

/** Reports files below `root` from now on. `isServing` tells whether the application listens. */
export function reportReads(root: string, channel: Channel, isServing: () => boolean): void {
  const seen = new Map<string, Use>()
  const batch: Record<Use, Set<string>> = { read: new Set(), stream: new Set(), write: new Set() }
  const prefix = root.endsWith(sep) ? root : root + sep
  let isWaiting = false
  let firstAt = 0

  const flush = (): void => {
    isWaiting = false
    if (batch.read.size > 0 || batch.stream.size > 0)
      channel.send({ rocksolid: 'read', files: [...batch.read], streamed: [...batch.stream], at: firstAt })
    if (batch.write.size > 0) channel.send({ rocksolid: 'written', files: [...batch.write] })
    for (const files of Object.values(batch)) files.clear()
  }
  const note = (wanted: Use, given: unknown): void => {
    const use = wanted === 'stream' && !isServing() ? 'read' : wanted
    const file = toPath(given)
    if (file === undefined || !file.startsWith(prefix) || SKIPPED.test(file)) return
    const before = seen.get(file)
    if (before === use || before === 'write' || (before === 'read' && use === 'stream')) return
    if (use !== 'write' && isServing() && CLIENT_SOURCE.test(file)) return
    if (seen.size >= MAX_FILES) return
    seen.set(file, use)
    // Of a file that it reads and writes at once nobody need hear that it was read: it would look changed since.
    for (const files of Object.values(batch)) files.delete(file)
    batch[use].add(file)
    if (isWaiting) return
    isWaiting = true
    firstAt = Date.now()
    // Read before anything else happens: a process that is about to die must have told what it read.
    process.nextTick(flush)
  }
  for (const { names, use, at } of CALLS) {
    const noteCall = (args: readonly unknown[]): void => note(use(args), args[at])
    for (const name of names) {
      watchCalls(fs, name, noteCall)
      watchCalls(fs, `${name}Sync`, noteCall)
      watchCalls(fs.promises, name, noteCall)
    }
  }
  syncBuiltinESMExports()
}

/** Of a file that is opened; a number is of open(2), whose access mode is in the two lowest bits. */
function isForReading(flags: unknown): boolean {
  if (typeof flags === 'number') return (flags & 3) === fs.constants.O_RDONLY
  return typeof flags !== 'string' || flags === 'r' || flags === 'rs' || flags === 'sr'
}

function watchCalls(holder: object, name: string, note: (args: readonly unknown[]) => void): void {
  const target = holder as Record<string, AnyFunction | undefined>
  const original = target[name]
  if (original === undefined) return
  const watched: AnyFunction = function (...args) {
    try {
      note(args)
    } catch {
      // Watching is no reason for a read to fail.
    }
    return original.apply(this, args)
  }
  // What Node hangs on its functions (util.promisify's own version of them) stays.
  target[name] = Object.defineProperties(watched, Object.getOwnPropertyDescriptors(original))
}

function toPath(given: unknown): string | undefined {
  if (typeof given === 'string') return resolve(given)
  if (given instanceof URL && given.protocol === 'file:') return fileURLToPath(given)
  return Buffer.isBuffer(given) ? resolve(given.toString()) : undefined
}
