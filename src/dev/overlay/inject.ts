/** Puts one script tag into an HTML response of Node's kind as it passes by; see page.ts for where. */

import type { ServerResponse } from 'node:http'
import { permissionFor, SWITCH, TagInPage } from './page.ts'

type Callback = () => void
type Write = (chunk: unknown, encoding?: unknown, done?: unknown) => boolean
type End = (chunk?: unknown, encoding?: unknown, done?: unknown) => ServerResponse

/** Injects what `tagOf` gives, if the response turns out to be a page. */
export function injectInto(res: ServerResponse, tagOf: (nonce: string | undefined) => string): void {
  const original = { writeHead: res.writeHead, write: res.write, end: res.end }
  const writeHead = original.writeHead as (this: ServerResponse, ...args: unknown[]) => ServerResponse
  let tag: TagInPage | undefined
  let isDecided = false

  const restore = (): void => {
    Object.assign(res, original)
  }
  /** Looks at the headers, once, just before they are sent. */
  const decide = (): void => {
    if (isDecided) return
    isDecided = true
    const permission = res.headersSent
      ? undefined
      : permissionFor(res.statusCode, (name) => res.getHeader(name))
    res.removeHeader(SWITCH)
    if (permission === undefined) {
      restore()
      return
    }
    tag = new TagInPage(tagOf(permission.nonce))
    const length = Number(res.getHeader('content-length'))
    if (Number.isFinite(length) && res.hasHeader('content-length'))
      res.setHeader('content-length', length + tag.length)
  }
  /** The chunk with the tag in it, when it has a place for it. */
  const placed = (chunk: unknown, encoding: unknown): unknown => {
    if (tag === undefined) return chunk
    const bytes = toBytes(chunk, encoding)
    if (bytes === undefined) {
      tag.skip()
      return chunk
    }
    const passed = tag.pass(bytes)
    return passed === bytes ? chunk : passed
  }

  res.writeHead = ((status: number, ...rest: unknown[]) => {
    const reason = typeof rest[0] === 'string' ? rest[0] : undefined
    if (!isDecided && takeHeaders(res, rest.at(-1))) {
      res.statusCode = status
      decide()
      return writeHead.call(res, status, ...(reason === undefined ? [] : [reason]))
    }
    return writeHead.call(res, status, ...rest)
  }) as typeof res.writeHead

  const write: Write = (chunk, encoding, done) => {
    decide()
    const piece = placed(chunk, encoding)
    return (original.write as Write).call(
      res,
      piece,
      piece === chunk ? encoding : undefined,
      doneOf(encoding, done),
    )
  }
  const end: End = (chunk, encoding, done) => {
    decide()
    const hasChunk = chunk !== undefined && chunk !== null && typeof chunk !== 'function'
    const callback = typeof chunk === 'function' ? (chunk as Callback) : doneOf(encoding, done)
    let last: unknown = hasChunk ? placed(chunk, encoding) : undefined
    const rest = tag?.rest()
    if (rest !== undefined) {
      const bytes = last === undefined ? Buffer.alloc(0) : toBytes(last, encoding)
      if (bytes !== undefined) last = Buffer.concat([bytes, rest])
    }
    restore()
    return (original.end as End).call(res, last, last === chunk ? encoding : undefined, callback)
  }
  res.write = write as typeof res.write
  res.end = end as typeof res.end
}

const doneOf = (encoding: unknown, done: unknown): unknown =>
  typeof encoding === 'function' ? encoding : done

/** Puts headers given to `writeHead` on the response, where they can be read. False for a shape that is left alone. */
function takeHeaders(res: ServerResponse, given: unknown): boolean {
  if (res.headersSent) return false
  if (given === undefined || typeof given !== 'object' || given === null) return true
  if (!Array.isArray(given)) {
    for (const [name, value] of Object.entries(given)) if (value !== undefined) res.setHeader(name, value)
    return true
  }
  const flat = given.flat() as string[]
  if (flat.length % 2 !== 0) return false
  const seen = new Set<string>()
  for (let index = 0; index < flat.length; index += 2) {
    const [name = '', value = ''] = flat.slice(index, index + 2)
    if (!seen.has(name.toLowerCase())) res.removeHeader(name)
    seen.add(name.toLowerCase())
    res.appendHeader(name, String(value))
  }
  return true
}

function toBytes(chunk: unknown, encoding: unknown): Buffer | undefined {
  if (typeof chunk === 'string')
    return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  return chunk instanceof Uint8Array
    ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    : undefined
}
