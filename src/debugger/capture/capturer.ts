/**
 * Keeps the live scope of every frame at the moment of a throw.
 *
 * V8 calls back synchronously at each throw while a watched request is in flight. In that pause each frame evaluates
 * an expression that hands a closure over its scope to {@link receiver}; the closures are ordinary values in a
 * WeakMap keyed by the thrown object, so they live exactly as long as it does.
 */

import { currentContext } from '../../core/async-context.ts'
import { shared } from '../../core/shared.ts'
import { stories } from '../../core/story.ts'
import { type AwaitBreakpoints, makeAwaitBreakpoints } from './await-breakpoints.ts'
import { CaptureBudget } from './capture-budget.ts'
import { type Capture, type CapturedFrame, type CodePosition, isMadeKey } from './captured.ts'
import { makeChattySites, siteOf } from './chatty-sites.ts'
import { functionPlace } from './function-place.ts'
import { HandOver } from './hand-over.ts'
import { HandledPaths, pathOf } from './handled-paths.ts'
import { InFlight } from './in-flight.ts'
import {
  type InspectorSession,
  openInspectorSession,
  type Paused,
  type PausedFrame,
  whyUnavailable,
} from './inspector-session.ts'
import { keepFrames, NOTHING_KEPT, planFrames } from './keep-frames.ts'
import { type LimitedRuns, makeLimitedRuns } from './limited-runs.ts'
import { isObject, isOwnWork } from './paused-frames.ts'
import { NO_AWAITS, NO_STACKS, PassedContext, requestContext } from './request-context.ts'
import { noteRethrow } from './rethrows.ts'
import { makeScriptMaps, type ScriptMaps } from './script-maps.ts'
import { readStack, type StackView, type Thrown, thrownOf } from './stack-view.ts'

/** Limits of capturing. */
export interface CaptureLimits {
  /** Frames with a console for each error, application frames first. The cost grows faster than the number. */
  readonly maxFrames: number
  /** Captures a second, in all requests; throws beyond it keep their stack but get no console. */
  readonly maxPerSecond: number
}

/** See {@link openCapturer}. */
export interface Capturer extends LimitedRuns {
  /**
   * Captures what is thrown from here on: until the response is over, and for a second after; without a response, for
   * a second.
   */
  arm(res?: object): void
  /** Tells that an error thrown here has reached a page without a capture, so that it has one the next time. */
  missed(position: CodePosition): void
  /** The capture of a thrown value; call it in the request that threw. */
  captureOf(thrown: unknown): Capture | undefined
  /** The source of a script as it runs; undefined when it is not known, or larger than 2 MiB. */
  sourceOf(file: string): string | undefined
  /** Where a function was written, as its script runs; undefined when that is not known. */
  placeOf(target: object): CodePosition | undefined
  /** Between positions as code runs and as it was written. */
  readonly maps: ScriptMaps
  /** Breakpoints that make callers waiting at an `await` live in later requests. */
  readonly awaits: AwaitBreakpoints
  /** Hears of each throw while a request is in flight, in its own asynchronous context, caught or not. */
  onThrow(listener: (thrown: Thrown) => void): () => void
  /** What is on the stack now, nearest first; undefined where nothing can be captured. Costs about a millisecond. */
  stack(): StackView | undefined
  /** Why nothing is captured, as a sentence; undefined when it is. */
  unavailable(): string | undefined
}

/** One for the whole process: V8 has one pause state for a thread, whoever asks. */
export function openCapturer(limits: CaptureLimits): Capturer {
  return shared('capturer', () => new V8Capturer(limits))
}

/** Characters of a script that is given out. */
const MAX_SOURCE = 2 * 1024 * 1024

