/** One access log: a format and a destination, fed with exchanges that have ended. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createAddressReader } from '../http/client-address.ts'
import { type Exchange, type ExchangeObserver, NEEDS } from '../http/exchange.ts'
import { observeExchange } from '../http/observe-exchange.ts'
import { createChooser } from './choose.ts'
import { createClock } from './clock.ts'
import { type AccessFormat, type CompiledFormat, compileFormat } from './compile-format.ts'
import type { FieldSettings } from './field.ts'
import { createLevels } from './levels.ts'
import { createMasker } from './mask.ts'
import {
  type AccessLogOptions,
  type ResolvedAccessOptions,
  resolveAccessOptions,
  type WrittenLine,
} from './options.ts'
import { type Outlet, openOutlet, terminalOf } from './outlet.ts'
import { AccessRecord, type RecordSettings } from './record.ts'
import { createReporter, type Report } from './reporter.ts'

/** Needed by functions of the application, which may ask for anything. */
const NEEDS_OF_FUNCTIONS = NEEDS.bodyBytes | NEEDS.headersTime | NEEDS.tls

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
  readonly #outlet: Outlet
  readonly #writeLater: Outlet['writeLater']
  readonly #choose: ((exchange: Exchange) => boolean) | undefined
  readonly #report: Report
  readonly #needs: number
  /** Whether the application decides about lines. */
  readonly #decided: boolean

  constructor(format: AccessFormat = 'combined', options: AccessLogOptions = {}) {
    this.#options = resolveAccessOptions(options)
    this.#report = createReporter(this.#options.onError)
    const fields = this.#fieldSettings()
    const terminal = terminalOf(this.#options)
    this.#format = compileFormat(format, { options: this.#options, fields, terminal, report: this.#report })
    this.#settings = { ...fields, line: (exchange) => this.#format.write(exchange) ?? '' }
    this.#choose = createChooser({
      ...this.#options,
      ...fields,
      filter: this.#options.filter,
      minLevel: this.#options.minLevel,
    })
    this.#decided = this.#options.writeLog !== undefined || this.writeLog !== AccessLogger.prototype.writeLog
    const usesFunctions =
      this.#decided || this.#format.usesFunctions || typeof this.#options.to === 'function'
    this.#needs = this.#format.needs | (usesFunctions ? NEEDS_OF_FUNCTIONS : 0)
    this.#outlet = openOutlet(
      this.#options,
      fields,
      { recordOf: this.#recordOf, lineOf: this.#lineOf },
      this.#report,
    )
    // Functions of the application are called in the moment, and in the context, in which the response has ended.
    this.#writeLater = usesFunctions ? undefined : this.#outlet.writeLater
  }

  /** Lines that the destination could not take. */
  get dropped(): number {
    return this.#outlet.dropped()
  }

  /** Logs this exchange when it ends. Call it before anything is written. Never throws. */
  observe(req: IncomingMessage, res: ServerResponse): Exchange | undefined {
    try {
      const exchange = observeExchange(req, res, this, this.#needs)
      if (this.#options.trustProxy === false) exchange.frameworkAddress ??= frameworkAddress(exchange)
      if (this.#options.immediate !== false) this.#log(exchange)
      return exchange
    } catch (error) {
      this.#report('the measuring', error)
      return undefined
    }
  }

  /**
   * Logs an exchange that is made by `find`, which may find none. It measures by itself what it can, or is measured as
   * others are. Never throws.
   */
  follow(find: () => Exchange | undefined, { measure = false } = {}): void {
    try {
      const exchange = find()
      exchange?.observe(this, measure ? this.#needs : 0)
      if (exchange !== undefined && this.#options.immediate !== false) this.#log(exchange)
    } catch (error) {
      this.#report('the measuring', error)
    }
  }

  /** Called when an exchange that was observed has ended. */
  exchangeEnded(exchange: Exchange): void {
    if (this.#options.immediate !== true) this.#log(exchange)
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
    this.#outlet.flush()
  }

  /** Flushes and closes what this logger has opened. */
  close(): Promise<void> {
    return this.#outlet.close()
  }

  readonly #recordOf = (exchange: Exchange): AccessRecord => new AccessRecord(exchange, this.#settings)

  readonly #lineOf = (exchange: Exchange): string | undefined => {
    try {
      const line = this.#format.write(exchange)
      return line === undefined ? undefined : this.#bounded(line)
    } catch (error) {
      this.#report('writing a line', error)
      return undefined
    }
  }

  #bounded(line: string): string {
    const { maxLineLength } = this.#options
    return line.length > maxLineLength ? `${line.slice(0, maxLineLength - 3)}...` : line
  }

  #log(exchange: Exchange): void {
    try {
      const { skip } = this.#options
      if (skip?.(exchange.req, exchange.res) === true) return
      if (this.#choose?.(exchange) === false) return
      if (this.#writeLater !== undefined && exchange.ended) {
        this.#writeLater(exchange)
        return
      }
      const line = this.#decided ? this.writeLog(this.#recordOf(exchange)) : this.#format.write(exchange)
      if (typeof line === 'string') this.#outlet.write(this.#bounded(line), exchange)
    } catch (error) {
      this.#report('writing a line', error)
    }
  }

  #fieldSettings(): FieldSettings {
    const { abortedStatus, level, mask, proxyHeader, slow, timeFormat, trustProxy, utc } = this.#options
    return {
      abortedStatus: abortedStatus === null ? undefined : (abortedStatus ?? 499),
      clientAddress: createAddressReader(trustProxy, proxyHeader),
      mask: createMasker(mask),
      clock: createClock(utc),
      level: createLevels(
        typeof level === 'function' ? (exchange) => level(this.#recordOf(exchange)) : level,
      ),
      slow,
      timeFormat,
    }
  }
}

/** What Express has worked out from the header of a proxy, when the application trusts one. */
function frameworkAddress({ connection, req }: Exchange): string | undefined {
  // Express's requests are slow to ask, so its getter is asked only where the answer can differ from the connection's
  // address, and the application is looked for where Express puts it: on the requests' prototype.
  const holder: unknown = connection.hasFramework ? Object.getPrototypeOf(req) : req
  const { app } = holder as { app?: { settings?: Readonly<Record<string, unknown>> } }
  if (!app?.settings?.['trust proxy']) return undefined
  const { ip } = req as { ip?: unknown }
  return typeof ip === 'string' ? ip : undefined
}
