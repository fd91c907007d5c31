/** The gates of one server, by the key of its socket; see Gate. */

import { Gate, type GateTarget } from './gate.ts'

interface GateAnswer {
  readonly host: string
  readonly port: number
  readonly code?: string
}

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
   * Passes what comes to the socket of `key` on to `target`, and resolves with where it listens, or with the system's
   * code, such as EADDRINUSE. Never rejects.
   */
  async open(key: string, port: number, target: GateTarget, isOpen: boolean): Promise<GateAnswer> {
    let gate = this.#gates.get(key)
    const host = key.split('|', 1)[0] ?? ''
    if (gate === undefined) {
      gate = new Gate(isOpen)
      try {
        await gate.listen(host, port)
      } catch (error) {
        return { host, port, code: (error as { readonly code?: string }).code ?? 'EADDRINUSE' }
      }
      this.#gates.set(key, gate)
    }
    gate.serve(target)
    return gate.address ?? { host, port }
  }

  isBusy(target: GateTarget): boolean {
    return [...this.#gates.values()].some((gate) => gate.isBusy(target))
  }

  retire(target: GateTarget): void {
    for (const gate of this.#gates.values()) gate.retire(target)
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
