/** A finished request as functions of the application see it: typed, and read only when asked. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Exchange, Outcome } from '../http/exchange.ts'
import type { FieldSettings, Reader, Value } from './field.ts'
import { FIELDS, fieldNamed } from './fields.ts'
import { failureOf } from './fields-response.ts'
import { durationOf, headersAfter } from './fields-time.ts'
import { unknownField } from './named-field.ts'

/** What a record needs of its logger. */
export interface RecordSettings extends FieldSettings {
  readonly line: (exchange: Exchange) => string
}

export class AccessRecord {
  readonly #exchange: Exchange
  readonly #settings: RecordSettings
  #line: string | undefined

  constructor(exchange: Exchange, settings: RecordSettings) {
    this.#exchange = exchange
    this.#settings = settings
  }

  get req(): IncomingMessage {
    return this.#exchange.req
  }

  get res(): ServerResponse {
    return this.#exchange.res
  }

  /** The line as the format writes it. */
  get line(): string {
    this.#line ??= this.#settings.line(this.#exchange)
    return this.#line
  }

  /** As received. */
  get method(): string {
    return this.#exchange.method
  }

  /** Target as received, with its query; secrets masked. */
  get url(): string {
    return this.#text('url') ?? ''
  }

  /** Target without its query. */
  get path(): string {
    return this.#text('path') ?? ''
  }

  /** Query with its `?`, or empty; secrets masked. */
  get query(): string {
    return this.#text('query') ?? ''
  }

  /** `HTTP/1.1` */
  get protocol(): string {
    return this.#text('protocol') ?? ''
  }

  /** The status that was sent; undefined when none was. */
  get status(): number | undefined {
    return this.#exchange.status
  }

  /** Bytes of the body handed to the system; undefined when no header was sent, or nobody tells them. */
  get bytes(): number | undefined {
    return this.#exchange.headersSent ? this.#exchange.bodyBytes : undefined
  }

  /** How it ended. */
  get outcome(): Outcome {
    return this.#exchange.outcome
  }

  /** When the request came. */
  get startedAt(): Date {
    return new Date(this.#exchange.startEpochMs)
  }

  /** Milliseconds until the response was complete or given up. */
  get duration(): number {
    return durationOf(this.#exchange)
  }

  /** Milliseconds until the header was written; undefined when none was. */
  get timeToHeaders(): number | undefined {
    return headersAfter(this.#exchange)
  }

  /** Address of the client; empty on a unix socket. */
  get remoteAddress(): string {
    return this.#settings.clientAddress(this.#exchange)
  }

  /** User name of Basic credentials. */
  get user(): string | undefined {
    return this.#text('remote-user')
  }

  get referrer(): string | undefined {
    return this.#text('referrer')
  }

  get userAgent(): string | undefined {
    return this.#text('user-agent')
  }

  /** Pattern of the route that answered, where the framework tells it. */
  get route(): string | undefined {
    return this.#text('route')
  }

  get requestId(): string {
    return this.#text('request-id') ?? ''
  }

  /** The error that made the request fail, when it is known. */
  get error(): unknown {
    return failureOf(this.#exchange)
  }

  /** The start in a shape: a strftime pattern, `clf`, `iso` or `web`. */
  time(shape: string): string {
    return this.#text('time', shape) ?? ''
  }

  /** A header of the request; secrets masked. */
  header(name: string): string | undefined {
    return this.#text('req', name)
  }

  /** A header of the response as it was sent; secrets masked. */
  responseHeader(name: string): string | undefined {
    return this.#text('res', name)
  }

  /**
   * Any field by its name, such as `connection-status`. Fields that need measuring have their value only when the
   * format, or any other observer of the request, uses them too.
   * @throws {FormatError} for an unknown name
   */
  field(name: string, argument?: string): Value {
    if (!FIELDS.has(name)) throw unknownField(name, FIELDS.keys(), { format: name, position: 0 })
    return this.#read(name, argument)
  }

  #text(name: string, argument?: string): string | undefined {
    const value = this.#read(name, argument)
    return value === undefined ? undefined : String(value)
  }

  #read(name: string, argument?: string): Value {
    const reader: Reader = fieldNamed(name).bind(argument, this.#settings)
    return reader(this.#exchange)
  }
}
