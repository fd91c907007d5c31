/** The routes of the debugger: its pages, unlocking, and the console. Each line of the table says what it needs. */

import type { IncomingMessage } from 'node:http'
import { answerKind } from '../http/accepts.ts'
import { type Answer, jsonAnswer } from '../http/respond.ts'
import type { Announcer, EditorLinks } from './announce.ts'
import { EXPIRED, incomplete } from './answers.ts'
import { complete } from './console/complete.ts'
import type { FrameConsole } from './console/frame-console.ts'
import type { Standalone } from './console/standalone.ts'
import { copy, frames, release, report, tracebackOf } from './error-routes.ts'
import { baseOf } from './mount.ts'
import { historyLinks } from './pages/history-links.ts'
import { refusalAnswer } from './pages/refusal-page.ts'
import type { PinAttempts } from './processes/group-attempts.ts'
import { silentWorkers } from './processes/merge-lists.ts'
import type { Presence } from './processes/presence.ts'
import type { PageData, PreviewAnswer, Refusal, StartAnswer, StateAnswer, UnlockAnswer } from './protocol.ts'
import type { Route, RouteCall } from './routes.ts'
import type { Tracebacks } from './tracebacks.ts'
import type { Guard } from './trust/guard.ts'
import { type Secrets, secretEquals } from './trust/pin.ts'
import { opensAsDocument, schemeOf } from './trust/request-origin.ts'
import type { Sessions } from './trust/session-cookie.ts'

/** What the routes work on. */
export interface ConsoleRoutesContext {
  readonly secrets: Secrets
  readonly attempts: PinAttempts
  readonly sessions: Sessions
  readonly guard: Guard
  readonly tracebacks: Tracebacks
  readonly announcer: Announcer
  readonly evalex: boolean
  readonly banner: () => string | undefined
  readonly links: EditorLinks
  /** The console beside the errors, where it is switched on. */
  readonly standalone: Standalone | undefined
  readonly presence: Pick<Presence, 'errors' | 'tell'>
}

export function consoleRoutes(context: ConsoleRoutesContext): readonly Route[] {
  const { tracebacks, presence } = context
  return [
    { method: 'GET', path: '/console', need: 'local', handle: (call) => standalonePage(context, call) },
    { method: 'GET', path: '/', need: 'local', handle: (call) => start(context, call) },
    { method: 'GET', path: '/errors/:id', need: 'local', handle: (call) => page(context, call) },
    { method: 'GET', path: '/saved/:id', need: 'local', handle: (call) => saved(context, call) },
    { method: 'GET', path: '/assets/:id', need: 'local', handle: asset },
    {
      method: 'POST',
      path: '/state',
      need: 'own-page',
      handle: ({ req }) => jsonAnswer(200, { unlocked: context.guard.isUnlocked(req) } satisfies StateAnswer),
    },
    { method: 'POST', path: '/unlock', need: 'own-page', handle: (call) => unlock(context, call) },
    { method: 'POST', path: '/copy', need: 'own-page', handle: (call) => copy(tracebacks, call) },
    { method: 'POST', path: '/lock', need: 'own-page', handle: (call) => lock(context, call) },
    {
      method: 'POST',
      path: '/errors',
      need: 'unlocked',
      handle: async () => jsonAnswer(200, await presence.errors(tracebacks.list())),
    },
    { method: 'POST', path: '/report', need: 'unlocked', handle: (call) => report(tracebacks, call) },
    { method: 'POST', path: '/frames', need: 'unlocked', handle: (call) => frames(tracebacks, call) },
    { method: 'POST', path: '/locals', need: 'unlocked', handle: (call) => locals(context, call) },
    { method: 'POST', path: '/replay', need: 'unlocked', handle: (call) => again(context, call) },
    { method: 'POST', path: '/evaluate', need: 'unlocked', handle: (call) => evaluate(context, call) },
    { method: 'POST', path: '/open', need: 'unlocked', handle: (call) => open(context, call) },
    { method: 'POST', path: '/preview', need: 'unlocked', handle: (call) => preview(context, call) },
    { method: 'POST', path: '/complete', need: 'unlocked', handle: (call) => completeAt(context, call) },
    { method: 'POST', path: '/release', need: 'unlocked', handle: (call) => release(tracebacks, call) },
  ]
}

