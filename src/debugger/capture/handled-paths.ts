/**
 * Learns which throws the application handles itself: the same class of error, thrown by the same functions at the same
 * places in a request for the same path, whose error nobody has asked for by the end of the request. Keeping frames
 * costs several times what the pause itself does, so after a few of them their frames are no longer kept. One that
 * reaches a page all the same is believed at once: its next throws are kept for good.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import onFinished from 'on-finished'
import type { Paused } from './inspector-session.ts'
import type { WatchedRequest } from './request-context.ts'

/** Throws that were handled before frames are no longer kept. */
const MIN_HANDLED = 3
/** A throw that nobody has asked for after this time was handled, also when its request still runs. */
const SETTLED_MS = 2000
/** What was learnt holds for this time; to learn it again one more throw is enough. */
const REST_MS = 60_000
const MAX_PATHS = 500
/** Frames that make a path, and throws of one that wait for their verdict. */
const MAX_FRAMES = 40
const MAX_WAITING = 20

interface Kept {
  readonly at: number
  readonly request: WeakRef<WatchedRequest> | undefined
}

interface Path {
  waiting: Kept[]
  handled: number
  readonly until: number
}

/** Names the way to a throw. */
export function pathOf({ data, callFrames }: Paused, request: WatchedRequest | undefined): string {
  const { url = '' } = (request?.req ?? {}) as Partial<IncomingMessage>
  const places = callFrames
    .slice(0, MAX_FRAMES)
    .map(({ location }) => ` ${location.scriptId}:${location.lineNumber}:${location.columnNumber}`)
  return `${data?.className} ${url.split('?', 1)[0]?.slice(0, 200)}${places.join('')}`
}

/** At most 500 paths, for a minute each. */
export class HandledPaths {
  readonly #now: () => number
  readonly #paths = new Map<string, Path>()
  readonly #matter = new Set<string>()

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Whether the throws of a path need not be looked at. */
  isHandled(path: string): boolean {
    const known = this.#paths.get(path)
    return known !== undefined && known.handled >= MIN_HANDLED && known.until > this.#now()
  }

  /** Counts a throw. @returns whether its frames are worth keeping */
  count(path: string, request: WatchedRequest | undefined): boolean {
    if (this.#matter.has(path)) return true
    const now = this.#now()
    const known = this.#paths.get(path)
    const entry: Path =
      known !== undefined && known.until > now
        ? known
        : { waiting: [], handled: Math.min(known?.handled ?? 0, MIN_HANDLED - 1), until: now + REST_MS }
    if (entry !== known) {
      if (this.#paths.size >= MAX_PATHS) this.#paths.clear()
      this.#paths.set(path, entry)
    }
    const waiting = entry.waiting.filter((kept) => !isSettled(kept, now))
    entry.handled += entry.waiting.length - waiting.length
    entry.waiting = waiting
    if (entry.handled >= MIN_HANDLED) return false
    if (waiting.length < MAX_WAITING) waiting.push({ at: now, request: request && new WeakRef(request) })
    return true
  }

  /** The error of a throw has reached a page. */
  matters(path: string): void {
    if (this.#matter.size >= MAX_PATHS) this.#matter.clear()
    this.#matter.add(path)
    this.#paths.delete(path)
  }

  /** An error without frames has reached a page: whatever goes through the script it names may be its path. */
  reveal(scriptId: string): void {
    for (const [path, { handled }] of this.#paths) {
      if (handled >= MIN_HANDLED && path.includes(` ${scriptId}:`)) this.matters(path)
    }
  }

  clear(): void {
    this.#paths.clear()
    this.#matter.clear()
  }
}

function isSettled({ at, request }: Kept, now: number): boolean {
  if (now - at > SETTLED_MS) return true
  if (request === undefined) return false
  const res = request.deref()?.res
  return res === undefined || onFinished.isFinished(res as ServerResponse) !== false
}
