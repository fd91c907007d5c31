/** The tools in the page's header: theme, copying, and the list of keys. */

import type { Actions } from '../protocol.ts'
import type { Api } from './api.ts'
import { announce, h } from './dom.ts'

type CopyForm = Actions['copy']['request']['form']

const COPIES: readonly (readonly [CopyForm, string])[] = [
  ['markdown', 'Markdown'],
  ['agent', 'Task for an agent'],
  ['text', 'Plain text'],
  ['json', 'JSON'],
  ['curl', 'Request as curl'],
  ['fetch', 'Request as fetch'],
]

/** A menu that copies the report in a form, masked as it is shown. */
export function copyMenu(api: Api): HTMLDetailsElement {
  const menu = h('details', { class: 'rs-menu' }, h('summary', {}, 'Copy'))
  const copy = async (form: CopyForm, label: string): Promise<void> => {
    const reply = await api.post('copy', { error: api.data.error, form })
    menu.open = false
    if (!reply.ok) return announce(reply.refusal.explanation)
    if (await toClipboard(reply.value.text)) announce(`Copied: ${label}`)
    else showText(reply.value.text)
  }
  const items = COPIES.map(([form, label]) =>
    h('li', {}, h('button', { type: 'button', onclick: () => void copy(form, label) }, label)),
  )
  menu.append(h('ul', {}, ...items))
  return menu
}

/** Pages that are not of a secure origin (a name in the local network) have no clipboard: then the text is shown. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}

function showText(text: string): void {
  const area = h('textarea', { class: 'rs-copied', readonly: true, rows: '12', 'aria-label': 'Text to copy' })
  area.value = text
  const dialog = h(
    'dialog',
    { class: 'rs-dialog', 'aria-label': 'Copy this text' },
    area,
    h('form', { method: 'dialog' }, h('button', {}, 'Close')),
  )
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
  area.select()
}

const THEMES = ['auto', 'light', 'dark'] as const
const THEME_KEY = 'rocksolid.theme'

/** Applies the remembered theme. */
export function applyTheme(): void {
  const theme = readTheme()
  if (theme === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** A button that goes from the system's theme to light and dark. */
export function themeButton(): HTMLElement {
  const button = h('button', { type: 'button', class: 'rs-tool' })
  const draw = (): void => {
    button.textContent = `Theme: ${readTheme()}`
  }
  button.addEventListener('click', () => {
    cycleTheme()
    draw()
  })
  draw()
  return button
}

export function cycleTheme(): void {
  const next = THEMES[(THEMES.indexOf(readTheme()) + 1) % THEMES.length] ?? 'auto'
  try {
    localStorage.setItem(THEME_KEY, next)
  } catch {
    // Then it holds for this page only.
  }
  document.documentElement.dataset.theme = next
  applyTheme()
}

function readTheme(): (typeof THEMES)[number] {
  try {
    const stored = localStorage.getItem(THEME_KEY)
    return THEMES.find((theme) => theme === stored) ?? 'auto'
  } catch {
    return 'auto'
  }
}
