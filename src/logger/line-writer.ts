/**
 * Collects lines and writes them to a file descriptor with plain synchronous writes: once per turn of the event
 * loop, at the end of the process, or, in `sync` mode, at once. It never throws into the caller. What cannot be
 * written is kept, up to a bound, and tried again; a part that was written is never written twice.
 */

import { setTimeout } from 'node:timers'
import { atTurnEnd, forget, isExiting, type LastWords, remember } from '../core/last-words.ts'
import { shared } from '../core/shared.ts'
import type { Trouble } from './trouble.ts'

/** Where bytes go. */
export interface ByteTarget {
  /** Writes some bytes from `start`, at least one, and tells how many. Throws when it cannot. */
  readonly write: (bytes: Buffer, start: number, end: number) => number
  /** Called when there is no later: from now on it takes what it can, without asking to wait for the event loop. */
  readonly hurry?: () => void
  /** Called once, when nothing will be written any more. */
  readonly close: () => void
}

/** What to do when more waits than may: give up the oldest lines, give up the newest, or stop the program until there is room. */
export type Overflow = 'drop-oldest' | 'drop-newest' | 'block'

/** Options of a {@link LineWriter}. */
export interface LineWriterOptions {
  readonly target: ByteTarget
  readonly trouble: Trouble
  /** Writes each line at once. */
  readonly sync: boolean
  /** Bytes kept while they cannot be written. */
  readonly maxPending: number
  readonly overflow: Overflow
}

/** UTF-16 units collected before they are written although the turn is not over. */
const FULL = 49_152
/** Longest text that is encoded in the shared buffer: what was collected and an ordinary line. */
const CHUNK = 65_536
const RETRY_MS = 100
const SLOW_READER_MS = 5
/** Longest time that the end of the process is held up by a reader that does not read. */
const EXIT_WAIT_MS = 5000
const EXIT_PAUSE_MS = 5
const NEWLINE = 10

/** Where lines are encoded; shared, since it is used within one synchronous call only. */
const scratch = shared('logger-scratch', () => Buffer.allocUnsafeSlow(CHUNK * 3))

/** A pipe or terminal whose reader is gone: nothing written there will ever arrive. */
const GONE = new Set(['EPIPE', 'ECONNRESET', 'EBADF', 'ENXIO'])

export class LineWriter implements LastWords {
  readonly #options: LineWriterOptions
  #text = ''
  #scheduled = false
  #retry: NodeJS.Timeout | undefined
  /** What was encoded but not written, oldest first. */
  #backlog: Buffer[] = []
  #backlogBytes = 0
  /** 1 while the first chunk is the rest of a line whose beginning is written: it must not be dropped. */
  #pinned = 0
  #readerIsSlow = false
  #isOff = false

  constructor(options: LineWriterOptions) {
    this.#options = options
    remember(this)
  }

  /** Bytes that wait, about. */
  get pendingBytes(): number {
    return this.#backlogBytes + this.#text.length
  }

