/** The types of morgan's interface. */

import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request as morgan's callers know it: whatever their framework has made of it. */
// biome-ignore lint/suspicious/noExplicitAny: parameters of callbacks are contravariant; any lets each framework's own fit
export type MorganRequest = any
/** A response likewise. */
// biome-ignore lint/suspicious/noExplicitAny: see MorganRequest
export type MorganResponse = any

/** Reads a value of a request; falsy ones print as `-`. */
export type TokenFunction = (
  req: MorganRequest,
  res: MorganResponse,
  argument?: string,
) => string | number | undefined | null

/** Writes a line; null and undefined write none; an object goes to a stream in object mode as it is. */
export type MorganFormatFunction = (
  tokens: Morgan,
  req: MorganRequest,
  res: MorganResponse,
) => string | object | undefined | null

export interface MorganOptions {
  /** Writes the line when the request comes. Default: false. */
  readonly immediate?: boolean | undefined
  /** Answers true for requests that get no line. */
  readonly skip?: ((req: MorganRequest, res: MorganResponse) => boolean) | false | undefined
  /** Where lines go. Default: stdout. */
  readonly stream?: MorganStream | undefined
  /** Gathers lines for so many milliseconds (true: 1000). Deprecated by morgan. */
  readonly buffer?: boolean | number | undefined
}

/** What lines are written to. */
export interface MorganStream {
  write(line: string & object): unknown
  readonly writableObjectMode?: boolean
}

/** morgan: makes middleware, and holds tokens and formats as its properties. */
export interface Morgan {
  (format: string | MorganFormatFunction, options?: MorganOptions): MorganHandler
  /** @deprecated give the format first */
  (options?: MorganOptions & { readonly format?: string | MorganFormatFunction }): MorganHandler
  /** Defines or replaces a token. */
  token(name: string, read: TokenFunction): Morgan
  /** Defines or replaces a named format. */
  format(name: string, format: string | MorganFormatFunction): Morgan
  /** Compiles a format string. */
  compile(format: string): MorganFormatFunction
  // biome-ignore lint/suspicious/noExplicitAny: tokens and formats are properties of any name and shape
  [name: string]: any
}

export type MorganHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void
