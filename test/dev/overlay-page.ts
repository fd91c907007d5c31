/** A page of an application with the overlay in it, as its tests look at it. */

import type { Page } from 'playwright-core'

export const pill = (page: Page) => page.locator('rocksolid-overlay .pill')
export const panel = (page: Page) => page.locator('rocksolid-overlay .panel')

/** Resolves when the page's event stream has begun. */
export const connected = (page: Page) =>
  page.waitForFunction(() =>
    performance
      .getEntriesByType('resource')
      .some(({ name }) => name.endsWith('/client.js') || name.includes('/client.js?')),
  )

export interface StreamedPage {
  readonly first: string
  readonly rest: string
  /** How long after the first piece the last one came. */
  readonly restMs: number
}

/** Asks for a page as a browser does that opens it, and tells its first piece from what comes behind. */
export async function streamedPage(url: string): Promise<StreamedPage> {
  const startedAt = performance.now()
  const reply = await fetch(url, { headers: { 'upgrade-insecure-requests': '1', accept: 'text/html' } })
  const reader = (reply.body as ReadableStream<Uint8Array>).getReader()
  const first = new TextDecoder().decode((await reader.read()).value)
  const tookMs = performance.now() - startedAt
  let rest = ''
  for (let piece = await reader.read(); !piece.done; piece = await reader.read())
    rest += new TextDecoder().decode(piece.value)
  return { first, rest, restMs: performance.now() - startedAt - tookMs }
}
