/**
 * Errors by mail: the first one soon, then at most one mail in a while that holds all that came, equal ones counted;
 * after a quiet while the next error is again told soon. With the page of each kind of error attached.
 */

import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers'
import { ConfigError } from '../core/errors.ts'
import { forget, type LastWords, remember } from '../core/last-words.ts'
import { isBoolean, isInteger, isString, resolveOptions, show } from '../core/options.ts'
import { BatchQueue } from './batch-queue.ts'
import { BATCH_DEFAULTS, spoolOf } from './delivery-options.ts'
import { errorFacts, isErrorLike } from './error-facts.ts'
import { errorPage } from './error-page.ts'
import { isLevel, severityOf } from './level.ts'
import { type Mail, type MailServer, mailDelivery } from './mail-delivery.ts'
import { prettyFormat } from './pretty-format.ts'
import { type LogRecord, textOf } from './record.ts'
import { currentRequest } from './request-scope.ts'
import type { Sink } from './sink.ts'
import { Trouble } from './trouble.ts'

/** Options of {@link emailSink}. */
export interface EmailSinkOptions {
  readonly to: string | readonly string[]
  /** Default `errors@` and the name of the machine. */
  readonly from?: string
  /** `smtp://user:password@host:587`, options of nodemailer, or a transporter of its. Default `smtp://localhost:25`. */
  readonly server?: MailServer
  /** Begins each subject. Default `[` and the name of the machine and `] `. */
  readonly subject?: string
  /** Least level that is told. Default `error`. */
  readonly level?: string | number
  /** Milliseconds from a first error to its mail, for others that come with it. Default 2,000. */
  readonly firstMs?: number
  /** Milliseconds between two mails. Default 300,000. */
  readonly intervalMs?: number
  /** Kinds of error in one mail; further ones are counted. Default 20. */
  readonly maxKinds?: number
  /** Attach the HTML page of each of the first five kinds. Default true. */
  readonly attach?: boolean
  /** A folder for mails that cannot be delivered, and for those of a process that dies. Default: none. */
  readonly spool?: string
}

const DEFAULTS = {
  server: 'smtp://localhost:25' as MailServer,
  level: 'error' as string | number,
  firstMs: 2000,
  intervalMs: 300_000,
  maxKinds: 20,
  attach: true,
}

const CHECKS = {
  to: (value: unknown) =>
    isAddress(value) || (Array.isArray(value) && value.length > 0 && value.every(isAddress))
      ? undefined
      : 'an address such as "ops@example.com", or an array of them',
  from: isString,
  server: (value: unknown) =>
    typeof value === 'string' || (typeof value === 'object' && value !== null)
      ? undefined
      : 'a URL such as "smtp://localhost:25", options of nodemailer, or a transporter',
  subject: isString,
  level: isLevel,
  firstMs: isInteger(0),
  intervalMs: isInteger(0),
  maxKinds: isInteger(1),
  attach: isBoolean,
  spool: isString,
} as const

const MAX_PAGES = 5
const MAX_TEXT = 100_000

const isAddress = (value: unknown): boolean =>
  typeof value === 'string' && /^[^\r\n]*[^\s@]@[^\s@][^\r\n]*$/.test(value)

/** Errors of one kind: the first of them, and how many came. */
interface Kind {
  readonly record: LogRecord
  readonly req: IncomingMessage | undefined
  readonly text: string
  count: number
}

/**
 * A sink that mails errors by nodemailer, which the application installs.
 * @throws {ConfigError} without a recipient, or for an option that is not right
 */
export function emailSink(options: EmailSinkOptions): Sink {
  const given = resolveOptions<EmailSinkOptions, typeof DEFAULTS>('emailSink', options, CHECKS, DEFAULTS)
  if (given.to === undefined) {
    throw new ConfigError(
      'ERR_ROCKSOLID_OPTION_INVALID',
      `emailSink: option "to" is ${show(undefined)}. Allowed: an address such as "ops@example.com", or an array of them.`,
    )
  }
  const label = `email ${[given.to].flat()[0]}`
  const trouble = new Trouble(label)
  const delivery = mailDelivery(given.server)
  const queue = new BatchQueue(
    { ...BATCH_DEFAULTS, batchSize: 1, delayMs: 0, timeoutMs: 60_000 },
    delivery.deliver,
    trouble,
    spoolOf(given),
  )
  const errors = new ErrorMails({ ...given, queue })
  const threshold = severityOf('emailSink', given.level)
  const sink = (record: LogRecord): void => {
    if (record.severity >= threshold) errors.take(record)
  }
  return Object.assign(sink, {
    label,
    flush: async () => {
      await errors.send()
      await queue.flush()
    },
    flushSync: () => {},
    close: async () => {
      await errors.close()
      await queue.close()
      delivery.close()
    },
    onTrouble: trouble.listen.bind(trouble),
  })
}

