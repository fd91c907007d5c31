/**
 * What the overlay answers below its prefix, in one table with what each route needs; the guard is the debugger's.
 * Loaded with the first such request.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { escapeControls } from '../../core/escape.ts'
import { asOwnOutput } from '../../core/own-output.ts'
import { refusalAnswer } from '../../debugger/pages/refusal-page.ts'
import { type LocalNeed, makeLocalGuard } from '../../debugger/trust/local-guard.ts'
import { readJson } from '../../http/read-json.ts'
import { replaceResponse } from '../../http/respond.ts'
import type { EventStreams } from './events.ts'
import { OVERLAY_PREFIX } from './protocol.ts'

/** What the routes work on. */
export interface OverlayContext {
  /** Names this process. */
  readonly boot: string
  readonly events: EventStreams
  /** Browser errors printed since a time. */
  readonly printing: { since: number; count: number }
}

interface OverlayRoute {
  readonly method: 'GET' | 'POST'
  /** Below the overlay's prefix. */
  readonly path: string
  readonly need: LocalNeed
  readonly handle: (context: OverlayContext, req: IncomingMessage, res: ServerResponse) => unknown
}

/** That a page should load again is no secret: a telephone in the same network may know. What has failed is one. */
export const OVERLAY_ROUTES: readonly OverlayRoute[] = [
  { method: 'GET', path: '/client.js', need: 'reload', handle: script },
  { method: 'GET', path: '/events', need: 'reload', handle: stream },
  { method: 'POST', path: '/problem', need: 'own-script', handle: problem },
]

/** Nobody is allowed beside this machine: the overlay is started before any option of the application is known. */
const guard = makeLocalGuard({ allowedHosts: [], allowedPeers: [], allowUnixSocket: false })

/** Answers a request for the overlay. */
export async function serveOverlay(
  context: OverlayContext,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const path = (req.url ?? '').split('?', 1)[0] ?? ''
  const refused = `${req.method} ${path.slice(0, 100)}`
  const known = OVERLAY_ROUTES.filter((route) => OVERLAY_PREFIX + route.path === path)
  const found = known.find(({ method }) => method === req.method)
  const verdict = guard.check(req, found?.need ?? 'local')
  if (!verdict.allowed) {
    const { status, error, explanation } = verdict
    replaceResponse(req, res, refusalAnswer(req, status, { error, explanation, refused }))
  } else if (found === undefined) {
    const [status, error] = known.length > 0 ? [405, 'Wrong method'] : [404, 'Nothing is here']
    const explanation = 'The overlay takes no such request.'
    const headers: Record<string, string> =
      status === 405 ? { Allow: known.map(({ method }) => method).join(', ') } : {}
    replaceResponse(
      req,
      res,
      refusalAnswer(req, Number(status), { error: String(error), explanation, refused }, headers),
    )
  } else await found.handle(context, req, res)
}

async function script(_context: OverlayContext, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { OVERLAY_SCRIPT } = await import('./client.generated.ts')
  replaceResponse(req, res, {
    status: 200,
    type: 'text/javascript; charset=utf-8',
    body: OVERLAY_SCRIPT,
    headers: { 'Cache-Control': 'no-cache', 'Cross-Origin-Resource-Policy': 'same-origin' },
  })
}

function stream({ events, boot }: OverlayContext, req: IncomingMessage, res: ServerResponse): void {
  events.open(req, res, boot, guard.check(req, 'local').allowed)
}

const BODY_LIMIT = 16 * 1024

async function problem(
  { printing }: OverlayContext,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const body = await readJson(req, BODY_LIMIT)
  if (body.ok) print(body.value, printing)
  res.writeHead(body.ok ? 204 : body.status, { 'Cache-Control': 'no-store' }).end()
}

/** Browser errors printed in ten seconds; the rest is dropped. */
const MAX_PRINTED = 10
const PRINT_WINDOW_MS = 10_000

function print(given: Readonly<Record<string, unknown>>, printing: OverlayContext['printing']): void {
  const now = Date.now()
  if (now - printing.since > PRINT_WINDOW_MS) Object.assign(printing, { since: now, count: 0 })
  if (printing.count++ >= MAX_PRINTED) return
  const text = (name: string): string => String(given[name] ?? '').slice(0, 4000)
  // Set in, so that no line of a page looks like one of this package: a link to unlock by, a refusal.
  const stack = text('stack')
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${escapeControls(line.trim())}`)
  const lines = [`browser ${escapeControls(text('title'))} (on ${escapeControls(text('page'))})`, ...stack]
  asOwnOutput(() => process.stderr.write(`${lines.filter((line) => line.trim() !== '').join('\n')}\n`))
}
