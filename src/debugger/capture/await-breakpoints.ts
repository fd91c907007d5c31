/**
 * Makes callers that wait at an `await` live as well. They are not on the stack when an error is thrown, so nothing of
 * them can be kept then; but the error's stack names their positions. A breakpoint there keeps the scope of each call
 * that passes, in the asynchronous context of what it is about to await: when that fails, in a later request, the
 * error's context knows exactly the callers it came through, also with many requests and branches in flight.
 * The same is done for the place where an error was made, when it is thrown or passed on somewhere else.
 */

import { type ArmedPosition, awaitKey, madeKey } from './captured.ts'
import type { InspectorSession, PausedFrame } from './inspector-session.ts'
import { isRecursing } from './paused-frames.ts'

/** Most breakpoints at a time; an error names rarely more than ten. */
const MAX_ARMED = 100
/** Passes in a second over all breakpoints; each costs a pause. Beyond it the busiest is given up. */
const MAX_PASSES_PER_SECOND = 200
/** A breakpoint given up is not armed again for this time. */
const REST_MS = 60_000

interface Armed {
  readonly key: string
  readonly breakpointId: string
  /** Errors that want it: their ids. */
  readonly owners: Set<string>
  passes: number
}

export interface AwaitBreakpoints {
  /** Arms the positions for an error, until {@link release} of it. @returns the keys that are armed now */
  arm(owner: string, positions: readonly ArmedPosition[]): ReadonlySet<string>
  /** Disarms what only this error wanted. */
  release(owner: string): void
  /** The keys of the breakpoints that were hit; counts the pass. None, and no more passes, in a recursion. */
  passed(breakpointIds: readonly string[], callFrames: readonly PausedFrame[]): readonly string[]
  clear(): void
}

export function makeAwaitBreakpoints(session: () => InspectorSession | undefined): AwaitBreakpoints {
  const armed = new Map<string, Armed>()
  const byId = new Map<string, Armed>()
  const resting = new Map<string, number>()
  let window = { startedAt: 0, passes: 0 }

  function armOne(position: ArmedPosition): Armed | undefined {
    const key = position.made === true ? madeKey(position) : awaitKey(position)
    const known = armed.get(key)
    if (known !== undefined) return known
    const scriptId = session()?.scriptId(position.file)
    const isResting = (resting.get(key) ?? 0) > performance.now()
    if (scriptId === undefined || isResting || armed.size >= MAX_ARMED) return undefined
    const location = { scriptId, lineNumber: position.line - 1, columnNumber: position.column - 1 }
    const { breakpointId } = session()?.post('Debugger.setBreakpoint', { location }) ?? {}
    if (typeof breakpointId !== 'string') return undefined
    const made: Armed = { key, breakpointId, owners: new Set(), passes: 0 }
    armed.set(key, made)
    byId.set(breakpointId, made)
    return made
  }

  function disarm(one: Armed): void {
    armed.delete(one.key)
    byId.delete(one.breakpointId)
    session()?.post('Debugger.removeBreakpoint', { breakpointId: one.breakpointId })
  }

  function giveUp(one: Armed | undefined): void {
    if (one === undefined) return
    if (resting.size > MAX_ARMED) resting.clear()
    resting.set(one.key, performance.now() + REST_MS)
    disarm(one)
  }

  return {
    arm(owner, positions) {
      const keys = new Set<string>()
      for (const position of positions) {
        const one = armOne(position)
        if (one === undefined) continue
        one.owners.add(owner)
        keys.add(one.key)
      }
      return keys
    },
    release(owner) {
      for (const one of [...armed.values()]) {
        if (one.owners.delete(owner) && one.owners.size === 0) disarm(one)
      }
    },
    passed(breakpointIds, callFrames) {
      const hit = breakpointIds.map((id) => byId.get(id)).filter((one) => one !== undefined)
      // Each call of an endless recursion would pause, each longer than the one before: minutes for one request.
      if (isRecursing(callFrames)) {
        for (const one of hit) giveUp(one)
        return []
      }
      for (const one of hit) one.passes++
      const now = performance.now()
      if (now - window.startedAt >= 1000) {
        window = { startedAt: now, passes: 0 }
        for (const one of armed.values()) one.passes = 0
      }
      window.passes += hit.length
      if (window.passes > MAX_PASSES_PER_SECOND) {
        giveUp([...armed.values()].sort((a, b) => b.passes - a.passes)[0])
      }
      return hit.map((one) => one.key)
    },
    clear() {
      for (const one of [...armed.values()]) disarm(one)
    },
  }
}
