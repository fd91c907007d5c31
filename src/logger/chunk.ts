/** Bytes that are being collected for one write. Formats may draw lines straight into them. */

/** UTF-8 units that are free when a format is asked to draw a line. */
export const LINE_ROOM = 16_384

export interface Chunk {
  readonly bytes: Buffer
  /** Where the next line begins. */
  at: number
  /** Grows whenever the bytes are given away, and begin anew. */
  epoch: number
  /** Whether a line is being drawn: drawing may run code of the application's, which may log. */
  isBusy: boolean
}

/** Where a line was drawn, so that a second sink can copy it. */
export interface Drawn {
  readonly chunk: Chunk
  readonly epoch: number
  readonly start: number
  readonly end: number
}

/** An empty chunk that is full at `full` bytes. */
export function makeChunk(full: number): Chunk {
  return { bytes: Buffer.allocUnsafeSlow(full + LINE_ROOM), at: 0, epoch: 0, isBusy: false }
}

/** Copies a drawn line to the end of a chunk with room for it; false when its bytes are no longer there. */
export function copyDrawn({ chunk, epoch, start, end }: Drawn, to: Chunk): boolean {
  if (chunk.epoch !== epoch || chunk.isBusy || to.isBusy) return false
  chunk.bytes.copy(to.bytes, to.at, start, end)
  to.at += end - start
  return true
}
