/**
 * The sockets that outlive the processes. The parent holds each one bound and never accepts on it: while nobody else
 * does, connections are completed by the kernel and wait in its queue.
 */

import type { InheritedSocket } from '../messages.ts'
import { Gates } from './gates.ts'

/** The part of a received handle that is used. */
export interface HeldHandle {
  readonly fd: number
  close(): void
}

interface HeldSocket {
  readonly key: string
  readonly handle: HeldHandle
  /** As it was first told: `127.0.0.1:5000`. */
  readonly address: string
  readonly isTls: boolean
}

/** Most connections kept between two processes; further ones are closed. */
const MAX_RESTING = 1000

export class Sockets {
  readonly #held = new Map<string, HeldSocket>()
  /** For processes that cannot be given sockets. */
  readonly gates = new Gates()
  /** Connections on their way from one process to the next. */
  readonly #resting: { readonly key: string; readonly handle: HeldHandle }[] = []

  get size(): number {
    return this.#held.size + this.gates.size
  }

  get(key: string): HeldSocket | undefined {
    return this.#held.get(key)
  }

  /** What to give a new process. */
  all(): readonly HeldSocket[] {
    return [...this.#held.values()]
  }

  /** With descriptors as they will be in the new process, whose first is `firstFd`. */
  inherited(firstFd: number): readonly InheritedSocket[] {
    return this.all().map(({ key }, index) => ({ key, fd: firstFd + index }))
  }

  hold(socket: HeldSocket): void {
    this.#held.get(socket.key)?.handle.close()
    this.#held.set(socket.key, socket)
  }

  /** Lets go of the sockets for which `isOver`, and tells how many there were. */
  release(isOver: (key: string, address: string) => boolean): number {
    let count = this.gates.release(isOver)
    for (const [key, { handle, address }] of this.#held) {
      if (!isOver(key, address)) continue
      handle.close()
      this.#held.delete(key)
      // Nobody will take its connections any more.
      for (const resting of this.takeResting(new Set([key]))) resting.handle.close()
      count++
    }
    return count
  }

  rest(key: string, handle: HeldHandle): void {
    if (this.#resting.length >= MAX_RESTING || !this.#held.has(key)) handle.close()
    else this.#resting.push({ key, handle })
  }

  /** Gives resting connections to a process that listens. */
  takeResting(keys: ReadonlySet<string>): readonly { readonly key: string; readonly handle: HeldHandle }[] {
    const taken = this.#resting.filter(({ key }) => keys.has(key))
    const left = this.#resting.filter(({ key }) => !keys.has(key))
    this.#resting.splice(0, this.#resting.length, ...left)
    return taken
  }

  close(): void {
    for (const { handle } of this.#resting.splice(0)) handle.close()
    this.release(() => true)
  }
}
