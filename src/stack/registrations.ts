/**
 * Remembers where a handler, a route or a middleware was put in, so that a report can tell "registered at
 * src/app.ts:12": the stack of an error inside a framework does not lead there.
 */

import { shared } from '../core/shared.ts'
import type { Frame } from './frame.ts'
import { framesOf } from './parse-error.ts'

/** Stacks by what was registered; an entry lives as long as its function does. */
const stacks = shared('stack.registrations', () => new WeakMap<object, string>())

/** Longest stack kept, in characters. */
const MAX_STACK = 4096

/**
 * Notes that `target` is being registered right now. Call it where the application calls this package, with the
 * function it has called: that function and all above it are left out. Costs some microseconds; for start-up only.
 */
export function noteRegistration(target: object, below: (...args: never[]) => unknown): void {
  const holder: { stack?: unknown } = {}
  // Made into text at once: an unread stack would keep the functions of its frames alive.
  Error.captureStackTrace(holder, below)
  if (typeof holder.stack === 'string') stacks.set(target, holder.stack.slice(0, MAX_STACK))
}

/** The nearest frame of the application where `target` was registered; undefined when nobody noted it. */
export async function registrationOf(target: object): Promise<Frame | undefined> {
  const stack = stacks.get(target)
  if (stack === undefined) return undefined
  const frames = await framesOf({ stack })
  return frames.find((frame) => frame.kind === 'app')
}
