/**
 * The server's part of the overlay: answers the page's own requests, puts the script into pages, and tells pages of
 * what they would not see: errors of background requests, of timers, changed files.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { failuresOf } from '../../http/failures.ts'
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
  /** Errors that a page shows as its own answer. */
  const answered = new WeakSet<object>()
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    setTimeout(() => {
      const isAnswered = typeof error === 'object' && error !== null && answered.has(error)
      if (!isAnswered) void tell(events, error, 'a timer or event', undefined)
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
    if (wantsDocument(req)) {
      // What is compressed cannot be added to.
      delete req.headers['accept-encoding']
      res.once('finish', () => {
        for (const error of failuresOf(req))
          if (typeof error === 'object' && error !== null) answered.add(error)
      })
      injectInto(res, (nonce) => scriptTag(start.boot, req.method ?? 'GET', nonce))
    } else res.once('finish', () => void tellOfFailure(events, req, res))
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

/** A request that is no document has failed: its page gets an answer it may not show. */
async function tellOfFailure(events: EventStreams, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (res.statusCode < 500) return
  const [error] = failuresOf(req)
  const url = (req as { readonly originalUrl?: string }).originalUrl ?? req.url ?? ''
  const origin = `${req.method} ${url.slice(0, 200)}`
  const link = res.getHeader('x-debug-url')
  if (error !== undefined) return tell(events, error, origin, typeof link === 'string' ? link : undefined)
  const title = `${res.statusCode} ${res.statusMessage}`.trim()
  events.problem({ id: `${origin} ${res.statusCode}`, title, origin, text: 'The server answered so itself.' })
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
