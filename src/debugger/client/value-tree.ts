/** Draws a described value: one line, opening to its children; what was not sent yet is fetched when it is opened. */

import type { Description, DescriptionEntry } from '../protocol.ts'
import { h } from './dom.ts'

/** Fetches the value at a path of children, from a child on; `run` runs the getter there. */
export type OpenValue = (
  path: readonly number[],
  run: boolean,
  from?: number,
) => Promise<Description | string>

export function valueTree(value: Description, open: OpenValue, path: readonly number[] = []): HTMLElement {
  const text = h('span', { class: 'rs-value', 'data-type': value.type }, value.text)
  if (value.type === 'getter') return getter(value, open, path)
  const isKnown = (value.entries?.length ?? 0) > 0
  if (!isKnown && value.deeper !== true) return text
  const list = h('ul', {})
  const details = h('details', { class: 'rs-tree' }, h('summary', {}, text), list)
  let isFilled = false
  details.addEventListener('toggle', () => {
    if (!details.open || isFilled) return
    isFilled = true
    if (isKnown && value.deeper !== true) fill(list, value, open, path)
    else void fetchInto(list, open, path)
  })
  return details
}

async function fetchInto(list: HTMLElement, open: OpenValue, path: readonly number[]): Promise<void> {
  list.replaceChildren(h('li', { class: 'rs-more' }, '…'))
  const value = await open(path, false)
  list.replaceChildren()
  if (typeof value === 'string') list.append(h('li', { class: 'rs-more' }, value))
  else if (value.entries === undefined) list.append(h('li', {}, value.text))
  else fill(list, value, open, path)
}

/** Appends the children of a value, those of `value` beginning with the child `from`. */
function fill(
  list: HTMLElement,
  value: Description,
  open: OpenValue,
  path: readonly number[],
  from = 0,
): void {
  const entries = value.entries ?? []
  for (const [index, entry] of entries.entries())
    list.append(h('li', {}, ...entryParts(entry, open, [...path, from + index])))
  const shown = from + entries.length
  if (value.more) list.append(rest(value.more, open, path, shown))
  else if (shown === 0) list.append(h('li', { class: 'rs-more' }, 'nothing inside'))
}

/** Stands for the children that were not sent, and fetches more of them in its place. */
function rest(count: number, open: OpenValue, path: readonly number[], from: number): HTMLElement {
  const item = h('li', { class: 'rs-more' })
  const show = async (): Promise<void> => {
    const value = await open(path, false, from)
    if (typeof value === 'string' || (value.entries?.length ?? 0) === 0) {
      item.replaceChildren(typeof value === 'string' ? value : `… ${count} more: evaluate a part of it`)
      return
    }
    const list = item.parentElement
    item.remove()
    if (list !== null) fill(list, value, open, path, from)
  }
  item.append(h('button', { type: 'button', class: 'rs-run', onclick: () => void show() }, `… ${count} more`))
  return item
}

function entryParts(entry: DescriptionEntry, open: OpenValue, path: readonly number[]): HTMLElement[] {
  const key = h('span', { class: `rs-key rs-key-${entry.kind}` }, entry.key)
  const arrow = entry.kind === 'map' ? ' → ' : ': '
  return [h('span', {}, key, arrow), valueTree(entry.value, open, path)]
}

/** Getters are code of the application: they run when they are clicked, not before. */
function getter(value: Description, open: OpenValue, path: readonly number[]): HTMLElement {
  const place = h('span', { class: 'rs-value', 'data-type': 'getter' })
  const run = async (): Promise<void> => {
    const result = await open(path, true)
    place.replaceChildren(
      typeof result === 'string'
        ? result
        : valueTree(result, () => Promise.resolve('Evaluate it to look further.')),
    )
  }
  place.append(
    h(
      'button',
      { type: 'button', class: 'rs-run', title: 'Run this getter', onclick: () => void run() },
      value.text,
    ),
  )
  return place
}
