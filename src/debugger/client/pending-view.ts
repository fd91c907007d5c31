/** Says why a frame that waits at an `await` has no console yet, and offers what opens it. */

import type { Api } from './api.ts'
import { h } from './dom.ts'

/** A note for a frame whose console opens when the request is made again. */
export function pendingView({ data }: Api): HTMLElement {
  const { again } = data
  const why =
    'This caller was waiting at an await, no longer on the stack. Its console opens when the request is made again.'
  if (again === undefined) return h('p', { class: 'rs-pending' }, why)
  const repeat = (): void => {
    // Always this origin, whatever the path looks like.
    const address = `${location.origin}${again}`
    if (location.href.split('#')[0] === address) location.reload()
    else location.assign(address)
  }
  return h(
    'p',
    { class: 'rs-pending' },
    why,
    ' ',
    h('button', { type: 'button', onclick: repeat }, 'Make it again'),
  )
}
