/**
 * Attempts at the PIN, counted over all workers of a cluster: without that each worker would have its own few free
 * guesses. One worker decides, in turn; what failed is told to all, so that the next one goes on where it ended.
 */

import { type AttemptResult, type Attempts, MAX_WAITING } from '../trust/attempts.ts'
import type { PeerNews, Peers } from './peers.ts'

/** What decides about PINs. */
export interface PinAttempts {
  /** Decides in its turn, within about 30 s; refuses at once when those before it would take longer. */
  attempt(pin: string): Promise<AttemptResult>
  /** Counts a failure at an endpoint that does not wait: a wrong token, a forged cookie. */
  noteFailure(): void
}

/** Longer texts are no PINs. */
const MAX_LENGTH = 1000
/** Failures of so many milliseconds are told together. */
const TELL_MS = 50

export class GroupAttempts implements PinAttempts {
  readonly #own: Attempts
  readonly #isPin: (pin: string) => boolean
  readonly #peers: () => Pick<Peers, 'attempt' | 'tell'> | undefined
  /** Attempts that the keeper is deciding. */
  #passing = 0
  /** Failures that the others have not been told of. */
  #untold = 0

  /** `peers` are the other workers; undefined where there are none. */
  constructor(
    own: Attempts,
    isPin: (pin: string) => boolean,
    peers: () => Pick<Peers, 'attempt' | 'tell'> | undefined,
  ) {
    this.#own = own
    this.#isPin = isPin
    this.#peers = peers
  }

  async attempt(given: string): Promise<AttemptResult> {
    const pin = given.slice(0, MAX_LENGTH)
    const peers = this.#peers()
    if (peers === undefined) return this.decide(pin)
    if (this.#passing >= MAX_WAITING) return this.#own.refusal()
    this.#passing++
    try {
      return (await peers.attempt(pin)) ?? (await this.decide(pin))
    } finally {
      this.#passing--
    }
  }

  /** Decides here, for whichever worker was asked. */
  async decide(pin: string): Promise<AttemptResult> {
    const result = await this.#own.attempt(() => this.#isPin(pin))
    if (result === 'wrong') this.#tellFailure()
    if (result === 'right') this.#peers()?.tell({ name: 'forgiven', body: {} })
    return result
  }

  noteFailure(): void {
    this.#own.noteFailure()
    this.#tellFailure()
  }

  /** What another worker has told. */
  hear({ name, body }: PeerNews): void {
    if (name === 'forgiven') this.#own.forgive()
    if (name === 'failed') this.#own.noteFailure(Number(body.count))
  }

  #tellFailure(): void {
    if (this.#peers() === undefined || this.#untold++ > 0) return
    setTimeout(() => {
      this.#peers()?.tell({ name: 'failed', body: { count: this.#untold } })
      this.#untold = 0
    }, TELL_MS).unref()
  }
}
