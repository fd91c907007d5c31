/**
 * Slows down guessing without ever locking the owner out: after a few failures each further attempt waits, longer
 * each time up to a limit. Attempts are decided one after the other, so that parallel guesses wait for each other.
 */

const FREE_FAILURES = 3
const FIRST_DELAY_MS = 500
/** The longest that one attempt waits, those before it included, so that a flood leaves no long queue behind. */
const LONGEST_DELAY_MS = 30_000
/** Attempts that may wait at a time; more are refused at once. */
export const MAX_WAITING = 8
/** Failures that are counted. */
const MAX_FAILURES = 1_000_000
/** Failures are forgotten after this time without any. */
const FORGET_AFTER_MS = 10 * 60_000

/** The outcome of one attempt. */
export type AttemptResult = 'right' | 'wrong' | { readonly retryAfterMs: number }

export class Attempts {
  readonly #wait: (ms: number) => Promise<void>
  #failures = 0
  #lastFailureAt = Number.NEGATIVE_INFINITY
  #waiting = 0
  #queue: Promise<unknown> = Promise.resolve()

  /** `wait` is for tests. */
  constructor(wait: (ms: number) => Promise<void> = sleep) {
    this.#wait = wait
  }

  /** Decides an attempt in its turn, within 30 s; refuses it at once when those before it would take longer. */
  attempt(isRight: () => boolean): Promise<AttemptResult> {
    const isFull = this.#waiting >= MAX_WAITING || (this.#waiting > 0 && this.#queuedMs() > LONGEST_DELAY_MS)
    if (isFull) return Promise.resolve(this.refusal())
    this.#waiting++
    const result = this.#queue.then(async (): Promise<AttemptResult> => {
      await this.#wait(this.#delayMs())
      this.#waiting--
      if (isRight()) {
        this.forgive()
        return 'right'
      }
      this.noteFailure()
      return 'wrong'
    })
    this.#queue = result
    return result
  }

  /** What one gets that would wait too long. */
  refusal(): AttemptResult {
    return { retryAfterMs: Math.max(1000, this.#queuedMs()) }
  }

  /** Counts failures at endpoints that do not wait: a wrong token, a forged cookie. */
  noteFailure(count = 1): void {
    this.#delayMs()
    // More change nothing: the delay has its limit.
    if (count > 0) this.#failures = Math.min(MAX_FAILURES, this.#failures + count)
    this.#lastFailureAt = performance.now()
  }

  /** Begins anew, since somebody knew the PIN. */
  forgive(): void {
    this.#failures = 0
  }

  /** Milliseconds one more attempt waits, when all before it fail. */
  #queuedMs(): number {
    let sum = 0
    for (let before = 0; before <= this.#waiting; before++) sum += this.#delayMs(before)
    return sum
  }

  /** Milliseconds an attempt waits in its turn, `more` failures from now. */
  #delayMs(more = 0): number {
    if (performance.now() - this.#lastFailureAt > FORGET_AFTER_MS) this.#failures = 0
    const beyond = this.#failures + more - FREE_FAILURES
    return beyond < 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(beyond, 10))
  }
}

function sleep(ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms).unref())
}
