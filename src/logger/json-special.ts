/** What is drawn of objects whose own properties do not tell what they are. */

import type { IncomingMessage } from 'node:http'
import { read } from './error-facts.ts'
import { capped, quote } from './json-text.ts'

/** The name of a function or class; empty when it cannot be told. */
export function nameOf(value: unknown): string {
  const name = typeof value === 'function' ? read(value, 'name') : undefined
  return typeof name === 'string' ? capped(name, 200) : ''
}

/** The first items of anything that can be walked. */
export function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let count = 0
  for (const item of items) {
    if (count++ >= most) return
    yield item
  }
}

/** Bytes as their number and the first of them; a whole buffer has no place in a log line. */
export function bytesText(view: ArrayBufferView): string {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, Math.min(view.byteLength, 16))
  const shown = Buffer.from(bytes).toString('hex')
  const name = nameOf(view.constructor) || 'bytes'
  return quote(`[${name} of ${view.byteLength} bytes: ${shown}${view.byteLength > 16 ? '…' : ''}]`)
}

/** What a log needs of a request object; the rest of it is the runtime's inside. */
export function requestFacts(req: IncomingMessage): object {
  const { method, url, headers } = req
  return { method, url, headers, remoteAddress: req.socket?.remoteAddress }
}
