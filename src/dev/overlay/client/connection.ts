/**
 * One event stream for all tabs of the browser: streams are few in a browser, and a tab each would use them up. The
 * tab that holds a lock listens, and repeats what it hears to the others.
 */

import { type Changed, type Hello, OVERLAY_PREFIX, type Problem } from '../protocol.ts'

/** What is heard. */
export type Heard =
  | { readonly name: 'hello'; readonly data: Hello }
  | { readonly name: 'problem'; readonly data: Problem }
  | { readonly name: 'changed'; readonly data: Changed }
  /** The server does not answer now, or does again. */
  | { readonly name: 'lost'; readonly data: boolean }

const NAME = 'rocksolid-overlay'
/** A restart is over before this; longer ones are worth a word. */
const LOST_MS = 700

/** Hears until the page is left. */
export function connect(hear: (heard: Heard) => void): void {
  const channel = 'BroadcastChannel' in self ? new BroadcastChannel(NAME) : undefined
  if (channel !== undefined) channel.onmessage = ({ data }: MessageEvent<Heard>) => hear(data)
  const tell = (heard: Heard): void => {
    hear(heard)
    channel?.postMessage(heard)
  }
  // Without locks (a page of another machine without TLS) each tab listens for itself.
  if (navigator.locks === undefined || channel === undefined) listen(hear)
  else
    void navigator.locks.request(NAME, () => {
      listen(tell)
      return new Promise(() => {})
    })
}

function listen(tell: (heard: Heard) => void): void {
  let timer = 0
  let isLost = false
  const source = new EventSource(`${OVERLAY_PREFIX}/events`)
  const on = (name: 'hello' | 'problem' | 'changed'): void =>
    source.addEventListener(name, (event: MessageEvent<string>) => {
      clearTimeout(timer)
      if (isLost) tell({ name: 'lost', data: false })
      isLost = false
      tell({ name, data: JSON.parse(event.data) } as Heard)
    })
  on('hello')
  on('problem')
  on('changed')
  source.onerror = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      isLost = true
      tell({ name: 'lost', data: true })
    }, LOST_MS)
    // An answer that was no stream ends it for good.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(tell), 2 * LOST_MS)
  }
  addEventListener('pagehide', () => source.close())
}
