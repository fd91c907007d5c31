/**
 * Where lines go. Lines of one turn of the event loop are made one after the other and leave in one write, so they
 * appear in real time and cost little; what is held back is written when the process exits or is killed.
 * A destination never throws and never ends the process: what it cannot write it drops and counts.
 */

import { atTurnEnd, forget, isExiting, type LastWords, remember } from '../core/last-words.ts'

/** Takes lines without their line end. */
export interface Destination<Item> {
  write(line: string): void
  /** Has the line of `item` made, and written, when this turn of the event loop is over. */
  writeLater(item: Item): void
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
export interface BufferedSettings<Item> {
  readonly size: number
  readonly interval: number
  /** Least milliseconds between two writes; the first after a quiet time is made at once. */
  readonly gap: number
  /** Characters held back at most while the target cannot take any; lines beyond are dropped and counted. */
  readonly maxPending: number
  /** Makes the line of what was given to `writeLater`; nothing writes none. Must not throw. */
  readonly lineOf: (item: Item) => string | undefined
  /** Told of a failure; the same kind at most every half minute. */
  readonly onError: (error: unknown) => void
}

/** Milliseconds after a failed write before the next try. */
const RETRY_MS = 1000

/** Most items whose lines wait to be made. */
const MAX_WAITING = 256

/** Gathers lines for `target`. */
export function bufferedDestination<Item>(
  target: TextTarget,
  settings: BufferedSettings<Item>,
): Destination<Item> {
  const { size, interval, gap, maxPending, lineOf, onError } = settings
  let waiting: Item[] = []
  let text = ''
  let lines = 0
  let dropped = 0
  /** The end of this turn is being waited for. */
  let turn = false
  let blocked = false
  let closed = false
  let timer: NodeJS.Timeout | undefined
  let retryAt = 0
  let sentAt = Number.NEGATIVE_INFINITY

  const add = (line: string): void => {
    if (closed || text.length + line.length >= maxPending) {
      dropped++
      return
    }
    text += `${line}\n`
    lines++
    if (text.length >= size && !blocked && retryAt === 0) send(false)
  }
  /** Makes the lines of all that waits: one after the other they cost much less than each in its own moment. */
  const drain = (): void => {
    if (waiting.length === 0) return
    const items = waiting
    waiting = []
    for (const item of items) {
      const line = lineOf(item)
      if (line !== undefined) add(line)
    }
  }
  const send = (final: boolean): void => {
    if (timer !== undefined) clearTimeout(timer)
    timer = undefined
    if (text === '' || (blocked && !final)) return
    const now = performance.now()
    if (!final && retryAt > now) {
      wait(retryAt - now)
      return
    }
    const [out, count] = [text, lines]
    text = ''
    lines = 0
    sentAt = now
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
      wait(RETRY_MS)
    }
  }
  const wait = (ms: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      send(false)
    }, ms).unref()
  }
  const endTurn: LastWords = {
    flushSync: () => {
      turn = false
      drain()
      if (text === '' || blocked || timer !== undefined) return
      const rest = interval > 0 ? interval : gap > 0 ? sentAt + gap - performance.now() : 0
      if (rest > 0) wait(rest)
      else send(false)
    },
  }
  const schedule = (): void => {
    if (turn) return
    turn = true
    atTurnEnd(endTurn)
  }
  const flush = (final: boolean): void => {
    drain()
    send(final)
  }
  const member: LastWords = { flushSync: flush }
  target.onReady(() => {
    blocked = false
    if (text !== '') send(false)
  })
  remember(member)

  return {
    write(line) {
      drain()
      add(line)
      if (isExiting()) send(true)
      else schedule()
    },
    writeLater(item) {
      waiting.push(item)
      if (isExiting()) flush(true)
      else if (waiting.length >= MAX_WAITING) drain()
      schedule()
    },
    flush: () => flush(false),
    async close() {
      if (closed) return
      flush(true)
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
