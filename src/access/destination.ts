/**
 * Where lines go. Lines of one turn of the event loop leave in one write, so they appear in real time and cost
 * little; what is held back is written when the process exits or is killed.
 * A destination never throws and never ends the process: what it cannot write it drops and counts.
 */

import { atTurnEnd, forget, isExiting, type LastWords, remember } from '../core/last-words.ts'

/** Takes lines without their line end. */
export interface Destination {
  write(line: string): void
  /** Writes what is held back, as far as that is possible without waiting. */
  flush(): void
  /** Flushes and lets go of files and timers; later lines are dropped. */
  close(): Promise<void>
  /** Lines that could not be written. */
  readonly dropped: number
}

/** How lines are gathered. */
export interface BufferOptions {
  /** Characters gathered before a write; from 0 to 1 MiB. Default: 16384. */
  readonly size?: number
  /** Milliseconds that a line may wait, from 0 (the end of this turn of the event loop) to 60000. Default: 0. */
  readonly interval?: number
}

/** Takes text that ends in a line end. Answers false when nothing more should come until `onReady`. */
export interface TextTarget {
  /** Throws when it cannot. `lines` is how many lines the text has. */
  write(text: string, lines: number): boolean
  /** Writes now, at the end of the process. Throws when it cannot. */
  writeSync(text: string, lines: number): void
  close(): Promise<void>
  /** Has `ready` called whenever it takes text again after it answered false. */
  onReady(ready: () => void): void
}

/** What the gathering is told. */
export interface BufferedSettings {
  readonly size: number
  readonly interval: number
  /** Characters held back at most while the target cannot take any; lines beyond are dropped and counted. */
  readonly maxPending: number
  /** Told of a failure; the same kind at most every half minute. */
  readonly onError: (error: unknown) => void
}

/** Milliseconds after a failed write before the next try. */
const RETRY_MS = 1000

/** Gathers lines for `target`. */
export function bufferedDestination(target: TextTarget, settings: BufferedSettings): Destination {
  const { size, interval, maxPending, onError } = settings
  let text = ''
  let lines = 0
  let dropped = 0
  let scheduled = false
  let blocked = false
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let retryAt = 0

  const send = (final: boolean): void => {
    scheduled = false
    if (timer !== undefined) clearTimeout(timer)
    timer = undefined
    if (text === '' || (blocked && !final)) return
    if (!final && retryAt > performance.now()) {
      schedule()
      return
    }
    const [out, count] = [text, lines]
    text = ''
    lines = 0
    try {
      if (final) target.writeSync(out, count)
      else blocked = !target.write(out, count)
      retryAt = 0
    } catch (error) {
      keep(out, count)
      onError(error)
    }
  }
  /** Holds a failed text for the next try, as far as there is room. */
  const keep = (out: string, count: number): void => {
    retryAt = performance.now() + RETRY_MS
    if (closed || out.length + text.length > maxPending) dropped += count
    else {
      text = out + text
      lines += count
      schedule()
    }
  }
  const member: LastWords = { flushSync: (final) => send(final) }
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    const wait = retryAt > 0 ? RETRY_MS : interval
    if (wait === 0) atTurnEnd(member)
    else timer = setTimeout(() => send(false), wait).unref()
  }
  target.onReady(() => {
    blocked = false
    if (text !== '') send(false)
  })
  remember(member)

  return {
    write(line) {
      if (closed || text.length + line.length >= maxPending) {
        dropped++
        return
      }
      text += `${line}\n`
      lines++
      if (isExiting()) send(true)
      else if (text.length >= size && !blocked && retryAt === 0) send(false)
      else if (!scheduled && !blocked) schedule()
    },
    flush: () => send(false),
    async close() {
      if (closed) return
      send(true)
      closed = true
      dropped += lines
      forget(member)
      await target.close()
    },
    get dropped() {
      return dropped
    },
  }
}
