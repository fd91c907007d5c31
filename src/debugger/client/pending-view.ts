/** Says why a frame that waited at an `await`, or that made the error earlier, has no console yet; offers what opens it. */

import type { Api } from './api.ts'
import { h } from './dom.ts'
import { repeat } from './replay-view.ts'

/** A note for a frame whose console opens when the request is made again. */
export function pendingView({ data }: Api): HTMLElement {
  const { again } = data
  const why =
    'What this frame held was gone when the error arrived. Its console opens when the request is made again.'
  if (again === undefined) return h('p', { class: 'rs-pending' }, why)
  return h(
    'p',
    { class: 'rs-pending' },
    why,
    ' ',
    h('button', { type: 'button', onclick: () => repeat(again) }, 'Make it again'),
  )
}
