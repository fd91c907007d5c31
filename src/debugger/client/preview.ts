/** What the input is worth so far, dim under the prompt: asked for when typing rests, evaluated without side effects. */

import type { PreviewAnswer } from '../protocol.ts'
import { h } from './dom.ts'

/** Milliseconds of rest after a key. */
const REST_MS = 150
const MAX_LENGTH = 500

/** Shows previews of what stands in `prompt`; `ask` answers undefined when there is none. */
export function preview(
  prompt: HTMLTextAreaElement,
  ask: (code: string) => Promise<PreviewAnswer | undefined>,
): HTMLElement {
  const element = h('p', { class: 'rs-console-preview', hidden: true, 'aria-live': 'off' })
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  const show = (text: string | undefined): void => {
    element.hidden = text === undefined
    element.textContent = text ?? ''
  }
  async function look(): Promise<void> {
    const code = prompt.value
    const turn = ++asked
    const answer = await ask(code)
    // A later key, or what was run meanwhile, has made this answer old.
    if (turn === asked && prompt.value === code) show(answer?.value?.text)
  }

  prompt.addEventListener('input', () => {
    clearTimeout(timer)
    if (prompt.value.trim() === '' || prompt.value.length > MAX_LENGTH) {
      asked++
      show(undefined)
    } else timer = setTimeout(() => void look(), REST_MS)
  })
  return element
}