class V8Capturer implements Capturer {
  readonly #limits: CaptureLimits
  readonly #captures = new WeakMap<object, Capture>()
  readonly awaits = makeAwaitBreakpoints(() => this.#session)
  readonly maps = makeScriptMaps({
    files: () => this.#session?.files() ?? [],
    sourceOf: (file) => this.sourceOf(file),
    broken: () => this.#session?.broken() ?? [],
  })
  readonly #chatty = makeChattySites()
  readonly #handled = new HandledPaths()
  #session: InspectorSession | undefined
  #unavailable: string | undefined
  readonly #budget: CaptureBudget
  #pausing = false
  readonly #inFlight = new InFlight({ onLook: () => this.#look(), onIdle: () => this.#setPausing(false) })
  readonly #handOver = new HandOver()
  readonly #runs = makeLimitedRuns(() => this.#session, this.#handOver)
  readonly runLimited = this.#runs.runLimited
  readonly runPure = this.#runs.runPure
  readonly #listeners = new Set<(thrown: Thrown) => void>()
  /** Set while {@link stack} pauses on purpose. */
  #looking: ((session: InspectorSession, paused: Paused) => void) | undefined

  constructor(limits: CaptureLimits) {
    this.#limits = limits
    this.#budget = new CaptureBudget(limits.maxPerSecond)
  }

  unavailable(): string | undefined {
    this.#look()
    return this.#unavailable
  }

  arm(res?: object): void {
    this.#look()
    this.#inFlight.begin(res)
    // Posting this for each request would cost as much as all that a small server does for one.
    if (!this.#pausing) this.#pauseFromNow()
  }

  captureOf(thrown: unknown): Capture | undefined {
    const capture = isObject(thrown) ? this.#captureOf(thrown) : this.#primitiveCapture(thrown)
    // Asked for by who makes a page: this place must not be taken for one that throws in its normal life.
    if (capture !== undefined) {
      this.#chatty.matters(capture.site)
      this.#handled.matters(capture.path)
      this.#budget.giveBack(capture)
    }
    return capture
  }

  missed(position: CodePosition): void {
    if (this.#session === undefined) return
    this.#chatty.reveal(this.#session, position)
    const scriptId = this.#session.scriptId(position.file)
    if (scriptId !== undefined) this.#handled.reveal(scriptId)
  }

  /** Of one that was never thrown, what is known of where it was made. */
  #captureOf(thrown: object): Capture | undefined {
    const known = this.#captures.get(thrown)
    const context = requestContext()
    if (known !== undefined || context === undefined || context.made.size === 0) return known
    const { awaits, made } = context
    return {
      frames: [],
      awaits,
      made,
      site: '',
      path: '',
      rethrows: [],
      inContext: currentContext(),
    }
  }

  #primitiveCapture(thrown: unknown): Capture | undefined {
    const primitive = requestContext()?.request.primitive
    return primitive !== undefined && Object.is(primitive.value, thrown) ? primitive.capture : undefined
  }

  sourceOf(file: string): string | undefined {
    const scriptId = this.#session?.scriptId(file)
    if (scriptId === undefined) return undefined
    const { scriptSource } = this.#session?.post('Debugger.getScriptSource', { scriptId }) ?? {}
    return typeof scriptSource === 'string' && scriptSource.length <= MAX_SOURCE ? scriptSource : undefined
  }

  placeOf(target: object): CodePosition | undefined {
    return this.#session === undefined ? undefined : functionPlace(this.#session, target)
  }

  onThrow(listener: (thrown: Thrown) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  stack(): StackView | undefined {
    const wasPausing = this.#pausing
    this.#pauseFromNow()
    if (this.#session === undefined) return undefined
    let view: StackView | undefined
    this.#looking = (session, { callFrames }) => {
      view = readStack(session, this.#handOver, callFrames)
    }
    // biome-ignore lint/suspicious/noDebugger: the pause in which the stack is read; nobody else is attached
    debugger
    this.#looking = undefined
    this.#setPausing(wasPausing)
    return view
  }

  #pauseFromNow(): void {
    if (this.#session === undefined && this.#unavailable === undefined) this.#open()
    this.#look()
    this.#setPausing(true)
  }

  /** A client that appeared later (SIGUSR1, an editor's auto-attach) owns the pauses from now on. */
  #look(): void {
    if (this.#session?.hasCompany() === true) this.#standDown()
  }

  #open(): void {
    this.#unavailable = whyUnavailable()
    if (this.#unavailable !== undefined) return
    this.#handOver.install()
    this.#session = openInspectorSession(
      (paused) => this.#onPaused(paused),
      () => this.#standDown(),
    )
  }

  #standDown(): void {
    this.#unavailable = whyUnavailable()
    this.awaits.clear()
    this.#chatty.clear()
    this.#handled.clear()
    this.#setPausing(false)
    this.#session?.close()
    this.#session = undefined
    this.#inFlight.stop()
  }

  #setPausing(isPausing: boolean): void {
    if (this.#session === undefined || this.#pausing === isPausing) return
    this.#pausing = isPausing
    this.#session.setPausing(isPausing)
  }

  #onPaused(paused: Paused): void {
    const session = this.#session
    if (session === undefined) return
    try {
      if (session.hasCompany()) return
      if (this.#looking !== undefined) {
        this.#looking(session, paused)
        return
      }
      const isThrow = paused.reason === 'exception' || paused.reason === 'promiseRejection'
      if (paused.hitBreakpoints?.length) this.#keepAwaiting(session, paused)
      if (isThrow) this.#capture(session, paused)
    } catch {
      // A throw that cannot be captured is still the application's own to handle.
    } finally {
      // V8 frees the handles of a pause only on resume or here; without this every throw leaks its frames.
      session.post('Runtime.releaseObjectGroup', { objectGroup: 'backtrace' })
    }
  }

