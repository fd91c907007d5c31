/** The errors that can still be looked into: reports, the live frames behind them, and their consoles. Bounded. */

import { BoundedMap } from '../core/bounded-map.ts'
import { tellFrames } from '../report/line-notes.ts'
import type { Report } from '../report/report.ts'
import { type ArmedPosition, awaitKey, type Capture, madeKey } from './capture/captured.ts'
import type { Capturer } from './capture/capturer.ts'
import type { ErrorScopes, FrameScope } from './capture/frame-scopes.ts'
import { FrameConsole } from './console/frame-console.ts'
import { knownFrames } from './frame-values.ts'
import type { PeerNews } from './processes/peers.ts'
import type { ErrorSummary } from './protocol.ts'
import { type Sighting, Sightings } from './sightings.ts'
import { makeWeigh, type Weigh } from './weigh.ts'

/** One kept error. */
export interface Traceback {
  readonly report: Report
  /** `errorIndex.frameIndex` of each frame that has a console. */
  readonly live: ReadonlySet<string>
  /** Those that will have one when the request is made again: they wait at an `await` that is armed now. */
  readonly pending: ReadonlySet<string>
  /** Those of packages that have none because the throw had taken too long by then. */
  readonly late: ReadonlySet<string>
  /** The request that failed and its response. */
  readonly exchange: HttpExchange
  /** How often this bug was seen, up to now. */
  seen(): Sighting
  /** The console of a frame, the same one at each call; undefined for a frame without one. */
  consoleOf(frame: string): FrameConsole | undefined
}

/** Limits of the store. */
export interface TracebackLimits {
  readonly maxErrors: number
  readonly maxAgeMs: number
  /** Estimated; see weigh. */
  readonly maxBytes: number
  readonly consoleTimeoutMs: number
}

