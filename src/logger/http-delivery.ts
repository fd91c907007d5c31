/** Delivers batches by HTTP: which answers mean "again", "in parts" or "never", and how long to wait. */

import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Deliver, DeliveryError } from './batch-queue.ts'
import type { LogRecord } from './record.ts'

/** How records become items, and items bodies. */
export interface HttpShape {
  readonly item: (record: LogRecord) => string
  readonly compose: (items: readonly string[]) => string
  readonly contentType: string
  readonly onAnswer?: (text: string) => void
}

/** Where and how to deliver. */
export interface HttpDeliveryOptions {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: string
  readonly compress: boolean
  /** The body of a batch. */
  readonly compose: (items: readonly string[]) => string
  /** Reads an answer of success; may throw a {@link DeliveryError} for what the receiver refused. */
  readonly onAnswer?: ((text: string) => void) | undefined
}

const pack = promisify(gzip)

/** Answers that another attempt may change. RFC 9110, RFC 6585; OTLP/HTTP names the same. */
const AGAIN = new Set([408, 425, 429, 500, 502, 503, 504])

/** A {@link Deliver} that sends each batch as one request. */
export function httpDelivery(options: HttpDeliveryOptions): Deliver {
  const { url, method, compress, compose, onAnswer } = options
  const headers = {
    'content-type': options.contentType,
    ...(compress ? { 'content-encoding': 'gzip' } : {}),
    ...options.headers,
  }
  return async (items, signal) => {
    const text = compose(items)
    const body = compress ? await pack(text) : text
    const hasBody = method !== 'GET' && method !== 'HEAD'
    const response = await fetch(url, {
      method,
      headers,
      signal,
      redirect: 'error',
      ...(hasBody ? { body } : {}),
    })
    const answer = await beginOf(response)
    if (response.ok) {
      onAnswer?.(answer)
      return
    }
    throw failureOf(response, answer)
  }
}

/** Most characters of an answer that are read: some receivers send without end, or what unpacks to gigabytes. */
const MAX_ANSWER = 65_536

async function beginOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_ANSWER) break
  }
  return text.slice(0, MAX_ANSWER)
}

function failureOf(response: Response, answer: string): DeliveryError {
  const { status } = response
  const said = answer.trim() === '' ? '' : `: ${answer.trim().slice(0, 200)}`
  const message = `the receiver answered ${status}${said}`
  if (status === 413) return new DeliveryError(message, 'smaller')
  if (!AGAIN.has(status)) return new DeliveryError(message, 'never')
  return new DeliveryError(message, 'again', retryAfter(response.headers.get('retry-after')))
}

/** `Retry-After` in milliseconds: seconds or a date. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  const seconds = Number(header)
  const ms = Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
