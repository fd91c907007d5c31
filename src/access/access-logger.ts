/** One access log: a format and a destination, fed with exchanges that have ended. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createAddressReader } from '../http/client-address.ts'
import { type Exchange, type ExchangeObserver, NEEDS, observeExchange } from '../http/exchange.ts'
import { createClock } from './clock.ts'
import { type AccessFormat, type CompiledFormat, compileFormat } from './compile-format.ts'
import type { Destination } from './destination.ts'
import { createMasker } from './mask.ts'
import { openDestination } from './open-destination.ts'
import {
  type AccessLogOptions,
  type LineFunction,
  type ResolvedAccessOptions,
  resolveAccessOptions,
  type WrittenLine,
} from './options.ts'
import { AccessRecord, type RecordSettings } from './record.ts'
import { createReporter, type Report } from './reporter.ts'

/** Needed by functions of the application, which may ask for anything. */
const NEEDS_OF_FUNCTIONS = NEEDS.bodyBytes | NEEDS.headersTime

/**
 * The engine of `accessLog`. Extend it to decide about each line in a method, as TransLogger's `write_log` is
 * overridden:
 *
 *     class ErrorLog extends AccessLogger {
 *       writeLog(record) { return record.status >= 500 ? super.writeLog(record) : undefined }
 *     }
 *
 * @throws {FormatError | ConfigError | SinkError} from the constructor
 */
export class AccessLogger implements ExchangeObserver {
  readonly #options: ResolvedAccessOptions
  readonly #format: CompiledFormat
  readonly #settings: RecordSettings
  readonly #destination: Destination | undefined
  readonly #lineFunction: LineFunction | undefined
  readonly #report: Report
  readonly #needs: number
  /** Whether nothing of the application takes part in a line. */
  readonly #direct: boolean

  constructor(format: AccessFormat = 'combined', options: AccessLogOptions = {}) {
    this.#options = resolveAccessOptions(options)
    this.#report = createReporter(this.#options.onError)
    const fields = {
      abortedStatus: this.#options.abortedStatus === null ? undefined : (this.#options.abortedStatus ?? 499),
      clientAddress: createAddressReader(this.#options.trustProxy, this.#options.proxyHeader),
      mask: createMasker(this.#options.mask),
      clock: createClock(this.#options.utc),
      timeFormat: this.#options.timeFormat,
    }
    this.#format = compileFormat(format, this.#options, fields, this.#report)
    this.#settings = { ...fields, line: (exchange) => this.#format.write(exchange) ?? '' }
    this.#lineFunction = typeof this.#options.to === 'function' ? this.#options.to : undefined
    this.#destination =
      this.#lineFunction === undefined ? openDestination(this.#options, this.#report) : undefined
    this.#direct =
      this.#options.writeLog === undefined &&
      this.writeLog === AccessLogger.prototype.writeLog &&
      this.#lineFunction === undefined
    this.#needs = this.#format.needs | (this.#direct && !this.#format.usesFunctions ? 0 : NEEDS_OF_FUNCTIONS)
  }

  /** Lines that the destination could not take. */
  get dropped(): number {
    return this.#destination?.dropped ?? 0
  }

  /** Logs this exchange when it ends. Call it before anything is written. Never throws. */
  observe(req: IncomingMessage, res: ServerResponse): Exchange | undefined {
    try {
      const exchange = observeExchange(req, res, this, this.#needs)
      if (this.#options.trustProxy === false) exchange.frameworkAddress ??= frameworkAddress(req)
      if (this.#options.immediate) this.#log(exchange)
      return exchange
    } catch (error) {
      this.#report('the measuring', error)
      return undefined
    }
  }

  /** Called when an exchange that was observed has ended. */
  exchangeEnded(exchange: Exchange): void {
    if (!this.#options.immediate) this.#log(exchange)
  }

  /**
   * Decides about the line of a finished request. Override it to write another line, or none.
   * @returns the text to write, without a line end; nothing writes none
   */
  writeLog(record: AccessRecord): WrittenLine {
    const { writeLog } = this.#options
    return writeLog === undefined ? record.line : writeLog(record)
  }

  /** Hands over what is held back. */
  flush(): void {
    this.#destination?.flush()
  }

  /** Flushes and closes what this logger has opened. */
  async close(): Promise<void> {
    await this.#destination?.close()
  }

  #log(exchange: Exchange): void {
    try {
      const { skip } = this.#options
      if (skip?.(exchange.req, exchange.res) === true) return
      if (this.#direct) {
        const line = this.#format.write(exchange)
        if (line !== undefined) this.#destination?.write(line)
        return
      }
      const record = new AccessRecord(exchange, this.#settings)
      const line = this.writeLog(record)
      if (typeof line !== 'string') return
      if (this.#lineFunction === undefined) this.#destination?.write(line)
      else this.#lineFunction(line, record)
    } catch (error) {
      this.#report('writing a line', error)
    }
  }
}

/** What Express has worked out from the header of a proxy, when the application trusts one. */
function frameworkAddress(req: IncomingMessage): string | undefined {
  // Express's getter is slow, so it is asked only where the answer can differ from the connection's address.
  const { app } = req as { app?: { settings?: Readonly<Record<string, unknown>> } }
  if (!app?.settings?.['trust proxy']) return undefined
  const { ip } = req as { ip?: unknown }
  return typeof ip === 'string' ? ip : undefined
}
