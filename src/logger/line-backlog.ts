/** Lines that could not be written yet, oldest first. What was written of a line is never given up or written twice. */

const NEWLINE = 10

/** Writes bytes from `start` to `end`; tells how many, throws when it cannot. */
export type WriteBytes = (bytes: Buffer, start: number, end: number) => number

export class LineBacklog {
  #chunks: Buffer[] = []
  /** 1 while the first chunk is the rest of a line whose beginning is written: it must not be dropped. */
  #pinned = 0
  /** Bytes that wait. */
  bytes = 0

  get isEmpty(): boolean {
    return this.#chunks.length === 0
  }

  push(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.bytes += bytes.length
  }

  /** Writes until nothing is left; the error when it cannot. */
  pump(write: WriteBytes): unknown {
    for (let first = this.#chunks[0]; first !== undefined; first = this.#chunks[0]) {
      let start = 0
      try {
        while (start < first.length) start += write(first, start, first.length)
      } catch (error) {
        this.#chunks.shift()
        this.bytes -= first.length
        this.keepRest(first, start)
        return error
      }
      this.#chunks.shift()
      this.bytes -= first.length
      this.#pinned = 0
    }
    return undefined
  }

  /** Puts in front what comes after `start`; the rest of a torn line as a chunk of its own. */
  keepRest(bytes: Buffer, start: number): void {
    const isTorn = start === 0 ? this.#pinned === 1 : bytes[start - 1] !== NEWLINE
    const lineEnd = isTorn ? bytes.indexOf(NEWLINE, start) + 1 || bytes.length : start
    const rest = [bytes.subarray(start, lineEnd), bytes.subarray(lineEnd)].filter((part) => part.length > 0)
    this.#pinned = isTorn && rest.length > 0 ? 1 : 0
    this.#chunks.unshift(...rest)
    this.bytes += bytes.length - start
  }

  /** Gives up chunks until at most `maxBytes` wait; how many lines were in them. */
  shrink(maxBytes: number, which: 'oldest' | 'newest'): number {
    let lost = 0
    while (this.bytes > maxBytes && this.#chunks.length > this.#pinned) {
      const at = which === 'newest' ? this.#chunks.length - 1 : this.#pinned
      const [dropped] = this.#chunks.splice(at, 1)
      this.bytes -= dropped?.length ?? 0
      lost += linesIn(dropped)
    }
    return lost
  }

  /** Gives up everything; how many lines that were. */
  clear(): number {
    const lost = this.#chunks.reduce((sum, chunk) => sum + linesIn(chunk), 0)
    this.#chunks = []
    this.#pinned = 0
    this.bytes = 0
    return lost
  }
}

function linesIn(chunk: Buffer | undefined): number {
  let count = 0
  if (chunk !== undefined) for (const byte of chunk) if (byte === NEWLINE) count++
  return count
}