/** A page for people; for a program, but no script of a page, what it needs to go on. */
function start(context: ConsoleRoutesContext, call: RouteCall): Answer | Promise<Answer> {
  const { req } = call
  if (answerKind(req.headers) !== 'json') return list(context, call)
  const { secrets, guard, evalex } = context
  return jsonAnswer(200, {
    ...(opensAsDocument(req) ? { token: secrets.token } : {}),
    pid: process.pid,
    console: evalex,
    unlocked: guard.isUnlocked(req),
  } satisfies StartAnswer)
}

// What draws pages is loaded when a page is asked for.

async function list(
  { secrets, tracebacks, evalex, presence }: ConsoleRoutesContext,
  { req }: RouteCall,
  notice?: string,
): Promise<Answer> {
  const { listPage } = await import('./displays.ts')
  const base = baseOf(req)
  const data: PageData = { token: secrets.token, error: '', console: evalex, base }
  const { errors, silent } = await presence.errors(tracebacks.list())
  const notices = [notice, silent > 0 ? silentWorkers(silent) : undefined].filter((one) => one !== undefined)
  return listPage(errors, opensAsDocument(req) ? data : undefined, notices.join(' '), base)
}

async function page(context: ConsoleRoutesContext, call: RouteCall): Promise<Answer> {
  const traceback = context.tracebacks.get(call.id)
  if (traceback === undefined) return list(context, call, EXPIRED.explanation)
  const { errorPage } = await import('./displays.ts')
  const base = baseOf(call.req)
  return errorPage(200, traceback, {
    token: opensAsDocument(call.req) ? context.secrets.token : undefined,
    console: context.evalex,
    banner: context.banner(),
    links: context.links,
    base,
    history: () => historyLinks(context.tracebacks, context.presence, traceback, base),
  })
}

async function saved(context: ConsoleRoutesContext, call: RouteCall): Promise<Answer> {
  const traceback = context.tracebacks.get(call.id)
  if (traceback === undefined) return list(context, call, EXPIRED.explanation)
  const { savedPage } = await import('./displays.ts')
  return savedPage(traceback.report)
}

async function asset({ id }: RouteCall): Promise<Answer> {
  const { assetAnswer } = await import('./displays.ts')
  return assetAnswer(id)
}

async function again({ tracebacks }: ConsoleRoutesContext, call: RouteCall): Promise<Answer> {
  const { replayRoute } = await import('./replay/replay-route.ts')
  return replayRoute(tracebacks, call)
}

async function standalonePage(
  { secrets, standalone }: ConsoleRoutesContext,
  { req }: RouteCall,
): Promise<Answer> {
  if (standalone === undefined)
    return refusalAnswer(req, 404, {
      error: 'No such console',
      explanation: 'The console beside the errors is off. Set the option console: true.',
      option: 'console: true',
    })
  const { consolePage } = await import('./displays.ts')
  const base = baseOf(req)
  const data: PageData = { token: secrets.token, error: standalone.id, console: true, alone: true, base }
  return consolePage(standalone.names, opensAsDocument(req) ? data : undefined, base)
}

const WRONG: Refusal = {
  error: 'Wrong PIN or key',
  explanation:
    'That is not the PIN or the link of this server. Both are new at each start; the terminal shows the current ones.',
}

async function unlock(context: ConsoleRoutesContext, { req, body }: RouteCall): Promise<Answer> {
  const { secrets, attempts } = context
  const { key, pin } = body
  if (typeof key === 'string') {
    // 128 bits cannot be guessed, so the owner's link works at once, however many PINs somebody has tried.
    if (!secretEquals(key, secrets.key)) {
      attempts.noteFailure()
      return jsonAnswer(403, WRONG)
    }
    return unlocked(context, req)
  }
  if (typeof pin !== 'string')
    return jsonAnswer(400, {
      error: 'Nothing to unlock with',
      explanation: 'Send {"pin": "…"} or {"key": "…"}.',
    } satisfies Refusal)
  const result = await attempts.attempt(pin)
  if (result === 'right') return unlocked(context, req)
  if (result === 'wrong') return jsonAnswer(403, WRONG)
  const seconds = Math.ceil(result.retryAfterMs / 1000)
  const explanation = `Too many PINs at once. Try again in ${seconds} s, or open the link printed in the terminal.`
  return {
    ...jsonAnswer(429, { error: 'Too many attempts', explanation } satisfies Refusal),
    headers: { 'Retry-After': String(seconds) },
  }
}

