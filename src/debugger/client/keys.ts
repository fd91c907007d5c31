/** The keyboard map of the page. Keys work anywhere but in a field, and never with Ctrl, Alt or Meta. */

import { h } from './dom.ts'
import { cycleTheme } from './page-tools.ts'
import { openTab } from './tabs.ts'

type Key = readonly [key: string, what: string, run: () => void]

/** Listens for keys; `openMenu` opens the menu that copies. */
export function listenForKeys(openMenu: () => void): void {
  const keys: readonly Key[] = [
    ['j', 'next frame', () => step(1)],
    ['k', 'previous frame', () => step(-1)],
    ['e', 'next error of the chain', nextError],
    ['`', 'console of the frame', focusConsole],
    ['o', 'open the frame in the editor', openInEditor],
    ['a', 'open or close all frames', toggleAll],
    ['1', 'tabs: 1 to 9', () => openTab(0)],
    ['[', 'older error', () => follow('a[rel="prev"]')],
    [']', 'newer error', () => follow('a[rel="next"]')],
    ['r', 'make the request again', () => follow('#rs-replay')],
    ['c', 'copy…', openMenu],
    ['s', 'save as a file', () => follow('a[download]')],
    ['t', 'theme', cycleTheme],
    ['?', 'these keys', () => showKeys(keys)],
  ]
  document.addEventListener('keydown', (event) => {
    const { target } = event
    const isTyping = target instanceof HTMLElement && /^(?:TEXTAREA|INPUT|SELECT)$/.test(target.tagName)
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return
    // A dialog has keys of its own.
    if (document.querySelector('dialog[open]') !== null) return
    if (/^[2-9]$/.test(event.key)) return openTab(Number(event.key) - 1)
    const found = keys.find(([key]) => key === event.key)
    if (found === undefined) return
    event.preventDefault()
    found[2]()
  })
}

function frames(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>('details.rs-frame')].filter(
    (frame) => frame.offsetParent !== null,
  )
}

function current(): HTMLDetailsElement | undefined {
  return document.activeElement?.closest<HTMLDetailsElement>('details.rs-frame') ?? undefined
}

/** Goes to the next visible frame and opens it. */
function step(by: 1 | -1): void {
  const all = frames()
  const at = all.indexOf(current() ?? (all[0] as HTMLDetailsElement))
  const next = current() === undefined ? all[0] : all[Math.max(0, Math.min(all.length - 1, at + by))]
  if (next === undefined) return
  next.open = true
  next.querySelector('summary')?.focus()
}

/** Clicks what the page has for it, if it has. */
function follow(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click()
}

function openInEditor(): void {
  const frame = current() ?? frames().find((one) => one.open)
  frame?.querySelector<HTMLElement>('.rs-open')?.click()
}

/** Goes round the errors of the chain and opens the one it comes to. */
function nextError(): void {
  const all = [...document.querySelectorAll<HTMLElement>('.rs-error')]
  const here = document.activeElement?.closest<HTMLElement>('.rs-error')
  // The first is the one the page shows: from nowhere, the next is the second.
  const at = here == null ? 0 : all.indexOf(here)
  const next = all[(at + 1) % all.length]
  if (next instanceof HTMLDetailsElement) next.open = true
  next?.querySelector('summary')?.focus()
}

function focusConsole(): void {
  const frame =
    current() ?? frames().find((one) => one.open && one.querySelector('textarea, .rs-pin') !== null)
  if (frame === undefined) return
  frame.open = true
  focusWhenThere(frame, 60)
}

/** The console is made when the frame has opened and the lock is known; waits for it for about a second. */
function focusWhenThere(frame: HTMLElement, tries: number): void {
  const field = frame.querySelector<HTMLElement>('textarea, .rs-pin')
  if (field !== null) field.focus()
  else if (tries > 0) requestAnimationFrame(() => focusWhenThere(frame, tries - 1))
}

function toggleAll(): void {
  const all = frames()
  const open = !all.every((frame) => frame.open)
  for (const frame of all) frame.open = open
}

function showKeys(keys: readonly Key[]): void {
  if (document.querySelector('dialog[open]') !== null) return
  const rows = keys.map(([key, what]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)))
  const dialog = h(
    'dialog',
    { class: 'rs-dialog', 'aria-label': 'Keys' },
    h('h2', {}, 'Keys'),
    h('dl', {}, ...rows),
    h('form', { method: 'dialog' }, h('button', {}, 'Close')),
  )
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}
