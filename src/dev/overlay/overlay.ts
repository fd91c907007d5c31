/**
 * The overlay of one process, whatever kind of requests its servers have: the pages that are open, what they are told
 * of, and the tag that goes into them. Requests come in by intercept.ts, or by around-fetch.ts.
 */

import { STATUS_CODES } from 'node:http'
import { errorPagePath } from '../../debugger/pages/error-page-path.ts'
import type { Channel } from '../child/channel.ts'
import type { ChildStart } from '../messages.ts'
import { EventStreams } from './events.ts'
import { OVERLAY_PREFIX } from './protocol.ts'
import type { OverlayContext } from './routes.ts'

/** How long the answer to a request that has failed may take. */
const ANSWER_MS = 300

export class Overlay {
  readonly context: OverlayContext
  readonly #events = new EventStreams()
  /** Errors of requests: their answers show them, or say where they happened. */
  readonly #ofRequests = new WeakSet<object>()

  constructor({ boot }: Pick<ChildStart, 'boot'>, channel: Channel) {
    const events = this.#events
    this.context = { boot, events, printing: { since: 0, count: 0 } }
    channel.on('changed', ({ styles, page }) => events.changed({ styles, page }))
    process.on('uncaughtExceptionMonitor', (error: unknown) => {
      setTimeout(() => {
        const isOfRequest = typeof error === 'object' && error !== null && this.#ofRequests.has(error)
        if (!isOfRequest) void this.#tell(error, 'a timer or event', undefined)
      }, ANSWER_MS).unref()
    })
  }

  /** The script for a page that was asked for by `method`. */
  tag(method: string, nonce: string | undefined): string {
    const { boot } = this.context
    const attributes = [
      `src="${OVERLAY_PREFIX}/client.js?${boot}"`,
      `data-rocksolid="${boot}"`,
      `data-changes="${this.#events.changes}"`,
      `data-method="${method === 'GET' ? 'GET' : 'other'}"`,
      ...(nonce === undefined ? [] : [`nonce="${nonce}"`]),
    ]
    return `<script async ${attributes.join(' ')}></script>`
  }

  /** Says that the error is a request's, whose own part tells of it. */
  isOfRequest(error: unknown): void {
    if (typeof error === 'object' && error !== null) this.#ofRequests.add(error)
  }

  /** Tells of an error that no answer can show any more. */
  brokeOff(error: unknown, origin: string): void {
    void this.#tell(error, `${origin}, after its answer had begun`, undefined)
  }

  /**
   * Tells of a request that has failed whose page got no answer, or one that it may not show.
   * @param origin `GET /api`
   * @param answer its status and, in `X-Debug-Url`, its error page; undefined where there was none
   * @param error undefined where the application has answered so itself
   */
  failed(
    origin: string,
    answer: { readonly status: number; readonly debugUrl: unknown } | undefined,
    error: { readonly value: unknown } | undefined,
  ): void {
    // What failed after its answer had begun is told already; where nothing failed, somebody went away.
    if (answer === undefined ? error === undefined : answer.status < 500) return
    if (error !== undefined) {
      void this.#tell(error.value, origin, errorPagePath(answer?.debugUrl))
      return
    }
    const title = `${answer?.status} ${STATUS_CODES[answer?.status ?? 0] ?? ''}`.trim()
    const text = 'The server answered so itself.'
    this.#events.problem({ id: `${origin} ${answer?.status}`, title, origin, text })
  }

  async #tell(error: unknown, origin: string, url: string | undefined): Promise<void> {
    try {
      const { buildReport, renderText } = await import('../../report/reporting.ts')
      const report = await buildReport(error)
      const [first] = report.errors
      this.#events.problem({
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
}

/** Whether the request is the overlay's own; `url` may have a query. */
export function isForOverlay(url: string): boolean {
  return url.startsWith(`${OVERLAY_PREFIX}/`)
}

/** What a fault of a request is called on a page: `GET /api`. */
export const nameOfRequest = (method: string | undefined, url: string): string =>
  `${method} ${url.slice(0, 200)}`
