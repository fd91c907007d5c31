/** Reads what the inspector tells of a pause. */

import { type FileOwner, ownerOf } from '../../stack/own-files.ts'
import type { Paused, PausedFrame } from './inspector-session.ts'

/** Indexes of the frames to capture: application frames first, then those of packages; never the runtime's and ours. */
export function framesToCapture(files: readonly string[], limit: number): number[] {
  const isOthers = (file = ''): boolean => !file.startsWith('node:') && ownerOf(file) !== 'own'
  const indexes = files.map((_file, index) => index).filter((index) => isOthers(files[index]))
  const isApp = (index: number): boolean => ownerOf(files[index] ?? '') !== 'library'
  return [...indexes.filter(isApp), ...indexes.filter((index) => !isApp(index))].slice(0, limit)
}

/** How often a function may stand on a stack that is read at each of its calls; what a pause costs grows with depth. */
const MAX_DEPTH = 16
/** Frames looked at for it. */
const MAX_SEEN = 100

/** Whether the function on top has called itself, however indirectly, more often than a pause at each call may cost. */
export function isRecursing(callFrames: readonly PausedFrame[]): boolean {
  const start = placeOf(callFrames[0])
  return callFrames.slice(0, MAX_SEEN).filter((frame) => placeOf(frame) === start).length > MAX_DEPTH
}

/** Whether nobody but this package is at work, with the runtime: its own throws are of no interest. */
export function isOwnWork(callFrames: readonly PausedFrame[], fileOf: (scriptId: string) => string): boolean {
  const owners = new Set<FileOwner>()
  for (const { location } of callFrames) {
    owners.add(ownerOf(fileOf(location.scriptId)))
    if (owners.has('app') || owners.has('library')) return false
  }
  return owners.has('own')
}

function placeOf(frame: PausedFrame | undefined): string {
  const { scriptId, lineNumber, columnNumber } = frame?.functionLocation ?? frame?.location ?? {}
  return `${scriptId}:${lineNumber}:${columnNumber}`
}

export function primitiveOf(data: Paused['data']): unknown {
  const text = data?.unserializableValue
  if (text === undefined) return data?.value
  if (text === '-0') return -0
  return text.endsWith('n') ? BigInt(text.slice(0, -1)) : Number(text)
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
