/** Errors as HTML reports in files: one file that holds the latest, or a folder that holds the last so many. */

import { readdirSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { dirname, extname, join, resolve } from 'node:path'
import { SinkError } from '../core/errors.ts'
import { forget, isExiting, type LastWords, remember } from '../core/last-words.ts'
import { LOG_FILE_MODE } from '../core/log-file-mode.ts'
import { makeFolder } from '../core/make-folder.ts'
import { type Check, checkArgument, isInteger, resolveOptions, show } from '../core/options.ts'
import { writeWhole } from '../core/write-whole.ts'
import { errorPage, plainErrorPage } from './error-page.ts'
import type { LogRecord } from './record.ts'
import { currentRequest } from './request-scope.ts'
import type { Sink } from './sink.ts'
import { Trouble } from './trouble.ts'

/** Options of {@link htmlSink}. */
export interface HtmlSinkOptions {
  /** Reports kept in a folder; the oldest go first. Default 100. */
  readonly keep?: number
}

/** An error whose report is not written yet. */
interface Waiting {
  readonly record: LogRecord
  readonly req: IncomingMessage | undefined
  readonly path: string
}

const isPath: Check = (value) =>
  typeof value === 'string' && value !== ''
    ? undefined
    : 'the path of a folder, or of a file that ends in ".html"'

/** Errors whose report may wait; a program in such trouble has its first errors reported, not its last. */
const MAX_WAITING = 50

/**
 * A sink that writes a page for each record with an error, with causes, source and request.
 * A path that ends in `.html` is one file, overwritten each time; any other path is a folder.
 * @throws {SinkError} when the folder cannot be made
 */
export function htmlSink(path: string, options?: HtmlSinkOptions): Sink {
  const { keep } = resolveOptions<HtmlSinkOptions, { keep: number }>(
    'htmlSink',
    options,
    { keep: isInteger(1) },
    { keep: 100 },
  )
  checkArgument('htmlSink', 'the path', path, isPath)
  const isFile = /^\.html?$/i.test(extname(path))
  const folder = isFile ? dirname(resolve(path)) : resolve(path)
  prepareFolder(folder, path)
  const reports = new HtmlReports(
    folder,
    isFile ? resolve(path) : undefined,
    keep,
    new Trouble(`html ${path}`),
  )
  const sink = (record: LogRecord): void => reports.take(record)
  return Object.assign(sink, {
    label: `html ${path}`,
    flush: () => reports.flush(),
    flushSync: () => reports.flushSync(),
    close: () => reports.close(),
    onTrouble: reports.trouble.listen.bind(reports.trouble),
  })
}

class HtmlReports implements LastWords {
  readonly trouble: Trouble
  readonly #folder: string
  readonly #file: string | undefined
  readonly #keep: number
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined
  #count = 0

  constructor(folder: string, file: string | undefined, keep: number, trouble: Trouble) {
    this.#folder = folder
    this.#file = file
    this.#keep = keep
    this.trouble = trouble
    remember(this)
  }

  take(record: LogRecord): void {
    if (record.error === undefined) return
    if (this.#waiting.length >= MAX_WAITING) {
      this.trouble.failed('permanent', `more than ${MAX_WAITING} reports wait to be written`, 1)
      return
    }
    this.#waiting.push({ record, req: currentRequest(), path: this.#file ?? this.#nextPath(record.time) })
    if (isExiting()) this.flushSync()
    else this.#running ??= this.#run()
  }

  async flush(): Promise<void> {
    await this.#running
  }

  /** Writes what waits as plain pages: the full ones take longer than the process may have left. */
  readonly flushSync = (): void => {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#write(next.path, plainErrorPage(next.record))
    }
  }

  async close(): Promise<void> {
    await this.#running
    forget(this)
  }

  async #run(): Promise<void> {
    // In order, one at a time; what is being drawn stays in the list, for flushSync.
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const page = await errorPage(next.record, next.req)
      if (this.#waiting[0] !== next) continue
      this.#waiting.shift()
      this.#write(next.path, page)
    }
    this.#running = undefined
  }

  #write(path: string, page: string): void {
    try {
      makeFolder(this.#folder)
      writeWhole(path, page, LOG_FILE_MODE)
      if (this.#file === undefined) this.#prune()
      if (this.trouble.isFailing) this.trouble.worked()
    } catch (error) {
      this.trouble.failed('permanent', error, 1)
    }
  }

  #prune(): void {
    const reports = readdirSync(this.#folder).filter((name) => REPORT_NAME.test(name))
    for (const name of reports.sort().slice(0, Math.max(0, reports.length - this.#keep))) {
      rmSync(join(this.#folder, name), { force: true })
    }
  }

  #nextPath(time: number): string {
    this.#count = (this.#count + 1) % 10_000
    const stamp = new Date(time).toISOString().replace(/:/g, '-')
    return join(this.#folder, `${stamp}-${process.pid}-${String(this.#count).padStart(4, '0')}.html`)
  }
}

/** Only files of these names are ours to delete. */
const REPORT_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-\d+-\d{4}\.html$/

function prepareFolder(folder: string, path: string): void {
  try {
    makeFolder(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new SinkError(
      'ERR_ROCKSOLID_SINK_FAILED',
      `htmlSink: the folder of ${show(path)} (${folder}) cannot be made: ${code}. Allowed: a path in a folder that may be written to. Choose another path or give write permission.`,
      { cause: error },
    )
  }
}
