/** The page of a request that no route took, for who works on the server: which routes are near, and which there are. */

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { answerKind } from '../../http/accepts.ts'
import type { Answer } from '../../http/respond.ts'
import { html } from '../../report/html/markup.ts'
import { PAGE_STYLE } from '../../report/html/style.generated.ts'
import { nearRoutes } from '../../report/near-routes.ts'
import { pageHeaders } from './page-headers.ts'

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
  const nonce = randomUUID().replaceAll('-', '')
  const list = (some: readonly string[]) =>
    html`<ul class="rs-routes">${some.map((route) => html`<li><code>${route}</code></li>`)}</ul>`
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cannot ${method} ${path}</title>
<style nonce="${nonce}">`.text
  const rest = html`</style>
</head>
<body>
<main class="rs-main rs-not-found">
<h1><span class="rs-name">404</span><span class="rs-message">Cannot ${method} ${path}</span></h1>
${near.length > 0 && html`<section class="rs-hint" aria-label="Near routes"><p class="rs-hint-title">No route takes it. ${near.length === 1 ? 'This one is near:' : 'These are near:'}</p>${list(near)}</section>`}
<details class="rs-text"><summary>All ${routes.length} routes</summary>${list(routes)}</details>
</main>
</body>
</html>
`
  return {
    status: 404,
    type: 'text/html; charset=utf-8',
    body: body + PAGE_STYLE + rest.text,
    headers: pageHeaders(nonce),
  }
}
