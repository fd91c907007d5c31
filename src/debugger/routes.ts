/**
 * Everything the debugger answers below its prefix, in one table with what each route needs.
 * Nothing below the prefix ever reaches the application, whatever its method, spelling or trust.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { readJson } from '../http/read-json.ts'
import { type Answer, jsonAnswer, replaceResponse } from '../http/respond.ts'
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
  const path = pathOf(req)
  return path === PREFIX || path.startsWith(`${PREFIX}/`)
}

/** Answers a request below the prefix. Never rejects. */
export async function answerRoute(
  routes: readonly Route[],
  guard: Guard,
  req: IncomingMessage,
  res: ServerResponse,
  onRefused: (refusal: Refusal) => void,
): Promise<void> {
  let answer: Answer
  try {
    answer = await route(routes, guard, req, onRefused)
  } catch (error) {
    const explanation = error instanceof Error ? error.message : 'The debugger itself failed.'
    answer = jsonAnswer(500, { error: 'Debugger failed', explanation } satisfies Refusal)
  }
  if (!replaceResponse(req, res, answer)) res.destroy()
}

async function route(
  routes: readonly Route[],
  guard: Guard,
  req: IncomingMessage,
  onRefused: (refusal: Refusal) => void,
): Promise<Answer> {
  const path = pathOf(req).slice(PREFIX.length) || '/'
  const matches = routes.map((one) => ({ route: one, id: matchPath(one.path, path) }))
  const known = matches.filter((match) => match.id !== undefined)
  const found = known.find((match) => match.route.method === (req.method === 'HEAD' ? 'GET' : req.method))
  // A stranger learns nothing, not even which paths exist.
  const verdict = guard.check(req, found?.route.need ?? 'local')
  if (!verdict.allowed) {
    const refusal = { error: verdict.error, explanation: verdict.explanation }
    onRefused(refusal)
    return jsonAnswer(verdict.status, refusal)
  }
  if (found === undefined)
    return unknownRoute(
      known.map((match) => match.route.method),
      path,
    )
  if (found.route.method === 'GET') return found.route.handle({ req, id: found.id ?? '', body: {} })
  const body = await readJson(req, BODY_LIMIT)
  if (!body.ok) return jsonAnswer(body.status, { error: 'Unreadable request', explanation: body.explanation })
  return found.route.handle({ req, id: found.id ?? '', body: body.value })
}

function unknownRoute(methods: readonly string[], path: string): Answer {
  if (methods.length > 0) {
    const allow = methods.join(', ')
    const explanation = `This action takes ${allow} only.`
    return { ...jsonAnswer(405, { error: 'Wrong method', explanation }), headers: { Allow: allow } }
  }
  const shown = JSON.stringify(path.slice(0, 100))
  return jsonAnswer(404, { error: 'No such action', explanation: `The debugger has nothing at ${shown}.` })
}

function matchPath(pattern: string, path: string): string | undefined {
  if (!pattern.endsWith('/:id')) return pattern === path ? '' : undefined
  const base = pattern.slice(0, -':id'.length)
  const id = path.startsWith(base) ? path.slice(base.length) : ''
  return /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : undefined
}

/**
 * The path as the most lenient router would read it: absolute-form targets, repeated slashes, encoded characters and
 * letter case are folded, so that no other spelling of the prefix falls through to the application.
 */
function pathOf(req: IncomingMessage): string {
  const target = (req as { originalUrl?: string }).originalUrl ?? req.url ?? '/'
  const path = (target.split(/[?#]/)[0] ?? '/').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')
  const decoded = decodeRepeatedly(path)
    .replace(/\\/g, '/')
    .replace(/\/{2,}/g, '/')
  const prefix = decoded.slice(0, PREFIX.length)
  return prefix.toLowerCase() === PREFIX ? PREFIX + decoded.slice(PREFIX.length) : decoded
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
