/**
 * Everything the debugger answers below its prefix, in one table with what each route needs.
 * Nothing below the prefix ever reaches the application, whatever its method, spelling or trust.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { posix } from 'node:path'
import { readJson } from '../http/read-json.ts'
import { type Answer, replaceResponse } from '../http/respond.ts'
import { mountedTarget } from './mount.ts'
import { refusalAnswer } from './pages/refusal-page.ts'
import { PREFIX, type Refusal } from './protocol.ts'
import type { Guard, Need } from './trust/guard.ts'

/** One thing that can be asked of the debugger. */
export interface Route {
  readonly method: 'GET' | 'POST'
  /** Below the prefix; `:id` stands for one path segment. */
  readonly path: string
  readonly need: Need
  readonly handle: (call: RouteCall) => Answer | Promise<Answer>
}

/** What a route gets to answer with. */
export interface RouteCall {
  readonly req: IncomingMessage
  /** The segment at `:id`, else ''. */
  readonly id: string
  /** The JSON object of a POST, else empty. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Bytes of a request body; console input is the largest. */
export const BODY_LIMIT = 256 * 1024

/** Whether a request is for the debugger: its path is the prefix or below it, in any spelling that could mean it. */
export function isDebuggerRequest(req: IncomingMessage): boolean {
  if (ORDINARY.test(mountedTarget(req))) return false
  const path = folded(plainPathOf(req))
  return isBelowPrefix(path) || (path.includes('/.') && isBelowPrefix(normalize(path)))
}

/** Paths that cannot mean the prefix however they are read: nearly all. */
const ORDINARY = /^\/(?:[A-Za-z0-9][^%\\?#/]*(?:\/(?!\.)[^%\\?#/]*)*)?(?:[?#]|$)/

const isBelowPrefix = (path: string): boolean => path === PREFIX || path.startsWith(`${PREFIX}/`)

/** Answers a request below the prefix. Never rejects. */
export async function answerRoute(
  routes: readonly Route[],
  guard: Guard,
  req: IncomingMessage,
  res: ServerResponse,
  onRefused: (refusal: Refusal) => void,
): Promise<void> {
  try {
    if (replaceResponse(req, res, await route(routes, guard, req, onRefused))) return
  } catch (error) {
    const explanation = error instanceof Error ? error.message : 'The debugger itself failed.'
    if (answerFailure(req, res, explanation)) return
  }
  res.destroy()
}

/** @returns false when nothing can be answered any more */
function answerFailure(req: IncomingMessage, res: ServerResponse, explanation: string): boolean {
  try {
    return replaceResponse(req, res, refusalAnswer(req, 500, { error: 'Debugger failed', explanation }))
  } catch {
    return false
  }
}

async function route(
  routes: readonly Route[],
  guard: Guard,
  req: IncomingMessage,
  onRefused: (refusal: Refusal) => void,
): Promise<Answer> {
  const path = plainPathOf(req)
  const refused = `${req.method} ${path.slice(0, 100)}`
  const matches = routes.map((one) => ({ route: one, id: matchPath(one.path, path) }))
  const known = matches.filter((match) => match.id !== undefined)
  const found = known.find((match) => match.route.method === (req.method === 'HEAD' ? 'GET' : req.method))
  // A stranger learns nothing, not even which paths exist.
  const verdict = guard.check(req, found?.route.need ?? 'local')
  if (!verdict.allowed) {
    const { error, explanation, option } = verdict
    const refusal: Refusal = { error, explanation, refused, option }
    onRefused(refusal)
    return refusalAnswer(req, verdict.status, refusal)
  }
  if (found === undefined) {
    const methods = known.map((match) => match.route.method)
    return unknownRoute(req, methods, refused)
  }
  if (found.route.method === 'GET') return found.route.handle({ req, id: found.id ?? '', body: {} })
  const body = await readJson(req, BODY_LIMIT)
  if (body.ok) return found.route.handle({ req, id: found.id ?? '', body: body.value })
  const { status, explanation } = body
  return refusalAnswer(req, status, { error: 'Unreadable request', explanation, refused })
}

function unknownRoute(req: IncomingMessage, methods: readonly string[], refused: string): Answer {
  if (methods.length > 0) {
    const allow = methods.join(', ')
    const refusal = { error: 'Wrong method', explanation: `This action takes ${allow} only.`, refused }
    return refusalAnswer(req, 405, refusal, { Allow: allow })
  }
  const explanation = 'The debugger has nothing at this address.'
  return refusalAnswer(req, 404, { error: 'No such action', explanation, refused })
}

/** `path` as it was sent: other spellings of an action are kept from the application, but do nothing. */
function matchPath(pattern: string, path: string): string | undefined {
  const whole = PREFIX + (pattern === '/' ? '' : pattern)
  if (!whole.endsWith('/:id'))
    return whole === path || (pattern === '/' && path === `${PREFIX}/`) ? '' : undefined
  const base = whole.slice(0, -':id'.length)
  const id = path.startsWith(base) ? path.slice(base.length) : ''
  return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : undefined
}

/** The path of the target, also of one in absolute form; the guard compares its host with the header's. */
function plainPathOf(req: IncomingMessage): string {
  const target = mountedTarget(req)
  const path = target.startsWith('/') ? target : target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  return path.split(/[?#]/, 1)[0] || '/'
}

/**
 * The path as the most lenient router would read it: repeated slashes, encoded characters and letter case are folded,
 * so that no other spelling of the prefix falls through to the application.
 */
function folded(plain: string): string {
  const path = decodeRepeatedly(plain)
    .replace(/\\/g, '/')
    .replace(/\/{2,}/g, '/')
  const prefix = path.slice(0, PREFIX.length)
  return prefix.toLowerCase() === PREFIX ? PREFIX + path.slice(PREFIX.length) : path
}

/** Without `.` and `..`, its first folder in lower case. */
function normalize(path: string): string {
  return folded(posix.normalize(path))
}

function decodeRepeatedly(path: string): string {
  let decoded = path
  for (let round = 0; round < 3 && decoded.includes('%'); round++) {
    const next = decoded.replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    if (next === decoded) break
    decoded = next
  }
  return decoded
}
