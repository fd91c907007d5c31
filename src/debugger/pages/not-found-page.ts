/** The page of a request that no route took, for who works on the server: which routes are near, and which there are. */

import type { IncomingMessage } from 'node:http'
import { answerKind } from '../../http/accepts.ts'
import type { Answer } from '../../http/respond.ts'
import { html } from '../../report/html/markup.ts'
import { nearRoutes } from '../../report/near-routes.ts'
import { pageAnswer } from './document.ts'

/**
 * The answer, for documents and, where a route is near, as text; undefined for clients that get what the application
 * gives.
 */
export function notFoundAnswer(
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  path: string,
  routes: readonly string[],
): Answer | undefined {
  const near = nearRoutes(method, path, routes)
  const kind = answerKind(headers)
  if (kind === 'text' && near.length > 0) {
    const lines = near.map((route) => `  near: ${route}\n`)
    return {
      status: 404,
      type: 'text/plain; charset=utf-8',
      body: `Cannot ${method} ${path}\n${lines.join('')}`,
    }
  }
  if (kind !== 'html') return undefined
  const list = (some: readonly string[]) =>
    html`<ul class="rs-routes">${some.map((route) => html`<li><code>${route}</code></li>`)}</ul>`
  const main = html`<main class="rs-main rs-not-found">
<h1><span class="rs-name">404</span><span class="rs-message">Cannot ${method} ${path}</span></h1>
${near.length > 0 && html`<section class="rs-hint" aria-label="Near routes"><p class="rs-hint-title">No route takes it. ${near.length === 1 ? 'This one is near:' : 'These are near:'}</p>${list(near)}</section>`}
<details class="rs-text"><summary>All ${routes.length} routes</summary>${list(routes)}</details>
</main>`
  return pageAnswer({ status: 404, title: `Cannot ${method} ${path}`, main })
}
