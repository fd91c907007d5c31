/** What is seen: a pill in the corner, and a panel with one problem at a time. In a shadow tree, away from the page. */

import type { Problem } from '../protocol.ts'

/** Put in by the build: the style sheet. */
declare const OVERLAY_STYLE: string

export interface Panel {
  add(problem: Problem): void
  /** Says something in the pill; undefined takes it away. Problems come first. */
  note(text: string | undefined, onClick?: () => void): void
}

const MAX_PROBLEMS = 20
/** Problems put away, by id; until the server restarts or the tab is closed. */
const DISMISSED = 'rocksolid-dismissed'

export function makePanel(boot: string): Panel {
  const problems: Problem[] = []
  const dismissed = readDismissed(boot)
  let at = 0
  let isOpen = false
  let noted: { readonly text: string; readonly onClick: (() => void) | undefined } | undefined

  const host = document.createElement('rocksolid-overlay')
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(OVERLAY_STYLE)
  root.adoptedStyleSheets = [sheet]

  const pill = element('button', 'pill')
  const panel = element('section', 'panel')
  panel.setAttribute('role', 'dialog')
  panel.setAttribute('aria-label', 'Errors of the server and this page')
  const title = element('h2')
  const origin = element('p', 'origin')
  const text = element('pre')
  text.tabIndex = 0
  const count = element('span', 'space')
  const previous = button('Previous', () => step(-1))
  const next = button('Next', () => step(1))
  const link = element('a')
  link.target = '_blank'
  link.rel = 'noreferrer'
  link.textContent = 'Open in the debugger'
  const copy = button('Copy', () => {
    const shown = problems[at]
    if (shown !== undefined)
      void navigator.clipboard?.writeText(`${shown.title}\n${shown.origin}\n\n${shown.text}`)
  })
  const header = element('header')
  header.append(
    title,
    button('Close', () => open(false)),
  )
  const footer = element('footer')
  footer.append(link, copy, count, previous, next, button('Dismiss', dismiss))
  panel.append(header, origin, text, footer)
  root.append(pill, panel)

  pill.addEventListener('click', () => {
    if (problems.length > 0) open(true)
    else noted?.onClick?.()
  })
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') open(false)
    else if (event.key === 'ArrowLeft') step(-1)
    else if (event.key === 'ArrowRight') step(1)
    else return
    event.preventDefault()
    // The page has keys of its own.
    event.stopPropagation()
  })

  function open(wanted: boolean): void {
    isOpen = wanted
    draw()
    if (wanted) text.focus()
    else if (!pill.hidden) pill.focus()
  }
  function step(by: number): void {
    at = Math.max(0, Math.min(problems.length - 1, at + by))
    draw()
  }
  function dismiss(): void {
    for (const { id } of problems.splice(0)) dismissed.add(id)
    keepDismissed(boot, dismissed)
    open(false)
  }
  function draw(): void {
    const shown = problems[at]
    panel.hidden = !isOpen || shown === undefined
    pill.hidden = !panel.hidden || (shown === undefined && noted === undefined)
    pill.classList.toggle('waiting', shown === undefined)
    pill.textContent =
      shown === undefined
        ? (noted?.text ?? '')
        : problems.length === 1
          ? '1 error'
          : `${problems.length} errors`
    if (shown !== undefined) {
      drawTitle(title, shown.title)
      origin.textContent = `In ${shown.origin}`
      drawText(text, shown)
      link.hidden = shown.url === undefined
      if (shown.url !== undefined) link.href = shown.url
      count.textContent = problems.length > 1 ? `${at + 1} of ${problems.length}` : ''
    }
    previous.hidden = next.hidden = problems.length < 2
    previous.disabled = at === 0
    next.disabled = at >= problems.length - 1
    // A script of the page may have replaced everything.
    if ((!pill.hidden || !panel.hidden) && !host.isConnected) document.documentElement.append(host)
  }
  draw()

  return {
    add(problem) {
      if (dismissed.has(problem.id)) return
      const known = problems.findIndex(({ id }) => id === problem.id)
      if (known >= 0) problems.splice(known, 1)
      problems.push(problem)
      if (problems.length > MAX_PROBLEMS) problems.shift()
      if (!isOpen) at = problems.length - 1
      draw()
    },
    note(given, onClick) {
      noted = given === undefined ? undefined : { text: given, onClick }
      draw()
    },
  }
}

/** The name of the error in its colour. */
function drawTitle(title: HTMLElement, text: string): void {
  const [, name = '', message = text] = /^([\w$.]{1,100}): ([\s\S]+)$/.exec(text) ?? []
  const mark = element('span', 'name')
  mark.textContent = name === '' ? '' : `${name}: `
  title.replaceChildren(mark, message)
}

/** The traceback without the line that is the title, the failing line marked. */
function drawText(text: HTMLElement, { title, text: traceback }: Problem): void {
  const shown = traceback.startsWith(`${title}\n`) ? traceback.slice(title.length + 1) : traceback
  text.replaceChildren(
    ...shown.split('\n').map((line) => {
      const row = element('span', /^\s*>\s*\d+ │/.test(line) ? 'line failing' : 'line')
      row.textContent = `${line}\n`
      return row
    }),
  )
}

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className?: string,
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  if (className !== undefined) made.className = className
  return made
}

function button(label: string, onClick: () => void): HTMLButtonElement {
  const made = element('button')
  made.type = 'button'
  made.textContent = label
  made.addEventListener('click', onClick)
  return made
}

function readDismissed(boot: string): Set<string> {
  try {
    const kept = JSON.parse(sessionStorage.getItem(DISMISSED) ?? '{}') as { boot?: string; ids?: string[] }
    return new Set(kept.boot === boot ? kept.ids : [])
  } catch {
    return new Set()
  }
}

function keepDismissed(boot: string, ids: ReadonlySet<string>): void {
  try {
    sessionStorage.setItem(DISMISSED, JSON.stringify({ boot, ids: [...ids].slice(-100) }))
  } catch {
    // A page without storage forgets.
  }
}
