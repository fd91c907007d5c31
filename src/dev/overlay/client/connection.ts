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

/** Of a tab that has come to the others. */
interface Question {
  readonly name: 'what now'
}

const NAME = 'rocksolid-overlay'
/** A restart is over before this; longer ones are worth a word. */
const LOST_MS = 700

/** Hears until the page is left. */
export function connect(hear: (heard: Heard) => void): void {
  const channel = 'BroadcastChannel' in self ? new BroadcastChannel(NAME) : undefined
  /** Of the tab that listens. */
  let hello: Hello | undefined
  const repeat = (said: Heard | Question): void => channel?.postMessage(said)
  if (channel !== undefined)
    channel.onmessage = ({ data }: MessageEvent<Heard | Question>) => {
      if (data.name !== 'what now') hear(data)
      else if (hello !== undefined) repeat({ name: 'hello', data: hello })
    }
  const tell = (heard: Heard): void => {
    if (heard.name === 'hello') hello = heard.data
    else if (heard.name === 'changed' && hello !== undefined)
      hello = { ...hello, changes: heard.data.changes }
    hear(heard)
    repeat(heard)
  }
  // What was told while this page was on its way.
  repeat({ name: 'what now' })
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
