/** The script in pages: loads the page again when the server has new code, exchanges styles, shows errors. */

import type { Hello } from '../protocol.ts'
import { watchErrors } from './browser-errors.ts'
import { connect } from './connection.ts'
import { makePanel } from './panel.ts'

const script = document.currentScript
// In a frame the page around it has the overlay.
if (script !== null && script.dataset.rocksolid !== undefined && window.top === window.self)
  start(
    { boot: script.dataset.rocksolid, changes: Number(script.dataset.changes) },
    script.dataset.method === 'GET',
  )

/** @param made what the server was when it made the page */
function start(made: Hello, canReload: boolean): void {
  let { changes } = made
  const panel = makePanel(made.boot)
  const reload = (): void => {
    if (canReload) location.reload()
    // What was sent by a form would be sent again.
    else panel.note('The server has new code: reload', () => location.reload())
  }
  watchErrors(panel.add)
  connect((heard) => {
    if (heard.name === 'hello') {
      if (heard.data.boot === made.boot && heard.data.changes <= changes) return
      if (!canReload || isFirstFor(heard.data)) reload()
      else panel.note('This page comes from a cache: reload', () => location.reload())
    } else if (heard.name === 'problem') panel.add(heard.data)
    else if (heard.name === 'lost') panel.note(heard.data ? 'Waiting for the server…' : undefined)
    else if (heard.name === 'changed') {
      changes = heard.data.changes
      if (heard.data.page) reload()
      else exchangeStyles(heard.data.styles)
    }
  })
}

const TRIED = 'rocksolid-reloaded'

/** Whether this page was not loaded again for that yet. A cache in between would give the old one for ever. */
function isFirstFor({ boot, changes }: Hello): boolean {
  const now = `${boot} ${changes} ${location.pathname}${location.search}`
  try {
    if (sessionStorage.getItem(TRIED) === now) return false
    sessionStorage.setItem(TRIED, now)
  } catch {
    // A page without storage asks again.
  }
  return true
}

/** Loads each style sheet of those names again, and takes the old one away when the new one is there. */
function exchangeStyles(names: readonly string[]): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel~="stylesheet"][href]')) {
    const url = new URL(link.href)
    const isOwn = url.origin === location.origin
    if (!isOwn || !names.some((name) => decodeURIComponent(url.pathname).endsWith(`/${name}`))) continue
    url.searchParams.set('rocksolid', String(Date.now()))
    const fresh = link.cloneNode() as HTMLLinkElement
    fresh.href = url.href
    fresh.addEventListener('load', () => link.remove())
    fresh.addEventListener('error', () => fresh.remove())
    link.after(fresh)
  }
}