  #capture(session: InspectorSession, paused: Paused): void {
    const [top] = paused.callFrames
    if (isOwnWork(paused.callFrames, session.scriptFile)) return
    const isWorthKeeping = this.#chatty.count(session, paused.callFrames)
    const context = requestContext()
    const path = pathOf(paused, context?.request)
    const isHandled = this.#handled.isHandled(path)
    if (isHandled && this.#passOver(session, paused)) return
    const plan =
      isWorthKeeping && !isHandled
        ? planFrames(session, paused.callFrames, this.#limits.maxFrames)
        : NOTHING_KEPT
    const [thrown, ...copies] = this.#handOver.thrownWith(session, paused, plan.objectIds)
    for (const listener of this.#listeners) listener(thrownOf(session, thrown, paused))
    const known = isObject(thrown) ? this.#captures.get(thrown) : undefined
    // The first throw has the deepest frames; a rethrow of the same object keeps them.
    if (known !== undefined) {
      noteRethrow(session, known, top)
      return
    }
    if (!isObject(thrown) && context === undefined) return
    if (!isWorthKeeping) return
    if (!this.#handled.count(path, context?.request)) return void this.#passOver(session, paused)
    const awaits = context?.awaits ?? NO_AWAITS
    // The runtime's own throws, such as those of its module loader, are not worth a capture.
    if (awaits.size === 0 && plan.indexes.length === 0) return
    const site = siteOf(top)
    if (!this.#budget.take(site)) return
    const frames = keepFrames(session, this.#handOver, plan, copies)
    if (awaits.size === 0 && frames.every((frame) => frame.evaluate === undefined)) return
    const inContext = currentContext()
    const made = context?.made ?? NO_STACKS
    const capture: Capture = { frames, awaits, made, site, path, rethrows: [], inContext }
    this.#budget.spent(capture)
    if (isObject(thrown)) this.#captures.set(thrown, capture)
    else if (context !== undefined) context.request.primitive = { value: thrown, capture }
  }

  /** Nobody need see throws of a kind that was handled before; false while somebody hears of each. */
  #passOver(session: InspectorSession, { callFrames }: Paused): boolean {
    if (this.#listeners.size > 0) return false
    this.#chatty.rest(session, callFrames)
    return true
  }

  /** A call passes an armed `await`: what it is about to start runs in a context that remembers it. */
  #keepAwaiting(session: InspectorSession, { hitBreakpoints = [], callFrames }: Paused): void {
    const [top] = callFrames
    const keys = this.awaits.passed(hitBreakpoints, callFrames)
    const context = requestContext()
    if (context === undefined || top === undefined || keys.length === 0) return
    const isMade = keys.some(isMadeKey) && this.#budget.take('')
    const stack = isMade ? this.#madeStack(session, callFrames) : []
    this.#handOver.scopes(session, [[0, top]], (_index, evaluate) => {
      const awaits = new Map(context.awaits)
      const made = new Map(context.made)
      for (const key of keys) {
        if (isMadeKey(key)) made.set(key, stack)
        else awaits.set(key, evaluate)
      }
      // Entered from inside the paused function, so that it holds for the rest of its turn.
      stories.running.enterWith(new PassedContext(context.request, awaits, made))
    })
  }

  #madeStack(session: InspectorSession, callFrames: readonly PausedFrame[]): CapturedFrame[] {
    const plan = planFrames(session, callFrames, this.#limits.maxFrames)
    return keepFrames(session, this.#handOver, plan, this.#handOver.objects(session, plan.objectIds))
  }
}
