/** The way of one request through the pieces, and what becomes of its error answers. */

import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { currentContext } from '../core/async-context.ts'
import type { Debugger } from '../debugger/debugger.ts'
import { PREFIX } from '../debugger/protocol.ts'
import { answerKind } from '../http/accepts.ts'
import { promiseErrorPage } from '../http/failures.ts'
import type { RequestLogging } from '../logger/request-logging.ts'
import { bindEvents, inRequest } from '../logger/request-scope.ts'
import { type Cause, causeOf, causeOfFalsyThrow, falsyThrow } from './register-cause.ts'
import { isDefaultErrorBody, isDefaultNextBody } from './register-default-body.ts'
import { dropPrintsOf } from './register-prints.ts'
import { LOSES_CONTEXT, runningRequest, WatchedRequest, watchedRequest } from './register-request.ts'
import type { Verdict } from './register-responses.ts'
import { plainly, showsStack, withoutStack } from './register-strangers.ts'
import { writerOfResponse } from './register-writer.ts'

/** What works for the requests of this process. */
export interface Pieces {
  readonly debug: Debugger | undefined
  readonly logging: RequestLogging | undefined
}

/** An event of a server that is about to be emitted. */
export interface ServerEvent {
  readonly server: EventEmitter
  readonly event: string | symbol
  readonly args: readonly unknown[]
  readonly emit: () => boolean
}

/** Marks what runs in a request that the register watches. */
const OWNER = {}

/** Hands a request to the server's own listeners, as part of a watched request. */
export function handleRequest(pieces: Pieces, { server, event, args, emit }: ServerEvent): boolean {
  const [req, res] = args as [IncomingMessage, ServerResponse]
  const { debug, logging } = pieces
  // An `emit` around this one (a proxy server handing on to another) has begun already.
  if (watchedRequest(res) !== undefined) return emit()
  if (debug?.serve(req, res) === true) return true
  // An access log alone, as in production, needs nothing of the request's context, which is what costs.
  if (debug?.isLive !== true && logging === undefined) return emit()
  const request = new WatchedRequest(req, res)
  if (debug?.isLive !== true) return inContext(pieces, request, emit, undefined)
  const fail = (error: unknown): void => failOf(debug, request, error)
  // Caught here, because a throw that goes on through Node's HTTP parser makes the connection unusable.
  const guarded = (): boolean => {
    try {
      return LOSES_CONTEXT ? callListeners(server, event, args, fail) : emit()
    } catch (error) {
      fail(error)
      return true
    }
  }
  return debug.watch(req, res, () => {
    promiseErrorPage(req)
    request.inContext = currentContext()
    return inContext(pieces, request, guarded, fail)
  })
}

function callListeners(
  server: EventEmitter,
  event: string | symbol,
  args: readonly unknown[],
  fail: (error: unknown) => void,
): boolean {
  const listeners = server.rawListeners(event)
  for (const listener of listeners) {
    const result: unknown = Reflect.apply(listener, server, [...args])
    if (result instanceof Promise) result.catch(fail)
  }
  return listeners.length > 0
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

/** The preload takes requests before any mount of the application; one may be entered when its error is told. */
const ROOT = ''

/** Nobody answers: we do, for every kind of client. A further error of the request is reported beside. */
export function failOf(debug: Debugger, request: WatchedRequest, error: unknown, note?: string): void {
  const { req, res, reported } = request
  if (reported.includes(error)) return
  addReported(request, error)
  if (reported.length === 0) void debug.fail(error, req, res, { note, mount: ROOT })
  else debug.note(error, req, res, { note, mount: ROOT })
}

function addReported(request: WatchedRequest, error: unknown): void {
  request.reported = [...request.reported, error]
  dropPrintsOf(request, error)
}

/**
 * Whether a response may be about an error: 500 and more, a 404 after a throw that Express does not take for one, and,
 * for whoever may not see the stack of an error, all that are not well.
 */
export function isSuspicious(debug: Debugger, res: ServerResponse, status: number): boolean {
  if (status >= 500 || isForStranger(debug, res)) return true
  // Express puts a prototype of its own between its responses and Node's.
  const isExpress = status === 404 && Object.hasOwn(Object.getPrototypeOf(res) as object, 'app')
  const request = isExpress ? watchedRequest(res) : undefined
  return request !== undefined && falsyThrow(request) !== undefined
}

function isForStranger(debug: Debugger, res: ServerResponse): boolean {
  const request = watchedRequest(res)
  return request !== undefined && !debug.trusts(request.req)
}

/**
 * Decides about a response that is suspicious. Browsers of the developer get the error's page; for all
 * others the framework's own answer goes out as in production, and the error is reported beside it. Strangers never
 * get a stack.
 */
export function judgeResponse(debug: Debugger, res: ServerResponse, status: number): Verdict {
  const request = watchedRequest(res) ?? runningRequest()
  if (request === undefined || request.res !== res || request.reported.length > 0) return PASS
  const cause = status < 500 ? causeOfFalsyThrow(request) : causeOf(request, () => debug.stack())
  if (cause === undefined) {
    const isOpen = debug.trusts(request.req) || writerOfResponse() === 'app'
    const isError = () => causeOf(request, () => debug.stack())?.needsBody === false
    return isOpen ? PASS : withoutStack(request, status, isError)
  }
  if (!cause.needsBody) return verdictFor(debug, request, status, cause)
  const thrown = request.thrown.map((one) => one.error)
  return {
    do: 'read',
    decide: (body) => {
      const isDefault =
        isDefaultErrorBody(status, body, thrown, cause.note === undefined) ||
        isDefaultNextBody(request.req, body, request.printed.length > 0)
      if (isDefault) return verdictFor(debug, request, status, cause)
      return showsStack(body) && !debug.trusts(request.req) ? plainly(request, status) : PASS
    },
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
  addReported(request, error)
  const isTrusted = debug.trusts(req)
  if (answerKind(req.headers) === 'html' && isTrusted) {
    const answer = () =>
      request.inContext(
        () => void debug.fail(error, req, res, { status: Math.max(500, status), note, mount: ROOT }),
      )
    return { do: 'replace', answer }
  }
  const id = request.inContext(() => debug.note(error, req, res, { note, mount: ROOT }))
  if (!isTrusted) return needsBody ? PASS : withoutStack(request, status, () => true, id)
  // While the body was read, the header may have been written.
  if (!needsBody && !res.headersSent) res.setHeader('X-Debug-Url', `${PREFIX}/errors/${id}`)
  return PASS
}
