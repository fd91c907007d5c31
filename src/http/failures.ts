/**
 * What went wrong in a request, known to all pieces around it.
 * The access log asks for it when it writes the line, the logger listens to it, the debugger tells it; none of them
 * imports another, and they nest in any order.
 */

import { shared } from '../core/shared.ts'
import { makeStamp } from '../core/stamp.ts'
import { storyContext } from '../core/story.ts'

/** Told of each error of a request once. Answers true when it has shown the error on a terminal. */
export type FailureListener = (error: unknown) => boolean

interface RequestFailures {
  readonly errors: unknown[]
  readonly listeners: Set<FailureListener>
  /** Whether a listener has shown the error on a terminal, by index of `errors`. */
  readonly shown: boolean[]
}

/** Most errors kept for one request; later ones are still told to listeners. */
const MAX_ERRORS = 16

const requests = shared('failures', () => makeStamp<RequestFailures>())

function recordOf(req: object): RequestFailures {
  let record = requests.get(req)
  if (record === undefined) {
    record = { errors: [], listeners: new Set(), shown: [] }
    requests.set(req, record)
  }
  return record
}

/** Hears of errors of this request from now on, and at once of those already noted. */
export function onFailure(req: object, listener: FailureListener): void {
  const record = recordOf(req)
  record.listeners.add(listener)
  record.errors.forEach((error, index) => {
    if (listener(error)) record.shown[index] = true
  })
}

/**
 * Notes that `error` ended the work for this request; the same error noted again is told to nobody.
 * @returns true when some listener has shown it on a terminal
 */
export function noteFailure(req: object, error: unknown): boolean {
  const record = recordOf(req)
  const known = record.errors.findIndex((one) => Object.is(one, error))
  if (known >= 0) return record.shown[known] === true
  let shown = false
  for (const listener of record.listeners) shown = listener(error) || shown
  if (record.errors.length < MAX_ERRORS) {
    record.errors.push(error)
    record.shown[record.errors.length - 1] = shown
  }
  return shown
}

/** The errors noted for this request, first to last; empty for nearly every request. */
export function failuresOf(req: object): readonly unknown[] {
  return requests.get(req)?.errors ?? []
}

/** Requests with a promise, where no context holds it. */
const promised = shared('error-page-promises', () => new WeakSet<object>())

/** Says that a layer further out will answer with an error page, so that inner layers let the error through to it. */
export function promiseErrorPage(req: object): void {
  const context = storyContext()
  if (context?.req === req) context.hasErrorPage = true
  else promised.add(req)
}

/** Whether a layer further out has called {@link promiseErrorPage}; ask when the request comes in, in its context. */
export function hasErrorPagePromise(req: object): boolean {
  const context = storyContext()
  return (context?.req === req && context.hasErrorPage) || promised.has(req)
}
