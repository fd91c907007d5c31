/**
 * Finds the error behind a 500 that a framework has written by itself. The surest evidence comes first: the framework
 * has the very object in its variables; it has told of it on a diagnostics channel; it has printed it. Only when all
 * of that is silent the last exception of the request is taken, and called what it is: a guess.
 */

import { isReadable, readStack, readValue } from '../core/read.ts'
import type { HeldError, StackView } from '../debugger/capture/stack-view.ts'
import { isPassingOn } from '../http/handler.ts'
import type { SeenThrow, WatchedRequest } from './register-request.ts'
import { isWrittenByTelling, writerOfResponse } from './register-writer.ts'

/** The error of a request. */
export interface Cause {
  readonly error: unknown
  /** Says so when it is a guess. */
  readonly note: string | undefined
  /** Nothing but the body can tell whether the framework or the application made this answer. */
  readonly needsBody: boolean
}

/** Call it while the response is being begun. Undefined where the application answers on purpose, or nothing failed. */
export function causeOf(request: WatchedRequest, stack: () => StackView | undefined): Cause | undefined {
  if (writerOfResponse() === 'app') return undefined
  const held = errorsAbove(stack())
  const known = held.find(({ error }) => findThrow(request, error)?.isFromApp === true)
  if (known !== undefined) return sure(request, known.error)
  const thrown = held.find(({ error, depth }) => depth === 0 && findThrow(request, error) !== undefined)
  if (thrown !== undefined && !request.thrown.some((one) => one.isFromApp)) return sure(request, thrown.error)
  if (request.early !== undefined) return sure(request, request.early)
  const told = request.told.at(-1)
  if (told !== undefined) return sure(request, told)
  // Never thrown: given to `next`, to a reply, to a callback.
  const passed = held.find(isPassed)
  if (passed !== undefined) return sure(request, passed.error)
  return causeByContext(request)
}

/** A throw that Express takes for `next()`: nothing, or one of its words for "skip". */
export function falsyThrow(request: WatchedRequest): SeenThrow | undefined {
  return request.thrown.findLast(({ error, isFromApp }) => isFromApp && isPassingOn(error))
}

/** The cause of a 404 that comes of one. */
export function causeOfFalsyThrow(request: WatchedRequest): Cause | undefined {
  const thrown = falsyThrow(request)
  if (thrown === undefined || writerOfResponse() === 'app') return undefined
  const { error, place } = thrown
  const what = typeof error === 'string' ? JSON.stringify(error) : String(error)
  return {
    error,
    note: `A handler threw ${what} at ${place ?? 'an unknown place'}. Express takes that for next(), so the request fell through to its 404. Throw an Error.`,
    needsBody: false,
  }
}

/** The error a framework holds while it begins to answer, before it waits for the end of the request. */
export function errorAtHand(request: WatchedRequest, stack: StackView | undefined): unknown {
  const held = errorsAbove(stack)
  const known = held.find(({ error }) => findThrow(request, error) !== undefined)
  return (known ?? held.find(isPassed))?.error
}

/** An error object as a parameter or local variable. */
function isPassed({ error, depth, isClosure }: HeldError): boolean {
  return depth === 0 && !isClosure && isReadable(error)
}

function causeByContext(request: WatchedRequest): Cause | undefined {
  const printed = request.printed.at(-1)
  if (printed !== undefined) return { ...sure(request, printed), needsBody: true }
  const last = request.thrown.findLast((one) => one.isFromApp) ?? request.thrown.at(-1)
  if (last === undefined) return undefined
  // What is no object cannot be recognised in a framework's hands.
  if (isReadable(last.error) && isWrittenByTelling()) return undefined
  const others = request.thrown.length - 1
  const rest =
    others === 0
      ? ''
      : ` ${others} other exception${others === 1 ? ' was' : 's were'} thrown and caught in it.`
  return {
    error: last.error,
    note: `A guess: the framework did not say what its error answer is about; this is the last exception of the request.${rest}`,
    needsBody: true,
  }
}

function sure(request: WatchedRequest, error: unknown): Cause {
  return { error: twinOf(request, error) ?? error, note: undefined, needsBody: false }
}

/** hapi answers with a clone of what was thrown; the thrown one has the frames. */
function twinOf(request: WatchedRequest, error: unknown): unknown {
  if (!isReadable(error) || findThrow(request, error)?.isFromApp === true) return undefined
  const stack = readStack(error)
  const inside = [readValue(error, 'cause'), readValue(error, 'data')]
  const twin = request.thrown.find(
    (one) =>
      one.isFromApp &&
      one.error !== undefined &&
      (inside.includes(one.error) ||
        (stack !== undefined && isReadable(one.error) && readStack(one.error) === stack)),
  )
  return twin?.error
}

function findThrow(request: WatchedRequest, error: unknown): SeenThrow | undefined {
  return request.thrown.find((one) => Object.is(one.error, error))
}

/** Errors in the variables of library frames, nearest first. */
function errorsAbove(stack: StackView | undefined): readonly HeldError[] {
  return (stack ?? []).flatMap(({ errors }) => errors)
}
