/** Makes tabs of the parts below the stack. Without this script they are a list of parts to open. */

import { h } from './dom.ts'

/** One part: the tab, what it shows, and its name above it on paper, where all are shown. */
interface Part {
  readonly tab: HTMLElement
  readonly panel: HTMLElement
}

let parts: readonly Part[] = []

/** Turns the parts into tabs; they keep the addresses they had. */
export function makeTabs(): void {
  const section = document.querySelector<HTMLElement>('.rs-more-facts')
  const all = [...(section?.querySelectorAll<HTMLDetailsElement>(':scope > details.rs-meta') ?? [])]
  if (section === null || all.length < 2) return
  parts = all.map(partOf)
  const list = h(
    'div',
    { class: 'rs-tabs', role: 'tablist', 'aria-label': section.getAttribute('aria-label') ?? '' },
    ...parts.map(({ tab }) => tab),
  )
  list.addEventListener('keydown', onArrow)
  section.replaceChildren(list, ...parts.map(({ panel }) => panel))
  select(0)
}

/** Shows the tab at an index, if there is one, and gives it the focus. */
export function openTab(index: number): void {
  if (parts[index] === undefined) return
  select(index)
  parts[index].tab.focus()
}

function partOf(details: HTMLDetailsElement, index: number): Part {
  const summary = details.querySelector('summary')
  const tab = h('button', {
    type: 'button',
    role: 'tab',
    id: `rs-tab-${index}`,
    'aria-controls': details.id,
    onclick: () => select(index),
  })
  tab.append(...(summary?.childNodes ?? []))
  const name = tab.firstChild?.textContent?.trim() ?? ''
  const panel = h('div', {
    class: 'rs-panel',
    role: 'tabpanel',
    id: details.id,
    'aria-labelledby': tab.id,
    'data-name': name,
    tabindex: '0',
  })
  panel.append(...(details.querySelector('.rs-meta-body')?.childNodes ?? []))
  return { tab, panel }
}

function select(index: number): void {
  parts.forEach(({ tab, panel }, at) => {
    const isChosen = at === index
    tab.setAttribute('aria-selected', String(isChosen))
    tab.tabIndex = isChosen ? 0 : -1
    panel.classList.toggle('rs-off', !isChosen)
  })
}

/** Left and right go around; the others of the list are reached by them alone. */
function onArrow(event: KeyboardEvent): void {
  const at = parts.findIndex(({ tab }) => tab === document.activeElement)
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: parts.length - 1 }[event.key]
  if (at < 0 || to === undefined) return
  event.preventDefault()
  openTab((to + parts.length) % parts.length)
}
