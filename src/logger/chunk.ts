/**
 * Bytes that are being collected for one write. Formats draw lines straight into them; the chunks of further files
 * with the same lines take them over, many lines at a time.
 */

/** Bytes that are free when a format is asked to draw a line. */
export const LINE_ROOM = 16_384

export interface Chunk {
  readonly bytes: Buffer
  /** Where the next line begins. */
  at: number
  /** Grows whenever the bytes are given away, and begin anew. */
  epoch: number
  /** Whether a line is being drawn: drawing may run code of the application's, which may log. */
  isBusy: boolean
  /** The end of this chunk, when it stands in another one only. */
  lag: Lag | undefined
  /** Chunks whose end stands here. */
  readonly followers: Chunk[]
}

interface Lag {
  readonly from: Chunk
  readonly start: number
  end: number
}

/** Where a line was drawn. */
export interface Drawn {
  readonly chunk: Chunk
  readonly epoch: number
  readonly start: number
  readonly end: number
}

/** An empty chunk that is full at `full` bytes. */
export function makeChunk(full: number): Chunk {
  const bytes = Buffer.allocUnsafeSlow(full + LINE_ROOM)
  return { bytes, at: 0, epoch: 0, isBusy: false, lag: undefined, followers: [] }
}

/** Begins the chunk anew; how many of its bytes are to be given away. */
export function takeBytes(chunk: Chunk): number {
  settle(chunk)
  while (chunk.followers[0] !== undefined) settle(chunk.followers[0])
  const length = chunk.at
  chunk.at = 0
  chunk.epoch++
  return length
}

/** Puts a line that stands in another chunk to the end of this one, which has room for it; false when it is gone. */
export function takeOver({ chunk: from, epoch, start, end }: Drawn, to: Chunk): boolean {
  // Bytes that were given away stand there until the next line is drawn.
  const isWaiting = from.epoch === epoch
  if ((!isWaiting && (from.epoch !== epoch + 1 || from.at > 0)) || from.isBusy || from === to) return false
  const { lag } = to
  if (isWaiting && lag?.from === from && lag.end === start) lag.end = end
  else {
    settle(to)
    to.lag = { from, start, end }
    from.followers.push(to)
  }
  to.at += end - start
  if (!isWaiting) settle(to)
  return true
}

/** Makes the chunk hold all of its bytes itself. */
export function settle(chunk: Chunk): void {
  const { lag } = chunk
  if (lag === undefined) return
  const { from, start, end } = lag
  from.bytes.copy(chunk.bytes, chunk.at - (end - start), start, end)
  chunk.lag = undefined
  from.followers.splice(from.followers.indexOf(chunk), 1)
}