type MailsOptions = Readonly<EmailSinkOptions & typeof DEFAULTS> & { readonly queue: BatchQueue }

class ErrorMails implements LastWords {
  readonly #options: MailsOptions
  readonly #format = prettyFormat({ dateFormat: '%Y-%m-%d %H:%M:%S%z' })
  #kinds = new Map<string, Kind>()
  #others = 0
  #timer: NodeJS.Timeout | undefined
  #sentAt = Number.NEGATIVE_INFINITY

  constructor(options: MailsOptions) {
    this.#options = options
    remember(this)
  }

  take(record: LogRecord): void {
    const key = kindOf(record)
    const known = this.#kinds.get(key)
    if (known !== undefined) known.count++
    else if (this.#kinds.size >= this.#options.maxKinds) this.#others++
    else {
      const text = textOf(record, this.#format).slice(0, MAX_TEXT)
      this.#kinds.set(key, { record, req: currentRequest(), text, count: 1 })
    }
    this.#later()
  }

  /** Composes the mail of what came, and gives it to the queue. */
  async send(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [kinds, others] = this.#takeAll()
    if (kinds.length === 0) return
    this.#sentAt = performance.now()
    const pages = this.#options.attach ? await pagesOf(kinds.slice(0, MAX_PAGES)) : []
    this.#options.queue.push(JSON.stringify(this.#mail(kinds, others, pages)))
  }

  /** When the process dies there is no time to draw pages: text alone, and to the spool. */
  readonly flushSync = (final: boolean): void => {
    if (!final) return
    const [kinds, others] = this.#takeAll()
    if (kinds.length > 0) this.#options.queue.push(JSON.stringify(this.#mail(kinds, others, [])))
    this.#options.queue.flushSync(true)
  }

  readonly flush = (): Promise<void> => this.send()

  async close(): Promise<void> {
    await this.send()
    forget(this)
  }

  #later(): void {
    if (this.#timer !== undefined) return
    const { firstMs, intervalMs } = this.#options
    const wait = Math.max(firstMs, this.#sentAt + intervalMs - performance.now())
    this.#timer = setTimeout(() => void this.send(), wait)
    this.#timer.unref()
  }

  #takeAll(): [kinds: Kind[], others: number] {
    const taken: [Kind[], number] = [[...this.#kinds.values()], this.#others]
    this.#kinds = new Map()
    this.#others = 0
    return taken
  }

  #mail(kinds: readonly Kind[], others: number, pages: readonly string[]): Mail {
    const { to, from = `errors@${hostname()}`, subject = `[${hostname()}] ` } = this.#options
    const total = kinds.reduce((sum, { count }) => sum + count, others)
    const first = kinds[0]?.record
    const what = first === undefined ? '' : first.message.split('\n', 1)[0]
    const more = total > 1 ? ` (and ${total - 1} more)` : ''
    const parts = kinds.map(({ text, count }) => (count > 1 ? `${count} times, the first:\n${text}` : text))
    if (others > 0) parts.push(`${others} errors of further kinds are not shown.\n`)
    return {
      to: [to].flat().join(', '),
      from,
      // A line end in a subject would begin a header of the sender's choice.
      subject: `${subject}${what}${more}`.replace(/[\0-\x1f\x7f]+/g, ' ').slice(0, 200),
      text: parts.join('\n'),
      attachments: pages.map((content, index) => ({
        filename: `error-${index + 1}.html`,
        content,
        contentType: 'text/html; charset=utf-8',
      })),
    }
  }
}

/** The same error from the same place is one kind; without an error, the same message. */
function kindOf(record: LogRecord): string {
  const { error } = record
  if (!isErrorLike(error)) return `${record.level} ${record.message}`
  const { name, stack } = errorFacts(error)
  return `${name} ${/^[ \t]+at .*$/m.exec(stack)?.[0] ?? record.message}`
}

async function pagesOf(kinds: readonly Kind[]): Promise<string[]> {
  const pages: string[] = []
  for (const { record, req } of kinds) {
    if (record.error !== undefined) pages.push(await errorPage(record, req))
  }
  return pages
}
