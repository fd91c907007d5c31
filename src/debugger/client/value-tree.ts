/** Draws a described value: one line, opening to its children. */

import type { Description, DescriptionEntry } from '../protocol.ts'
import { h } from './dom.ts'

export function valueTree(value: Description): HTMLElement {
  const text = h('span', { class: 'rs-value', 'data-type': value.type }, value.text)
  const children = value.entries ?? []
  if (children.length === 0 && !value.more) return text
  const items = children.map((entry) => h('li', {}, ...entryParts(entry)))
  const more = value.more ? [h('li', { class: 'rs-more' }, `… ${value.more} more`)] : []
  return h('details', { class: 'rs-tree' }, h('summary', {}, text), h('ul', {}, ...items, ...more))
}

function entryParts(entry: DescriptionEntry): HTMLElement[] {
  const key = h('span', { class: `rs-key rs-key-${entry.kind}` }, entry.key)
  const arrow = entry.kind === 'map' ? ' → ' : ': '
  return [h('span', {}, key, arrow), valueTree(entry.value)]
}
