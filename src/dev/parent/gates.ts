/** The gates of one server, by the key of its socket; see Gate. */

import { Gate, type GateTarget } from './gate.ts'

export class Gates {
  readonly #gates = new Map<string, Gate>()

  get size(): number {
    return this.#gates.size
  }

  /** Ports by key, for a new process. */
  ports(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#gates].map(([key, gate]) => [key, gate.address?.port ?? 0]))
  }

  /**
   * Passes what comes to the socket of `key` on to `target`, and resolves with where it listens.
   * @throws the system's error, such as EADDRINUSE
   */
  async open(key: string, port: number, target: GateTarget, isOpen: boolean): Promise<Gate['address']> {
    let gate = this.#gates.get(key)
    if (gate === undefined) {
      gate = new Gate(isOpen)
      await gate.listen(key.split('|', 1)[0] ?? '', port)
      this.#gates.set(key, gate)
    }
    gate.serve(target)
    return gate.address
  }

  isBusy(target: GateTarget): boolean {
    return [...this.#gates.values()].some((gate) => gate.isBusy(target))
  }

  release(isOver: (key: string, address: string) => boolean): number {
    let count = 0
    for (const [key, gate] of this.#gates) {
      if (!isOver(key, `${gate.address?.host}:${gate.address?.port}`)) continue
      gate.close()
      this.#gates.delete(key)
      count++
    }
    return count
  }
}
