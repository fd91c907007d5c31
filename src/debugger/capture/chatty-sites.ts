/**
 * Learns which places throw often as part of their normal life: a parser that tries, a cache that misses by exception.
 * A pause costs about half a millisecond whatever is done in it, so such a place is taken out of V8's sight for a while.
 */

import type { InspectorSession, PausedFrame } from './inspector-session.ts'

/** Throws of one place in a second that make it chatty. */
const MAX_PER_SECOND = 50
/** A place is looked at again after this time. */
const REST_MS = 60_000
/** Places counted at a time, and hidden at a time. */
const MAX_SITES = 500

export interface ChattySites {
  /** Counts a throw; hides its place when it has become chatty. */
  count(session: InspectorSession, top: PausedFrame | undefined): void
  /** What was thrown has reached a page: its place is worth its pauses. */
  matters(site: string): void
  /** Forgets everything, for a session that ended. */
  clear(): void
}

/** Names the place of a throw. */
export function siteOf(top: PausedFrame | undefined): string {
  return top === undefined
    ? ''
    : `${top.location.scriptId}:${top.location.lineNumber}:${top.location.columnNumber ?? 0}`
}

interface Hidden {
  readonly line: number
  readonly column: number
  readonly until: number
}

export function makeChattySites(now: () => number = () => performance.now()): ChattySites {
  let counts = new Map<string, number>()
  let windowStartedAt = Number.NEGATIVE_INFINITY
  const matter = new Set<string>()
  const hidden = new Map<string, Hidden[]>()
  let hiddenCount = 0

  function hide(session: InspectorSession, { location }: PausedFrame): void {
    const { scriptId, lineNumber: line, columnNumber: column = 0 } = location
    const until = now() + REST_MS
    const others = (hidden.get(scriptId) ?? []).filter((one) => one.until > now())
    const ranges = [...others, { line, column, until }].sort((a, b) => a.line - b.line || a.column - b.column)
    hidden.set(scriptId, ranges)
    hiddenCount++
    apply(session, scriptId)
    setTimeout(() => {
      const left = (hidden.get(scriptId) ?? []).filter((one) => one.until > now())
      hidden.set(scriptId, left)
      hiddenCount = Math.max(0, hiddenCount - 1)
      apply(session, scriptId)
    }, REST_MS + 10).unref()
  }

  function apply(session: InspectorSession, scriptId: string): void {
    // Pairs of begin and end, in order: each range is the very position of the throw.
    const positions = (hidden.get(scriptId) ?? []).flatMap(({ line, column }) => [
      { lineNumber: line, columnNumber: column },
      { lineNumber: line, columnNumber: column + 1 },
    ])
    session.post('Debugger.setBlackboxedRanges', { scriptId, positions })
  }

  return {
    count(session, top) {
      if (top === undefined) return
      if (now() - windowStartedAt >= 1000 || counts.size > MAX_SITES) {
        counts = new Map()
        windowStartedAt = now()
      }
      const site = siteOf(top)
      const count = (counts.get(site) ?? 0) + 1
      counts.set(site, count)
      if (count === MAX_PER_SECOND + 1 && !matter.has(site) && hiddenCount < MAX_SITES) hide(session, top)
    },
    matters(site) {
      if (matter.size >= MAX_SITES) matter.clear()
      matter.add(site)
    },
    clear() {
      counts.clear()
      matter.clear()
      hidden.clear()
      hiddenCount = 0
    },
  }
}
