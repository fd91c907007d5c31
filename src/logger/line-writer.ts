/**
 * Collects lines and writes them to a file descriptor with plain synchronous writes: once per turn of the event
 * loop, at the end of the process, or, in `sync` mode, at once. It never throws into the caller. What cannot be
 * written is kept, up to a bound, and tried again; a part that was written is never written twice.
 */

import { setTimeout } from 'node:timers'
import { atTurnEnd, forget, isExiting, type LastWords, remember } from '../core/last-words.ts'
import { shared } from '../core/shared.ts'
import { LINE_ROOM, makeChunk, settle, takeBytes } from './chunk.ts'
import { LineBacklog } from './line-backlog.ts'
import { type Format, LogEntry, type LogRecord, textOf } from './record.ts'
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
/** Most bytes of a UTF-16 unit. */
const WIDEST = 3
/** Longest text that is encoded in the shared buffer: what was collected and an ordinary line. */
const CHUNK = 65_536
const RETRY_MS = 100
const SLOW_READER_MS = 5
/** Longest time that the end of the process is held up by a reader that does not read. */
const EXIT_WAIT_MS = 5000
const EXIT_PAUSE_MS = 5

/** Where lines are encoded; shared, since it is used within one synchronous call only. */
const scratch = shared('logger-scratch', () => Buffer.allocUnsafeSlow(CHUNK * 3))

/** A pipe or terminal whose reader is gone: nothing written there will ever arrive. */
const GONE = new Set(['EPIPE', 'ECONNRESET', 'EBADF', 'ENXIO'])

export class LineWriter implements LastWords {
  readonly #options: LineWriterOptions
  /** Lines that were drawn as bytes; those drawn as text come after them. */
  readonly #chunk = makeChunk(FULL)
  #text = ''
  #scheduled = false
  #retry: NodeJS.Timeout | undefined
  readonly #backlog = new LineBacklog()
  #readerIsSlow = false
  #isOff = false

  constructor(options: LineWriterOptions) {
    this.#options = options
    remember(this)
  }

  /** Bytes that wait, about. */
  get pendingBytes(): number {
    return this.#backlog.bytes + this.#chunk.at + this.#text.length
  }

  /** Takes a record: straight into the bytes of the next write, where its format can. */
  take(record: LogRecord, format: Format): void {
    if (this.#isOff) return
    if (format.into !== undefined && record instanceof LogEntry && this.#makeRoom()) {
      if (record.drawInto(this.#chunk, format)) {
        this.#taken()
        return
      }
    }
    this.write(textOf(record, format))
  }

  /** Takes a text that ends in a line end. */
  write(text: string): void {
    if (this.#isOff) return
    this.#text += text
    this.#taken()
  }

  #taken(): void {
    if (this.#options.sync || isExiting()) this.flushSync(isExiting())
    else if (this.#chunk.at + this.#text.length >= FULL) this.flushSync(false)
    else if (!this.#scheduled) {
      this.#scheduled = true
      atTurnEnd(this)
    }
  }

  /** Room for a line behind everything that was taken before; false while one is being drawn. */
  #makeRoom(): boolean {
    const chunk = this.#chunk
    if (chunk.isBusy) return false
    if (this.#text !== '') {
      if (this.#text.length * WIDEST > chunk.bytes.length - LINE_ROOM - chunk.at) this.flushSync(false)
      else {
        settle(chunk)
        chunk.at += chunk.bytes.write(this.#text, chunk.at)
        this.#text = ''
      }
    }
    return true
  }

  /** Writes what waits. `final` waits a while for a slow reader and then gives up. */
  readonly flushSync = (final: boolean): void => {
    this.#scheduled = false
    if (this.#isOff || (!final && this.#writeThrough())) return
    this.#putAway()
    if (this.#backlog.isEmpty) return
    if (final) this.#insist(EXIT_WAIT_MS)
    else if (this.#retry === undefined) this.#attempt()
    this.#bound()
    if (final && !this.#backlog.isEmpty) this.#giveUp()
  }

  /** Resolves when all is written, or after five seconds: what cannot be written is kept and tried on. */
  async drain(): Promise<void> {
    const deadline = performance.now() + EXIT_WAIT_MS
    this.flushSync(false)
    while (!this.#backlog.isEmpty && !this.#isOff && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, SLOW_READER_MS))
      this.flushSync(false)
    }
  }

  /** Writes what waits, giving a failing target a last chance, and closes the target. */
  close(): void {
    if (this.#isOff) return
    this.#putAway()
    this.#insist(EXIT_WAIT_MS)
    if (!this.#backlog.isEmpty) this.#giveUp()
    this.#turnOff()
  }

  /** Moves what was taken to what waits. */
  #putAway(): void {
    const bytes = takeBytes(this.#chunk)
    if (bytes > 0) this.#backlog.push(Buffer.from(this.#chunk.bytes.subarray(0, bytes)))
    if (this.#text === '') return
    this.#backlog.push(Buffer.from(this.#text, 'utf8'))
    this.#text = ''
  }

  /** The usual case without a copy: nothing waits, and all is written at the first go. */
  #writeThrough(): boolean {
    if (!this.#backlog.isEmpty || this.#text.length > CHUNK || this.#retry !== undefined) return false
    const drawn = takeBytes(this.#chunk)
    if (drawn > 0 && !this.#writeAll(this.#chunk.bytes, drawn)) return this.#text === ''
    if (this.#text !== '') {
      const length = scratch.write(this.#text)
      this.#text = ''
      this.#writeAll(scratch, length)
    }
    return true
  }

  /** Writes the first bytes of a shared buffer; what is refused is kept. */
  #writeAll(bytes: Buffer, length: number): boolean {
    let start = 0
    try {
      while (start < length) start += this.#options.target.write(bytes, start, length)
      if (this.#options.trouble.isFailing) this.#options.trouble.worked()
      return true
    } catch (error) {
      this.#backlog.keepRest(Buffer.from(bytes.subarray(0, length)), start)
      this.#refused(error)
      return false
    }
  }

  /** Writes until all is written or the target refuses. */
  #attempt(): void {
    const error = this.#backlog.pump(this.#options.target.write)
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
      const error = this.#backlog.pump(this.#options.target.write)
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
    if (!this.#isOver()) return
    const lost = this.#backlog.shrink(maxPending, overflow === 'drop-newest' ? 'newest' : 'oldest')
    if (lost > 0) trouble.failed('permanent', `more than ${maxPending} bytes wait to be written`, lost)
  }

  #isOver(): boolean {
    return !this.#isOff && this.#backlog.bytes > this.#options.maxPending
  }

  #giveUp(): void {
    this.#options.trouble.failed('permanent', 'could not be written before the end', this.#backlog.clear())
    this.#options.trouble.settle()
  }

  #turnOffFor(error: unknown): void {
    this.#options.trouble.failed('final', error, this.#backlog.clear())
    this.#turnOff()
  }

  #turnOff(): void {
    this.#isOff = true
    this.#backlog.clear()
    takeBytes(this.#chunk)
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

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
