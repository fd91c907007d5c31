/** Makes the failed request again: one that can change nothing at once, any other after its body was shown. */

import type { ReplayAnswer } from '../protocol.ts'
import type { Api } from './api.ts'
import { announce, h } from './dom.ts'

/** A button that does; undefined for an error outside a request. `isUnlocked` tells whether the server would. */
export function replayButton(api: Api, isUnlocked: () => boolean): HTMLElement | undefined {
  const { method, again } = api.data
  if (method === undefined) return undefined
  const isSafe = /^(?:GET|HEAD|OPTIONS)$/.test(method)
  const run = (): void => {
    if (again !== undefined) repeat(again)
    else if (isUnlocked()) void ask(api, isSafe)
    else announce('Unlock the consoles to make this request again: it is sent by the server itself.')
  }
  return h('button', { type: 'button', class: 'rs-tool', id: 'rs-replay', onclick: run }, 'Replay')
}

/** Opens the address of a GET again. */
export function repeat(path: string): void {
  // Always this origin, whatever the path looks like.
  const address = `${location.origin}${path}`
  if (location.href.split('#')[0] === address) location.reload()
  else location.assign(address)
}

async function ask(api: Api, isSafe: boolean): Promise<void> {
  const reply = await api.post('replay', { error: api.data.error, send: isSafe })
  if (!reply.ok) return announce(reply.refusal.explanation)
  if ('status' in reply.value) return tell(reply.value)
  const { method, url, body } = reply.value
  const send = async (): Promise<void> => {
    dialog.close()
    const sent = await api.post('replay', { error: api.data.error, send: true })
    if (!sent.ok) announce(sent.refusal.explanation)
    else tell(sent.value)
  }
  const dialog = h(
    'dialog',
    { class: 'rs-dialog', 'aria-labelledby': 'rs-replay-title' },
    h('h2', { id: 'rs-replay-title' }, 'Make this request again?'),
    h(
      'p',
      {},
      'It may change data, as it may have done before. It is sent with the headers and the body it had.',
    ),
    h(
      'pre',
      { class: 'rs-output', tabindex: '0', 'aria-label': 'The request' },
      `${method} ${url}\n\n${body}`,
    ),
    h(
      'form',
      { method: 'dialog' },
      h('button', { type: 'button', class: 'rs-primary', onclick: () => void send() }, 'Send it again'),
      h('button', {}, 'Cancel'),
    ),
  )
  dialog.addEventListener('close', () => dialog.remove())
  document.body.append(dialog)
  dialog.showModal()
}

function tell(answer: ReplayAnswer): void {
  if (!('status' in answer)) return
  const status = document.getElementById('rs-status')
  const text = `Replayed: ${answer.status} in ${answer.ms} ms`
  if (answer.page === undefined) announce(text)
  else status?.replaceChildren(`${text} `, h('a', { href: answer.page }, 'its error'))
}