/** The longest a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1

export class Tracebacks {
  readonly #kept: BoundedMap<string, Traceback>
  readonly #capturer: Capturer
  readonly #limits: TracebackLimits
  readonly #sightings = new Sightings()
  readonly #weigh: Weigh
  readonly #bytes = new Map<string, number>()
  readonly #stopTelling: () => void
  readonly #tell: (news: PeerNews) => void

  /** `tell` reaches the other workers of a cluster. */
  constructor(capturer: Capturer, limits: TracebackLimits, tell: (news: PeerNews) => void = () => {}) {
    const { maxErrors, maxAgeMs } = limits
    this.#capturer = capturer
    this.#tell = tell
    this.#limits = limits
    this.#weigh = makeWeigh(capturer)
    this.#stopTelling = tellFrames((error) => knownFrames(error, capturer))
    this.#kept = new BoundedMap({
      maxEntries: maxErrors,
      maxAgeMs,
      onEvict: ({ report }) => {
        this.disarmFor(report.id)
        tell({ name: 'disarm', body: { error: report.id } })
        this.#bytes.delete(report.id)
      },
    })
  }

  /** Keeps an error; `chain` are the thrown values behind `report.errors`, by index. */
  add(report: Report, chain: readonly ErrorScopes[], exchange: HttpExchange): Traceback {
    const live = new Map<string, LiveFrame>()
    const waiting = new Map<string, ArmedPosition>()
    const late = new Set<string>()
    report.errors.forEach(({ frames }, errorIndex) => {
      const { capture, scopes = [], late: isLate = [], awaits = [], thrown, made } = chain[errorIndex] ?? {}
      const nearest = frames.find((frame) => frame.file !== undefined)
      const { file, line, column } = nearest?.compiled ?? nearest ?? {}
      if (capture === undefined && file !== undefined && line !== undefined && column !== undefined) {
        this.#capturer.missed({ file, line, column })
      }
      frames.forEach((frame, frameIndex) => {
        const key = `${errorIndex}.${frameIndex}`
        const scope = scopes[frameIndex]
        const position = awaits[frameIndex]
        if (scope !== undefined && capture !== undefined) live.set(key, { ...scope, capture, thrown })
        if (isLate[frameIndex] === true) late.add(key)
        if (position !== undefined) waiting.set(key, position)
        // Of an error made elsewhere than it was thrown, all that was on the stack then.
        else if (made !== undefined && frame.kind === 'app' && !frame.isAsync)
          waiting.set(key, { ...made, made: true })
      })
    })
    // The awaits of this error's callers, for the next time it happens.
    const armed = this.#capturer.awaits.arm(report.id, [...waiting.values()])
    if (armed.size > 0)
      this.#tell({ name: 'arm', body: { error: report.id, positions: [...waiting.values()] } })
    const pending = [...waiting].filter(([key, position]) => armed.has(keyOf(position)) && !live.has(key))
    const states = { pending: new Set(pending.map(([key]) => key)), late }
    const traceback = this.#traceback(report, live, states, exchange)
    this.#sightings.note(report.fingerprint, report.at)
    this.#kept.set(report.id, traceback)
    this.#weighLater(report, [...live.values()], exchange)
    return traceback
  }

  /** Arms awaits for an error that another worker keeps, until {@link disarmFor} of it, or as long as it can live. */
  armFor(id: string, positions: readonly ArmedPosition[]): void {
    // Opens the session, where this worker has had no request yet.
    this.#capturer.arm()
    this.#capturer.awaits.arm(id, positions)
    setTimeout(() => this.disarmFor(id), Math.min(this.#limits.maxAgeMs, MAX_TIMEOUT_MS)).unref()
  }

  disarmFor(id: string): void {
    this.#capturer.awaits.release(id)
  }

  /** Once the answer is on its way: weighing takes a few milliseconds. */
  #weighLater(report: Report, scopes: readonly FrameScope[], { req, res }: HttpExchange): void {
    setImmediate(async () => {
      const bytes = await this.#weigh({ report, scopes, shared: [req, res, globalThis] })
      if (!this.#kept.has(report.id)) return
      this.#bytes.set(report.id, bytes)
      this.#dropHeavy(report.id)
    }).unref()
  }

  /** The one used longest ago goes first; the newest stays, however heavy. */
  #dropHeavy(newest: string): void {
    let total = [...this.#bytes.values()].reduce((sum, one) => sum + one, 0)
    for (const { report } of this.#kept.values()) {
      if (total <= this.#limits.maxBytes) return
      if (report.id === newest) continue
      total -= this.#bytes.get(report.id) ?? 0
      this.#kept.delete(report.id)
    }
  }

  get(id: string): Traceback | undefined {
    return this.#kept.get(id)
  }

  /** The newest first. */
  list(): ErrorSummary[] {
    return this.#kept
      .values()
      .map(({ report, seen }) => summaryOf(report, seen()))
      .sort((a, b) => b.at - a.at)
  }

  /** Lets go of an error and all it holds; false when it was not kept. */
  release(id: string): boolean {
    return this.#kept.delete(id)
  }

  /** At the end. */
  clear(): void {
    this.#stopTelling()
    this.#kept.clear()
    this.#sightings.clear()
  }

  #traceback(
    report: Report,
    frames: ReadonlyMap<string, LiveFrame>,
    states: Pick<Traceback, 'pending' | 'late'>,
    exchange: HttpExchange,
  ): Traceback {
    const consoles = new Map<string, FrameConsole>()
    return {
      report,
      live: new Set(frames.keys()),
      ...states,
      exchange,
      seen: () => this.#sightings.of(report.fingerprint, report.at),
      consoleOf: (key) => {
        const live = frames.get(key)
        if (live === undefined) return undefined
        let made = consoles.get(key)
        if (made === undefined) {
          made = new FrameConsole({
            evaluate: live.evaluate,
            capture: live.capture,
            position: live.position,
            sourceOf: (file) => this.#capturer.sourceOf(file),
            error: live.thrown,
            ...exchange,
            timeoutMs: this.#limits.consoleTimeoutMs,
            runPure: (run, timeoutMs) => this.#capturer.runPure(run, timeoutMs),
            runLimited: (run, timeoutMs) => this.#capturer.runLimited(run, timeoutMs),
          })
          consoles.set(key, made)
        }
        return made
      },
    }
  }
}

/** The request that failed and its response, for the console. */
export interface HttpExchange {
  readonly req: unknown
  readonly res: unknown
}

interface LiveFrame extends FrameScope {
  readonly capture: Capture
  readonly thrown: unknown
}

const keyOf = (position: ArmedPosition): string =>
  position.made === true ? madeKey(position) : awaitKey(position)

function summaryOf(report: Report, { count, first: firstAt, last }: Sighting): ErrorSummary {
  const { id, fingerprint, at, request, errors } = report
  const [first] = errors
  return {
    id,
    fingerprint,
    at,
    name: first?.name ?? 'Error',
    message: (first?.message ?? '').slice(0, 500),
    request: request === undefined ? undefined : `${request.method} ${request.url}`,
    count,
    first: firstAt,
    last,
  }
}
