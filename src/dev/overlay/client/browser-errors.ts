/** Errors of the page's own scripts: shown like the server's, and sent to its log. */

import { type BrowserProblem, OVERLAY_PREFIX, type Problem } from '../protocol.ts'

/** Most errors of one page that are sent. */
const MAX_SENT = 20

export function watchErrors(show: (problem: Problem) => void): void {
  let sent = 0
  const onError = (error: unknown, fallback: string): void => {
    const { title, stack } = describe(error, fallback)
    show({
      id: `${title}${stack.slice(0, 300)}`,
      title,
      origin: 'this page, in the browser',
      text: stack || title,
    })
    if (sent++ >= MAX_SENT) return
    const body: BrowserProblem = { title, stack, page: location.pathname }
    void fetch(`${OVERLAY_PREFIX}/problem`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      keepalive: true,
    }).catch(() => {})
  }
  addEventListener('error', (event) => {
    // A picture that does not load is an event without an error.
    if (event instanceof ErrorEvent)
      onError(event.error, `${event.message} (${event.filename}:${event.lineno})`)
  })
  addEventListener('unhandledrejection', ({ reason }) =>
    onError(reason, `Unhandled rejection: ${String(reason)}`),
  )
}

function describe(error: unknown, fallback: string): { readonly title: string; readonly stack: string } {
  if (!(error instanceof Error)) return { title: fallback.slice(0, 500), stack: '' }
  const title = `${error.name}: ${error.message}`.slice(0, 500)
  const stack = (error.stack ?? '').slice(0, 4000)
  return { title, stack: stack.startsWith(title) ? stack.slice(title.length + 1) : stack }
}
