/** Where in the application a print came from. */

import { fileURLToPath } from 'node:url'

/** Frames looked at: a print is a few library frames below the application's own. */
const DEPTH = 12

/**
 * `file:line` of the nearest frame below `top` that is not the runtime's nor in node_modules; undefined when there
 * is none. Stacks cost some microseconds: for prints, not for log calls.
 */
export function callSite(top: (...args: never[]) => unknown): string | undefined {
  const limit = Error.stackTraceLimit
  const holder: { stack?: unknown } = {}
  try {
    Error.stackTraceLimit = DEPTH
    Error.captureStackTrace(holder, top)
    return typeof holder.stack === 'string' ? nearest(holder.stack) : undefined
  } catch {
    // A frozen Error, or a stack preparation of the application's that throws.
    return undefined
  } finally {
    if (Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable === true)
      Error.stackTraceLimit = limit
  }
}

function nearest(stack: string): string | undefined {
  for (const line of stack.split('\n').slice(1)) {
    const match = /\(?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*?):(\d+):\d+\)?$/.exec(line)
    if (match?.[1] === undefined || match[1].includes('node_modules')) continue
    return `${pathOf(match[1])}:${match[2]}`
  }
  return undefined
}

function pathOf(place: string): string {
  if (!place.startsWith('file://')) return place
  try {
    return fileURLToPath(place)
  } catch {
    return place
  }
}
