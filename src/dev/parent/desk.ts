/**
 * Where several workers get the same socket: the first that asks for it binds it, and those that ask meanwhile are
 * given it when it is there.
 */

import type { ServerProcess } from './server-process.ts'
import type { Sockets } from './sockets.ts'

export class Desk {
  readonly #sockets: Sockets
  /** Who is binding a socket, and who waits for it. */
  readonly #opening = new Map<string, { by: ServerProcess; readonly waiting: ServerProcess[] }>()

  constructor(sockets: Sockets) {
    this.#sockets = sockets
  }

  ask(worker: ServerProcess, key: string): void {
    const held = this.#sockets.get(key)
    if (held !== undefined) {
      worker.send({ rocksolid: 'given', key }, held.handle, true)
      return
    }
    const opening = this.#opening.get(key)
    if (opening === undefined) {
      this.#opening.set(key, { by: worker, waiting: [] })
      worker.send({ rocksolid: 'given', key })
    } else opening.waiting.push(worker)
  }

  /** A socket has been bound: those who wait for it are given it. */
  opened(): void {
    for (const [key, { waiting }] of this.#opening) {
      if (this.#sockets.get(key) === undefined) continue
      this.#opening.delete(key)
      for (const worker of waiting) this.ask(worker, key)
    }
  }

  /** A worker has ended; what it was binding, another one binds. */
  left(worker: ServerProcess): void {
    for (const [key, { by, waiting }] of this.#opening) {
      if (by !== worker) continue
      this.#opening.delete(key)
      for (const other of waiting) if (!other.isOver) this.ask(other, key)
    }
  }
}
