/** Asks for the PIN. The link from the terminal does the same without typing. */

import type { Api } from './api.ts'
import { announce, h } from './dom.ts'

/** A form that unlocks this browser and then calls `onUnlocked`. */
export function unlockView(api: Api, onUnlocked: () => void): HTMLElement {
  const input = h('input', {
    class: 'rs-pin',
    name: 'pin',
    type: 'text',
    inputmode: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: '000-000-000',
    'aria-label': 'PIN from the terminal',
  })
  const problem = h('p', { class: 'rs-unlock-problem', role: 'alert' })
  const button = h('button', { type: 'submit' }, 'Unlock')
  const form = h(
    'form',
    { class: 'rs-unlock' },
    h(
      'p',
      {},
      h('strong', {}, 'Locked. '),
      'Open the link printed in the terminal, or enter the PIN printed there.',
    ),
    h('div', {}, input, button),
    problem,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void submit()
  })

  async function submit(): Promise<void> {
    if (input.value.trim() === '') return
    button.disabled = true
    problem.textContent = ''
    const reply = await api.post('unlock', { pin: input.value })
    button.disabled = false
    if (reply.ok) {
      announce('Unlocked')
      onUnlocked()
    } else {
      problem.textContent = `${reply.refusal.error}. ${reply.refusal.explanation}`
      input.select()
    }
  }
  return form
}

/** Takes the key out of an address like `…#unlock=key`, so that it stays in neither history nor screenshots. */
export function takeKeyFromAddress(): string | undefined {
  const key = /^#unlock=([\w-]{16,64})$/.exec(location.hash)?.[1]
  if (key !== undefined) history.replaceState(null, '', location.pathname + location.search)
  return key
}
