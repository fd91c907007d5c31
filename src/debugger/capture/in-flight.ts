/**
 * Knows whether requests are in flight, without a listener on any of them: a listener on each costs more than all the
 * rest of watching. Responses that may still run are looked at again from time to time.
 */

import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers'
import onFinished from 'on-finished'

/** What {@link InFlight} tells. */
export interface InFlightListener {
  /** Every quarter of a second while requests are in flight, and for a second after the last. */
  onLook(): void
  /** None is in flight, and none has begun for a second. */
  onIdle(): void
}

/** Milliseconds between two looks. */
const LOOK_MS = 250
/** Looks without a request in flight after which it is idle. */
const IDLE_LOOKS = 4
/** Responses that are kept before the finished ones among them are let go; more when more of them run. */
const MIN_KEPT = 32

export class InFlight {
  readonly #listener: InFlightListener
  /** Made here and started again later, so that it holds on to no request's context. Keeps no process alive. */
  readonly #timer = setTimeout(() => this.#look(), LOOK_MS).unref()
  /** A list, because a set would allocate for each request. */
  #running: object[] = []
  #sweepAt = MIN_KEPT
  #isLooking = false
  #hasBegun = false
  #idleLooks = 0

  constructor(listener: InFlightListener) {
    this.#listener = listener
  }

  /** A response is going to be made; without one, something that is over at once. */
  begin(res?: object): void {
    this.#hasBegun = true
    if (res !== undefined) {
      if (this.#running.length >= this.#sweepAt) this.#sweep()
      this.#running.push(res)
    }
    if (this.#isLooking) return
    this.#isLooking = true
    this.#timer.refresh()
  }

  /** Forgets all; the listener hears nothing more until something begins. */
  stop(): void {
    this.#isLooking = false
    this.#idleLooks = 0
    this.#running = []
    this.#sweepAt = MIN_KEPT
  }

  #look(): void {
    if (!this.#isLooking) return
    this.#sweep()
    this.#idleLooks = this.#hasBegun || this.#running.length > 0 ? 0 : this.#idleLooks + 1
    this.#hasBegun = false
    this.#listener.onLook()
    if (this.#idleLooks < IDLE_LOOKS) {
      this.#timer.refresh()
      return
    }
    this.stop()
    this.#listener.onIdle()
  }

  #sweep(): void {
    this.#running = this.#running.filter((res) => !isOver(res))
    this.#sweepAt = Math.max(MIN_KEPT, this.#running.length * 2)
  }
}

/** Of what is no response nobody would ever tell, so it counts as over. */
function isOver(res: object): boolean {
  try {
    return onFinished.isFinished(res as ServerResponse) !== false
  } catch {
    // An HTTP/2 response has lost its session.
    return true
  }
}
