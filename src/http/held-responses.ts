/**
 * Responses whose answer is being thought over: to the framework it looks sent, on the wire nothing has happened.
 * Who answers in its place releases it first; and what this package answers itself is marked, so that nobody of us
 * takes it for the framework's.
 */

import { shared } from '../core/shared.ts'

const held = shared('held-responses', () => new WeakMap<object, () => void>())
const own = shared('own-answers', () => new WeakSet<object>())

/** Has `release` called when somebody answers in place of the framework. */
export function holdResponse(res: object, release: () => void): void {
  held.set(res, release)
}

/** Makes the response answerable again. */
export function releaseHeld(res: object): void {
  const release = held.get(res)
  held.delete(res)
  release?.()
}

/** Says that the answer is one of this package. */
export function markOwnAnswer(res: object): void {
  own.add(res)
}

/** Whether this package has answered. */
export function isOwnAnswer(res: object): boolean {
  return own.has(res)
}