function unlocked({ sessions, announcer }: ConsoleRoutesContext, req: IncomingMessage): Answer {
  announcer.unlocked()
  const { cookie, proof } = sessions.begin(schemeOf(req) === 'https', baseOf(req))
  const answer: UnlockAnswer = { unlocked: true, proof }
  return { ...jsonAnswer(200, answer), headers: { 'Set-Cookie': cookie } }
}

function lock({ sessions, presence }: ConsoleRoutesContext, { req }: RouteCall): Answer {
  presence.tell({ name: 'lock', body: { cookie: req.headers.cookie ?? '' } })
  const cookie = sessions.end(req.headers.cookie, schemeOf(req) === 'https', baseOf(req))
  return { ...jsonAnswer(200, { unlocked: false } satisfies StateAnswer), headers: { 'Set-Cookie': cookie } }
}

async function locals(context: ConsoleRoutesContext, { body }: RouteCall): Promise<Answer> {
  const found = consoleAt(context, body)
  if ('status' in found) return found
  return jsonAnswer(200, await found.console.locals())
}

async function evaluate(context: ConsoleRoutesContext, { body }: RouteCall): Promise<Answer> {
  const { code } = body
  if (typeof code !== 'string') return incomplete('{"error": id, "frame": "0.0", "code": "…"}')
  const found = consoleAt(context, body)
  if ('status' in found) return found
  context.announcer.evaluated(String(body.error), code)
  return jsonAnswer(200, await found.console.evaluate(code))
}

function open(context: ConsoleRoutesContext, { body }: RouteCall): Answer {
  const { result, path, run, from = 0 } = body
  const isPath = Array.isArray(path) && path.length <= 100 && path.every(isIndex)
  if (!Number.isSafeInteger(result) || !isPath || !isIndex(from))
    return incomplete('{"error": id, "frame": "0.0", "result": 0, "path": [0], "run": false, "from": 0}')
  const found = consoleAt(context, body)
  if ('status' in found) return found
  const value = found.console.open(result as number, path, run === true, from)
  return value === undefined
    ? jsonAnswer(410, {
        error: 'Gone',
        explanation: 'That value is no longer kept, or has changed. Evaluate it again.',
      } satisfies Refusal)
    : jsonAnswer(200, { value })
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

async function preview(context: ConsoleRoutesContext, { body }: RouteCall): Promise<Answer> {
  const { code } = body
  if (typeof code !== 'string') return incomplete('{"error": id, "frame": "0.0", "code": "…"}')
  const found = consoleAt(context, body)
  if ('status' in found) return found
  const value = await found.console.preview(code)
  return jsonAnswer(200, (value === undefined ? {} : { value }) satisfies PreviewAnswer)
}

async function completeAt(context: ConsoleRoutesContext, { body }: RouteCall): Promise<Answer> {
  const { code, cursor } = body
  if (typeof code !== 'string' || !Number.isSafeInteger(cursor))
    return incomplete('{"error": id, "frame": "0.0", "code": "…", "cursor": 3}')
  const found = consoleAt(context, body)
  if ('status' in found) return found
  const { names, scope } = await found.console.names()
  return jsonAnswer(200, complete(code, cursor as number, scope, names))
}

/** The console a request is about, or the answer that says why there is none. */
function consoleAt(
  { tracebacks, evalex, standalone }: ConsoleRoutesContext,
  body: RouteCall['body'],
): Answer | { readonly console: FrameConsole } {
  if (!evalex)
    return jsonAnswer(403, {
      error: 'No console',
      explanation: 'Consoles are switched off by the option evalex: false.',
    } satisfies Refusal)
  const { frame } = body
  if (typeof frame !== 'string') return incomplete('{"error": id, "frame": "0.0", …}')
  if (standalone !== undefined && body.error === standalone.id) return { console: standalone.console() }
  const traceback = tracebackOf(tracebacks, body)
  if (traceback === undefined) return jsonAnswer(410, EXPIRED)
  const frameConsole = traceback.consoleOf(frame)
  if (frameConsole !== undefined) return { console: frameConsole }
  const explanation = `Frame ${JSON.stringify(frame.slice(0, 20))} of this error has no console. These have: ${[...traceback.live].join(', ') || 'none'}.`
  return jsonAnswer(404, { error: 'No console in this frame', explanation } satisfies Refusal)
}
