/** Reads what the inspector tells of a pause. */

import type { Paused } from './inspector-session.ts'

/** Indexes of the frames to capture: application frames first, then those of packages; never the runtime's own. */
export function framesToCapture(files: readonly string[], limit: number): number[] {
  const indexes = files.map((_file, index) => index).filter((index) => !files[index]?.startsWith('node:'))
  const isApp = (index: number): boolean => !files[index]?.includes('/node_modules/')
  return [...indexes.filter(isApp), ...indexes.filter((index) => !isApp(index))].slice(0, limit)
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
