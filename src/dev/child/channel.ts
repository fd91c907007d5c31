/** The serving process's end of the IPC channel. It never keeps the process alive. */

import { type ChildMessage, isOurs, type ParentMessage } from '../messages.ts'

type Handler<Kind> = (message: Extract<ParentMessage, { readonly rocksolid: Kind }>, handle: unknown) => void

export interface Channel {
  /** Sends; a handle goes along as a second hold of the same socket. `sent` is called when it has left. */
  send(message: ChildMessage, handle?: object, sent?: () => void): void
  on<Kind extends ParentMessage['rocksolid']>(kind: Kind, handler: Handler<Kind>): void
  /** Asks the parent to let go of a port, and calls back when it has. */
  onceReleased(port: number, then: () => void): void
  /** Asks for a socket; calls back with its handle, or with nothing when it is to be bound. */
  onceGiven(key: string, then: (handle: object | undefined) => void): void
}

type Send = (message: unknown, handle: unknown, options: object, done: (error: Error | null) => void) => void

/** Opens the channel. */
export function openChannel(): Channel {
  const handlers = new Map<string, (message: never, handle: unknown) => void>()
  const waiting = new Map<number, (() => void)[]>()
  const wishes = new Map<string, (handle: object | undefined) => void>()
  const send = process.send?.bind(process) as Send | undefined
  process.on('message', (message: unknown, handle: unknown) => {
    if (isOurs(message)) handlers.get(message.rocksolid)?.(message as never, handle)
  })
  // A listener for messages holds the process open; it must end when the application has nothing left to do.
  process.channel?.unref()
  const channel: Channel = {
    send(message, handle, sent) {
      if (send === undefined || !process.connected) {
        sent?.()
        return
      }
      send(message, handle, {}, () => sent?.())
    },
    on(kind, handler) {
      handlers.set(kind, handler as (message: never, handle: unknown) => void)
    },
    onceReleased(port, then) {
      const stay = stayAlive()
      waiting.set(port, [
        ...(waiting.get(port) ?? []),
        () => {
          stay()
          then()
        },
      ])
      channel.send({ rocksolid: 'release', port })
    },
    onceGiven(key, then) {
      const stay = stayAlive()
      wishes.set(key, (handle) => {
        stay()
        then(handle)
      })
      channel.send({ rocksolid: 'want', key })
    },
  }
  channel.on('given', ({ key }, handle) => {
    const then = wishes.get(key)
    wishes.delete(key)
    then?.(handle as object | undefined)
  })
  channel.on('released', ({ port }) => {
    const calls = waiting.get(port) ?? []
    waiting.delete(port)
    for (const call of calls) call()
  })
  return channel
}

/** While a server waits for its socket nothing else may hold the process. Gives back what ends it. */
function stayAlive(): () => void {
  const timer = setInterval(() => {}, 2 ** 30)
  return () => clearInterval(timer)
}
