/** The way of one request through the pieces, and what becomes of its error answers. */

import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Debugger } from '../debugger/debugger.ts'
import { PREFIX } from '../debugger/protocol.ts'
import { answerKind } from '../http/accepts.ts'
import { promiseErrorPage } from '../http/failures.ts'
import type { RequestLogging } from '../logger/request-logging.ts'
import { bindEvents, inRequest } from '../logger/request-scope.ts'
import { type Cause, causeOf } from './register-cause.ts'
import { isDefaultErrorBody } from './register-default-body.ts'
import { runningRequest, WatchedRequest, watchedRequest } from './register-request.ts'
import type { Verdict } from './register-responses.ts'

/** What works for the requests of this process. */
export interface Pieces {
  readonly debug: Debugger | undefined
  readonly logging: RequestLogging | undefined
}

/** Marks what runs in a request that the register watches. */
const OWNER = {}

/** Hands a request to the server's own listeners, as part of a watched request. */
export function handleRequest(pieces: Pieces, args: readonly unknown[], emit: () => boolean): boolean {
  const [req, res] = args as [IncomingMessage, ServerResponse]
  const { debug } = pieces
  // An `emit` around this one (a proxy server handing on to another) has begun already.
  if (watchedRequest(res) !== undefined) return emit()
  if (debug?.serve(req, res) === true) return true
  const request = new WatchedRequest(req, res)
  if (debug?.isLive !== true) return inContext(pieces, request, emit, undefined)
  promiseErrorPage(req)
  const fail = (error: unknown): void => failOf(debug, request, error)
  // Caught here, because a throw that goes on through Node's HTTP parser makes the connection unusable.
  const guarded = (): boolean => {
    try {
      return emit()
    } catch (error) {
      fail(error)
      return true
    }
  }
  return debug.watch(req, res, () => {
    request.inContext = AsyncLocalStorage.snapshot()
    return inContext(pieces, request, guarded, fail)
  })
}

function inContext(
  { logging }: Pieces,
  { req, res }: WatchedRequest,
  work: () => boolean,
  onThrow: ((error: unknown) => void) | undefined,
): boolean {
  if (logging !== undefined) return logging.run(req, res, work, onThrow)
  return inRequest(OWNER, req, () => {
    bindEvents(req, res, onThrow)
    return work()
  })
}

/** Nobody answers: we do, for every kind of client. */
function failOf(debug: Debugger, request: WatchedRequest, error: unknown): void {
  if (request.isReported) return
  request.isReported = true
  void debug.fail(error, request.req, request.res)
}

/**
 * Decides about a response that begins with 500 or more. Browsers of the developer get the error's page; for all
 * others the framework's own answer goes out as in production, and the error is reported beside it.
 */
export function judgeResponse(debug: Debugger, res: ServerResponse, status: number): Verdict {
  const request = watchedRequest(res) ?? runningRequest()
  if (request === undefined || request.res !== res || request.isReported) return PASS
  const cause = causeOf(request, () => debug.stack())
  if (cause === undefined) return PASS
  if (!cause.needsBody) return verdictFor(debug, request, status, cause)
  const thrown = request.thrown.map((one) => one.error)
  return {
    do: 'read',
    decide: (body) =>
      isDefaultErrorBody(status, body, thrown) ? verdictFor(debug, request, status, cause) : PASS,
  }
}

const PASS: Verdict = { do: 'pass' }

function verdictFor(
  debug: Debugger,
  request: WatchedRequest,
  status: number,
  { error, note, needsBody }: Cause,
): Verdict {
  const { req, res } = request
  request.isReported = true
  if (answerKind(req.headers) === 'html' && debug.trusts(req)) {
    const answer = () => request.inContext(() => void debug.fail(error, req, res, { status, note }))
    return { do: 'replace', answer }
  }
  const id = request.inContext(() => debug.note(error, req, res, { note }))
  // While the body was read, the header may have been written.
  if (!needsBody && !res.headersSent) res.setHeader('X-Debug-Url', `${PREFIX}/errors/${id}`)
  return PASS
}
