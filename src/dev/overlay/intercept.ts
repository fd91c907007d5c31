/**
 * The server's part of the overlay: answers the page's own requests, puts the script into pages, and tells pages of
 * what they would not see: errors of background requests, of answers that had begun, of timers; changed files.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorPagePath } from '../../debugger/pages/error-page-path.ts'
import { failuresOf, onFailure } from '../../http/failures.ts'
import type { Channel } from '../child/channel.ts'
import type { Intercept } from '../child/connections.ts'
import type { ChildStart } from '../messages.ts'
import { EventStreams } from './events.ts'
import { injectInto, wantsDocument } from './inject.ts'
import { OVERLAY_PREFIX } from './protocol.ts'

/** How long the answer to a request that has failed may take. */
const ANSWER_MS = 300

/** What is asked before the application for each request; with the overlay off, every request is the application's. */
export function overlay(start: ChildStart, channel: Channel): Intercept {
  if (!start.overlay) return () => false
  const events = new EventStreams()
  channel.on('changed', ({ styles, page }) => events.changed({ styles, page }))
  /** Errors of requests: their answers show them, or say where they happened. */
  const ofRequests = new WeakSet<object>()
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    setTimeout(() => {
      const isOfRequest = typeof error === 'object' && error !== null && ofRequests.has(error)
      if (!isOfRequest) void tell(events, error, 'a timer or event', undefined)
    }, ANSWER_MS).unref()
  })
  const context = { boot: start.boot, events, printing: { since: 0, count: 0 } }

  return (req, res) => {
    const path = (req.url ?? '').split('?', 1)[0] ?? ''
    if (path.startsWith(`${OVERLAY_PREFIX}/`)) {
      import('./routes.ts')
        .then(({ serveOverlay }) => serveOverlay(context, req, res))
        .catch(() => res.destroy())
      return true
    }
    onFailure(req, (error) => {
      if (typeof error === 'object' && error !== null) ofRequests.add(error)
      if (res.headersSent) void tell(events, error, `${originOf(req)}, after its answer had begun`, undefined)
      return false
    })
    const isDocument = wantsDocument(req)
    res.once('close', () => {
      // A document shows its failure itself, if it was answered.
      if (!isDocument || !res.headersSent) void tellOfFailure(events, req, res)
    })
    if (!isDocument) return false
    // What is compressed cannot be added to.
    delete req.headers['accept-encoding']
    injectInto(res, (nonce) => scriptTag(start.boot, req.method ?? 'GET', nonce))
    return false
  }
}

function scriptTag(boot: string, method: string, nonce: string | undefined): string {
  const attributes = [
    `src="${OVERLAY_PREFIX}/client.js?${boot}"`,
    `data-rocksolid="${boot}"`,
    `data-method="${method === 'GET' ? 'GET' : 'other'}"`,
    ...(nonce === undefined ? [] : [`nonce="${nonce}"`]),
  ]
  return `<script async ${attributes.join(' ')}></script>`
}

/** A request has failed whose page got no answer, or one that it may not show. */
async function tellOfFailure(events: EventStreams, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const [error] = failuresOf(req)
  // What failed after its answer had begun is told already; where nothing failed, somebody went away.
  if (res.headersSent ? res.statusCode < 500 : error === undefined) return
  const origin = originOf(req)
  const link = errorPagePath(res.getHeader('x-debug-url'))
  if (error !== undefined) return tell(events, error, origin, link)
  const title = `${res.statusCode} ${res.statusMessage}`.trim()
  events.problem({ id: `${origin} ${res.statusCode}`, title, origin, text: 'The server answered so itself.' })
}

function originOf(req: IncomingMessage): string {
  const url = (req as { readonly originalUrl?: string }).originalUrl ?? req.url ?? ''
  return `${req.method} ${url.slice(0, 200)}`
}

async function tell(
  events: EventStreams,
  error: unknown,
  origin: string,
  url: string | undefined,
): Promise<void> {
  try {
    const { buildReport, renderText } = await import('../../report/reporting.ts')
    const report = await buildReport(error)
    const [first] = report.errors
    events.problem({
      id: report.fingerprint,
      title: `${first?.name}: ${first?.message.split('\n', 1)[0]?.slice(0, 300)}`,
      origin,
      text: renderText(report).slice(0, 20_000),
      ...(url === undefined ? {} : { url }),
    })
  } catch {
    // The terminal has it; the overlay is a convenience.
  }
}
