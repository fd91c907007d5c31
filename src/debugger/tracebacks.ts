/** The errors that can still be looked into: reports, the live frames behind them, and their consoles. Bounded. */

import { BoundedMap } from '../core/bounded-map.ts'
import type { Report } from '../report/report.ts'
import { awaitKey, type Capture, type CodePosition } from './capture/captured.ts'
import type { Capturer } from './capture/capturer.ts'
import type { ErrorScopes, FrameScope } from './capture/frame-scopes.ts'
import { FrameConsole } from './console/frame-console.ts'
import type { ErrorSummary } from './protocol.ts'

/** One kept error. */
export interface Traceback {
  readonly report: Report
  /** `errorIndex.frameIndex` of each frame that has a console. */
  readonly live: ReadonlySet<string>
  /** Those that will have one when the request is made again: they wait at an `await` that is armed now. */
  readonly pending: ReadonlySet<string>
  /** The console of a frame, the same one at each call; undefined for a frame without one. */
  consoleOf(frame: string): FrameConsole | undefined
}

/** Limits of the store. */
export interface TracebackLimits {
  readonly maxErrors: number
  readonly maxAgeMs: number
  readonly consoleTimeoutMs: number
}

export class Tracebacks {
  readonly #kept: BoundedMap<string, Traceback>
  readonly #capturer: Capturer
  readonly #consoleTimeoutMs: number

  constructor(capturer: Capturer, { maxErrors, maxAgeMs, consoleTimeoutMs }: TracebackLimits) {
    this.#capturer = capturer
    this.#consoleTimeoutMs = consoleTimeoutMs
    this.#kept = new BoundedMap({
      maxEntries: maxErrors,
      maxAgeMs,
      onEvict: ({ report }) => capturer.awaits.release(report.id),
    })
  }

  /** Keeps an error; `chain` are the thrown values behind `report.errors`, by index. */
  add(report: Report, chain: readonly ErrorScopes[], exchange: HttpExchange): Traceback {
    const live = new Map<string, LiveFrame>()
    const waiting = new Map<string, CodePosition>()
    report.errors.forEach(({ frames }, errorIndex) => {
      const { capture, scopes = [], awaits = [], thrown } = chain[errorIndex] ?? {}
      const nearest = frames.find((frame) => frame.file !== undefined)
      const { file, line, column } = nearest?.compiled ?? nearest ?? {}
      if (capture === undefined && file !== undefined && line !== undefined && column !== undefined) {
        this.#capturer.missed({ file, line, column })
      }
      frames.forEach((_frame, frameIndex) => {
        const key = `${errorIndex}.${frameIndex}`
        const scope = scopes[frameIndex]
        const position = awaits[frameIndex]
        if (scope !== undefined && capture !== undefined) live.set(key, { ...scope, capture, thrown })
        if (position !== undefined) waiting.set(key, position)
      })
    })
    // The awaits of this error's callers, for the next time it happens.
    const armed = this.#capturer.awaits.arm(report.id, [...waiting.values()])
    const pending = [...waiting].filter(([key, position]) => armed.has(awaitKey(position)) && !live.has(key))
    const traceback = this.#traceback(report, live, new Set(pending.map(([key]) => key)), exchange)
    this.#kept.set(report.id, traceback)
    return traceback
  }

  get(id: string): Traceback | undefined {
    return this.#kept.get(id)
  }

  /** The newest first. */
  list(): ErrorSummary[] {
    return this.#kept
      .values()
      .map(({ report }) => summaryOf(report))
      .sort((a, b) => b.at - a.at)
  }

  clear(): void {
    this.#kept.clear()
  }

  #traceback(
    report: Report,
    frames: ReadonlyMap<string, LiveFrame>,
    pending: ReadonlySet<string>,
    exchange: HttpExchange,
  ): Traceback {
    const consoles = new Map<string, FrameConsole>()
    return {
      report,
      live: new Set(frames.keys()),
      pending,
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
            timeoutMs: this.#consoleTimeoutMs,
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

function summaryOf(report: Report): ErrorSummary {
  const { id, fingerprint, at, request, errors } = report
  const [first] = errors
  return {
    id,
    fingerprint,
    at,
    name: first?.name ?? 'Error',
    message: (first?.message ?? '').slice(0, 500),
    request: request === undefined ? undefined : `${request.method} ${request.url}`,
  }
}