  /** Takes a text that ends in a line end. */
  write(text: string): void {
    if (this.#isOff) return
    this.#text += text
    if (this.#options.sync || isExiting()) this.flushSync(isExiting())
    else if (this.#text.length >= FULL) this.flushSync(false)
    else if (!this.#scheduled) {
      this.#scheduled = true
      atTurnEnd(this)
    }
  }

  /** Writes what waits. `final` waits a while for a slow reader and then gives up. */
  readonly flushSync = (final: boolean): void => {
    this.#scheduled = false
    if (this.#isOff || (!final && this.#text !== '' && this.#writeThrough())) return
    this.#encode()
    if (this.#backlog.length === 0) return
    if (final) this.#insist(EXIT_WAIT_MS)
    else if (this.#retry === undefined) this.#attempt()
    this.#bound()
    if (final && this.#backlog.length > 0) this.#giveUp()
  }

  /** Resolves when all is written, or after five seconds: what cannot be written is kept and tried on. */
  async drain(): Promise<void> {
    const deadline = performance.now() + EXIT_WAIT_MS
    this.flushSync(false)
    while (this.#backlog.length > 0 && !this.#isOff && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, SLOW_READER_MS))
      this.flushSync(false)
    }
  }

  /** Writes what waits, giving a failing target a last chance, and closes the target. */
  close(): void {
    if (this.#isOff) return
    this.#encode()
    this.#insist(EXIT_WAIT_MS)
    if (this.#backlog.length > 0) this.#giveUp()
    this.#turnOff()
  }

  #encode(): void {
    if (this.#text === '') return
    const bytes = Buffer.from(this.#text, 'utf8')
    this.#text = ''
    this.#backlog.push(bytes)
    this.#backlogBytes += bytes.length
  }

  /** The usual case without a copy: nothing waits, and all is written at the first go. */
  #writeThrough(): boolean {
    if (this.#backlog.length > 0 || this.#text.length > CHUNK || this.#retry !== undefined) return false
    const length = scratch.write(this.#text)
    this.#text = ''
    let start = 0
    try {
      while (start < length) start += this.#options.target.write(scratch, start, length)
      if (this.#options.trouble.isFailing) this.#options.trouble.worked()
      return true
    } catch (error) {
      this.#keepRest(Buffer.from(scratch.subarray(0, length)), start)
      this.#refused(error)
      return true
    }
  }

  /** Writes until all is written or the target refuses. */
  #attempt(): void {
    const error = this.#pump()
    if (error !== undefined) this.#refused(error)
    else if (this.#options.trouble.isFailing) this.#options.trouble.worked()
  }

  #refused(error: unknown): void {
    const code = codeOf(error)
    // A full pipe is no failure: its reader is slow.
    this.#readerIsSlow = code === 'EAGAIN'
    if (GONE.has(code)) this.#turnOffFor(error)
    else {
      if (!this.#readerIsSlow) this.#options.trouble.failed('temporary', error)
      this.#retryLater()
    }
  }

  #pump(): unknown {
    for (let first = this.#backlog[0]; first !== undefined; first = this.#backlog[0]) {
      let start = 0
      try {
        while (start < first.length) start += this.#options.target.write(first, start, first.length)
      } catch (error) {
        this.#backlog.shift()
        this.#backlogBytes -= first.length
        this.#keepRest(first, start)
        return error
      }
      this.#backlog.shift()
      this.#backlogBytes -= first.length
      this.#pinned = 0
    }
    return undefined
  }

  /** Puts back what comes after `start`; the rest of a torn line as a chunk of its own. */
  #keepRest(bytes: Buffer, start: number): void {
    const isTorn = start === 0 ? this.#pinned === 1 : bytes[start - 1] !== NEWLINE
    const lineEnd = isTorn ? bytes.indexOf(NEWLINE, start) + 1 || bytes.length : start
    const rest = [bytes.subarray(start, lineEnd), bytes.subarray(lineEnd)].filter((part) => part.length > 0)
    this.#pinned = isTorn && rest.length > 0 ? 1 : 0
    this.#backlog.unshift(...rest)
    this.#backlogBytes += bytes.length - start
  }

  #retryLater(): void {
    if (this.#retry !== undefined || isExiting()) return
    this.#retry = setTimeout(
      () => {
        this.#retry = undefined
        this.flushSync(false)
      },
      this.#readerIsSlow ? SLOW_READER_MS : RETRY_MS,
    )
    this.#retry.unref()
  }

  /** Tries again and again, stopping the thread in between, for at most `ms`. */
  #insist(ms: number): void {
    const deadline = performance.now() + ms
    this.#options.target.hurry?.()
    for (;;) {
      const error = this.#pump()
      if (error === undefined) {
        if (this.#options.trouble.isFailing) this.#options.trouble.worked()
        return
      }
      const code = codeOf(error)
      if (code !== 'EAGAIN' || performance.now() >= deadline) {
        if (GONE.has(code)) this.#turnOffFor(error)
        else this.#options.trouble.failed('temporary', error)
        return
      }
      pause(EXIT_PAUSE_MS)
    }
  }

  /** Keeps what waits within the bound. */
  #bound(): void {
    const { maxPending, overflow, trouble } = this.#options
    while (overflow === 'block' && this.#isOver() && this.#readerIsSlow) {
      pause(EXIT_PAUSE_MS)
      this.#attempt()
    }
    let lost = 0
    while (this.#isOver() && this.#backlog.length > this.#pinned) {
      const at = overflow === 'drop-newest' ? this.#backlog.length - 1 : this.#pinned
      const [dropped] = this.#backlog.splice(at, 1)
      this.#backlogBytes -= dropped?.length ?? 0
      lost += linesIn(dropped)
    }
    if (lost > 0) trouble.failed('permanent', `more than ${maxPending} bytes wait to be written`, lost)
  }

  #isOver(): boolean {
    return !this.#isOff && this.#backlogBytes > this.#options.maxPending
  }

  #giveUp(): void {
    this.#options.trouble.failed('permanent', 'could not be written before the end', this.#countLines())
    this.#backlog = []
    this.#backlogBytes = 0
    this.#options.trouble.settle()
  }

  #countLines(): number {
    return this.#backlog.reduce((sum, chunk) => sum + linesIn(chunk), 0)
  }

  #turnOffFor(error: unknown): void {
    this.#options.trouble.failed('final', error, this.#countLines())
    this.#turnOff()
  }

  #turnOff(): void {
    this.#isOff = true
    this.#backlog = []
    this.#backlogBytes = 0
    this.#text = ''
    clearTimeout(this.#retry)
    forget(this)
    try {
      this.#options.target.close()
    } catch (error) {
      this.#options.trouble.failed('final', error)
    }
  }
}

function linesIn(chunk: Buffer | undefined): number {
  let count = 0
  if (chunk !== undefined) for (const byte of chunk) if (byte === NEWLINE) count++
  return count
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
