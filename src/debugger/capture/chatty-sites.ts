/**
 * Learns which functions throw as part of their normal life: a parser that tries, a cache that misses by exception. A
 * pause costs about a millisecond whatever is done in it, so a function that throws often, or whose throws were handled
 * and that may rest, is taken out of V8's sight for a while, with the functions inside it. One whose error reaches a
 * page comes back at once, and stays.
 */

import type { CodePosition } from './captured.ts'
import type { InspectorSession, PausedFrame } from './inspector-session.ts'
import { mayRest } from './may-rest.ts'

/** Throws of one function in a second that make it chatty. */
const MAX_PER_SECOND = 50
/** Throws of one function in a second whose frames are kept. */
const MAX_KEPT = 20
/**
 * Callers that are hidden with it, one more for each further fifty throws. Up to Node 20 V8 passes over a throw when
 * the throwing function is hidden; later versions only when all functions up to the one that catches are.
 */
const MAX_CALLERS = 6
/** A function is looked at again after this time. */
const REST_MS = 60_000
/** Functions counted at a time, and hidden at a time. */
const MAX_FUNCTIONS = 500

export interface ChattySites {
  /**
   * Counts a throw; hides its function when it has become chatty.
   * @returns whether its frames are worth keeping: not those of the function's many throws of this second
   */
  count(session: InspectorSession, frames: readonly PausedFrame[]): boolean
  /** A throw of a kind that was handled before: hides its function, or one caller more, where {@link mayRest}. */
  rest(session: InspectorSession, frames: readonly PausedFrame[]): void
  /** An error of this function has reached a page: it is worth its pauses. */
  matters(site: string): void
  /** The same for an error that was not captured, by a position of its stack. */
  reveal(session: InspectorSession, position: CodePosition): void
  /** Forgets everything, for a session that ended. */
  clear(): void
}

interface Point {
  readonly lineNumber: number
  readonly columnNumber: number
}

/** A function in a script; both ends count from 0. */
interface Range {
  readonly site: string
  readonly start: Point
  readonly end: Point
  readonly until: number
}

/** Names the function of a throw; '' when V8 does not tell where it is. */
export function siteOf(top: PausedFrame | undefined): string {
  const start = top?.functionLocation
  return start === undefined ? '' : `${start.scriptId}:${start.lineNumber}:${start.columnNumber ?? 0}`
}

export function makeChattySites(now: () => number = () => performance.now()): ChattySites {
  let counts = new Map<string, number>()
  let windowStartedAt = Number.NEGATIVE_INFINITY
  const matter = new Set<string>()
  const hidden = new Map<string, readonly Range[]>()
  /** How many of a site's frames are hidden by now; on a slow machine that takes more than one second of counting. */
  const levels = new Map<string, { readonly next: number; readonly until: number }>()
  /** Sites whose next frame may not rest, and until when that holds. */
  const barred = new Map<string, number>()
  /** One for each range that is hidden; a session that has ended must not be asked for anything. */
  const timers = new Set<NodeJS.Timeout>()

  function hide(
    session: InspectorSession,
    { functionLocation: start, scopeChain }: PausedFrame,
    site: string,
  ): void {
    const end = scopeChain.find((scope) => scope.type === 'local')?.endLocation
    if (start === undefined || end === undefined) return
    // V8 wants the function strictly inside; one that begins a line has no column to spare, and needs none.
    const range = { site, start: point(start, -1), end: point(end, 1), until: now() + REST_MS }
    show(session, start.scriptId, (ranges) => [...ranges, range])
    const timer = setTimeout(() => {
      timers.delete(timer)
      show(session, start.scriptId, (ranges) => ranges)
    }, REST_MS + 10)
    timers.add(timer.unref())
  }

  /** Changes what is hidden in a script; what has rested long enough comes back by the way. */
  function show(
    session: InspectorSession,
    scriptId: string,
    change: (ranges: readonly Range[]) => readonly Range[],
  ): void {
    const ranges = change((hidden.get(scriptId) ?? []).filter((range) => range.until > now()))
    if (ranges.length === 0) hidden.delete(scriptId)
    else hidden.set(scriptId, ranges)
    const positions = disjoint(ranges).flatMap(({ start, end }) => [start, end])
    session.post('Debugger.setBlackboxedRanges', { scriptId, positions })
  }

  /** The index of the frame of a site that is to be hidden next. */
  function nextLevel(site: string): number {
    const known = levels.get(site)
    return known !== undefined && known.until > now() ? known.next : 0
  }

  function hideNext(session: InspectorSession, frames: readonly PausedFrame[], site: string): void {
    const next = nextLevel(site)
    const until = next === 0 ? now() + REST_MS : (levels.get(site)?.until ?? 0)
    if (levels.size >= MAX_FUNCTIONS) levels.clear()
    levels.set(site, { next: next + 1, until })
    const frame = frames[next]
    if (frame !== undefined && next <= MAX_CALLERS) hide(session, frame, site)
  }

  return {
    count(session, frames) {
      const site = siteOf(frames[0])
      if (site === '') return true
      if (now() - windowStartedAt >= 1000 || counts.size > MAX_FUNCTIONS) {
        counts = new Map()
        windowStartedAt = now()
      }
      const count = (counts.get(site) ?? 0) + 1
      counts.set(site, count)
      if (matter.has(site)) return true
      if (count % MAX_PER_SECOND !== 0 || hidden.size >= MAX_FUNCTIONS) return count <= MAX_KEPT
      hideNext(session, frames, site)
      return false
    },
    rest(session, frames) {
      const site = siteOf(frames[0])
      if (site === '' || matter.has(site) || hidden.size >= MAX_FUNCTIONS) return
      if ((barred.get(site) ?? 0) > now()) return
      const frame = frames[nextLevel(site)]
      if (frame !== undefined && mayRest(session, frame)) return hideNext(session, frames, site)
      if (barred.size >= MAX_FUNCTIONS) barred.clear()
      barred.set(site, now() + REST_MS)
    },
    matters(site) {
      if (matter.size >= MAX_FUNCTIONS) matter.clear()
      matter.add(site)
    },
    reveal(session, { file, line, column }) {
      const scriptId = session.scriptId(file)
      const at = { lineNumber: line - 1, columnNumber: column - 1 }
      if (scriptId === undefined || !hidden.has(scriptId)) return
      show(session, scriptId, (ranges) => {
        const [here, others] = [
          ranges.filter((range) => contains(range, at)),
          ranges.filter((range) => !contains(range, at)),
        ]
        for (const range of here) {
          this.matters(range.site)
          levels.delete(range.site)
        }
        return others
      })
    },
    clear() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      counts.clear()
      matter.clear()
      hidden.clear()
      levels.clear()
      barred.clear()
    },
  }
}

function point(
  { lineNumber, columnNumber = 0 }: { lineNumber: number; columnNumber?: number },
  after: number,
): Point {
  return { lineNumber, columnNumber: Math.max(0, columnNumber + after) }
}

function before(one: Point, other: Point): boolean {
  return (
    one.lineNumber < other.lineNumber ||
    (one.lineNumber === other.lineNumber && one.columnNumber < other.columnNumber)
  )
}

function contains({ start, end }: Range, at: Point): boolean {
  return !before(at, start) && before(at, end)
}

/** In order; a function inside another hidden one needs no range of its own. */
function disjoint(ranges: readonly Range[]): readonly Range[] {
  const sorted = [...ranges].sort((a, b) => (before(a.start, b.start) ? -1 : 1))
  return sorted.filter(
    (range, index) => !sorted.slice(0, index).some((other) => contains(other, range.start)),
  )
}
