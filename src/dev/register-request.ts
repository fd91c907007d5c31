/** What is known of a request from its start to its answer: what was thrown, told, printed in it. Bounded. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InContext } from '../core/async-context.ts'
import { isReadable } from '../core/read.ts'
import { makeStamp } from '../core/stamp.ts'
import { currentRequest } from '../logger/request-scope.ts'

/** Throws, told errors and printed errors kept for a request each; the newest stay. */
const MAX_ERRORS = 50

/** A throw that was seen in a request, caught or not. */
export interface SeenThrow {
  readonly error: unknown
  /** Whether the application's code was on the stack. */
  readonly isFromApp: boolean
  /** `file:line:column` of the application's nearest function. */
  readonly place: string | undefined
}

/** A print that goes out later, if at all. */
export interface WaitingPrint {
  readonly args: readonly unknown[]
  readonly print: () => void
}

export class WatchedRequest {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** In the order of their last throw. */
  thrown: readonly SeenThrow[] = []
  /** Errors that a diagnostics channel of the framework has named. */
  told: readonly unknown[] = []
  /** Errors that library code has given to `console.error`. */
  printed: readonly object[] = []
  /** The error that the framework had at hand when it began to answer with it, before it waited. */
  early: unknown
  /** Runs something in the asynchronous context of the request, as it was when the request came. */
  inContext: InContext = (run) => run()
  /** Errors of this request that have been reported. */
  reported: readonly unknown[] = []
  /** What the framework has printed, until it is known whether that says anything new. */
  waitingPrints: readonly WaitingPrint[] = []

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.req = req
    this.res = res
    requests.set(req, this)
    requests.set(res, this)
    if (!LOSES_CONTEXT) return
    open.add(this)
    // Deno has responses that finish and never close.
    for (const event of ['finish', 'close']) res.once(event, () => open.delete(this))
  }

  addThrow(seen: SeenThrow): void {
    const { error } = seen
    const known = this.thrown.find((one) => Object.is(one.error, error))
    const first = known?.isFromApp === true ? known : seen
    const merged = { error, isFromApp: first.isFromApp, place: first.place }
    this.thrown = [...this.thrown.filter((one) => one !== known), merged].slice(-MAX_ERRORS)
    if (isReadable(error)) requestOfError.set(error, new WeakRef(this))
  }

  addTold(error: unknown): void {
    if (!this.told.includes(error)) this.told = [...this.told, error].slice(-MAX_ERRORS)
  }

  addPrinted(error: object): void {
    this.printed = [...this.printed, error].slice(-MAX_ERRORS)
  }
}

/**
 * Bun and Deno tell of a rejection without saying which request it belongs to: it is caught at its source, or given to
 * the request that runs.
 */
export const LOSES_CONTEXT = process.versions.bun !== undefined || 'deno' in process.versions

const requests = makeStamp<WatchedRequest>()
/** Where the context is lost, the requests that have not been answered: as many as the server has at a time. */
const open = new Set<WatchedRequest>()
/** Weak, because an error may outlive its request by far. */
const requestOfError = new WeakMap<object, WeakRef<WatchedRequest>>()

/** The watched request of a request or response object. */
export function watchedRequest(object: object): WatchedRequest | undefined {
  return requests.get(object)
}

/** The one the running code works for. */
export function runningRequest(): WatchedRequest | undefined {
  const req = currentRequest()
  return req === undefined ? undefined : requests.get(req)
}

/** The running one when the error was thrown in it, else the one it was thrown in last, else the running one. */
export function requestBehind(error: unknown): WatchedRequest | undefined {
  const running = runningRequest()
  if (running?.thrown.some((one) => Object.is(one.error, error))) return running
  return (isReadable(error) ? requestOfError.get(error)?.deref() : undefined) ?? running
}

/**
 * {@link requestBehind} where errors come with no asynchronous context, or with an old one: the request that is being
 * worked for, when there is just one.
 */
export function likelyRequestBehind(error: unknown): WatchedRequest | undefined {
  const behind = requestBehind(error)
  if (behind !== undefined && open.has(behind)) return behind
  const [first, second] = open
  return second === undefined ? (first ?? behind) : behind
}
