/** Brings the page of an error to life: a console in every live frame, behind the lock. */

import { type Api, makeApi, readPageData } from './api.ts'
import { consoleView } from './console-view.ts'
import { announce, h } from './dom.ts'
import { listenForKeys } from './keys.ts'
import { applyTheme, copyMenu, themeButton } from './page-tools.ts'
import { pendingView } from './pending-view.ts'
import { replayButton } from './replay-view.ts'
import { makeTabs } from './tabs.ts'
import { takeKeyFromAddress, unlockView } from './unlock-view.ts'

applyTheme()
const data = readPageData()
if (data !== undefined) void start(makeApi(data))

async function start(api: Api): Promise<void> {
  makeTabs()
  const copies = copyMenu(api)
  listenForKeys(() => {
    copies.open = true
    copies.querySelector('button')?.focus()
  })

  let unlocked = false
  const replay = replayButton(api, () => unlocked)
  const copyTool = api.data.error === '' || api.data.alone === true ? [] : [copies]
  const slots = [...document.querySelectorAll<HTMLElement>('[data-console]')]
  const key = takeKeyFromAddress()
  if (key !== undefined) {
    const reply = await api.post('unlock', { key })
    unlocked = reply.ok
    announce(reply.ok ? 'Unlocked' : reply.refusal.explanation)
  }
  if (!unlocked) {
    const state = await api.post('state', {})
    unlocked = state.ok && state.value.unlocked
  }
  addEventListener('hashchange', () => {
    if (/^#unlock=/.test(location.hash)) location.reload()
  })

  const lock = (): void => {
    unlocked = false
    show()
  }
  const unlock = (focusOn?: HTMLElement): void => {
    unlocked = true
    show()
    focusOn?.querySelector('textarea')?.focus()
  }

  /** Fills a slot, once for each lock state, when its frame is open. */
  function fill(slot: HTMLElement): void {
    const state = unlocked ? 'console' : 'lock'
    if (slot.dataset.state === state || slot.closest('details')?.open === false) return
    slot.dataset.state = state
    if (!unlocked) {
      slot.replaceChildren(unlockView(api, () => unlock(slot)))
      return
    }
    slot.replaceChildren(consoleView(api, slot.dataset.console ?? '', labelOf(slot), lock).element)
  }

  function show(): void {
    for (const slot of slots) fill(slot)
    const toolbar = document.getElementById('rs-toolbar')
    const locked = h('span', { class: 'rs-lock-state' }, 'Consoles locked')
    const lockTool = api.data.console ? [unlocked ? lockButton(api, lock) : locked] : []
    toolbar?.replaceChildren(
      ...lockTool,
      ...(replay === undefined ? [] : [replay]),
      ...copyTool,
      themeButton(),
    )
    const list = document.getElementById('rs-unlock')
    list?.replaceChildren(
      unlocked
        ? h('p', {}, 'This browser is unlocked. Every live frame of an error has a console.')
        : unlockView(api, () => unlock()),
    )
  }

  for (const frame of document.querySelectorAll('details[data-pending]')) frame.append(pendingView(api))
  for (const slot of slots) slot.closest('details')?.addEventListener('toggle', () => fill(slot))
  show()
}

function lockButton(api: Api, onLocked: () => void): HTMLElement {
  const lock = async (): Promise<void> => {
    const reply = await api.post('lock', {})
    if (reply.ok) onLocked()
  }
  return h('button', { type: 'button', class: 'rs-lock', onclick: () => void lock() }, 'Lock consoles')
}

function labelOf(slot: HTMLElement): string {
  return (slot.closest('details')?.querySelector('summary')?.textContent ?? 'this frame')
    .trim()
    .replace(/\s+/g, ' ')
    .slice(0, 120)
}
