/**
 * Puts one script tag into an HTML response as it passes by. Nothing is held back: the tag goes into the first piece,
 * behind `<head>` or the doctype, and where there is neither, to the end.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { permissionOf } from './policy.ts'

type Callback = () => void
type Write = (chunk: unknown, encoding?: unknown, done?: unknown) => boolean
type End = (chunk?: unknown, encoding?: unknown, done?: unknown) => ServerResponse

/** How far into the first piece the place is looked for. */
const LOOKED_AT = 4096

/** Header by which an application keeps the overlay out of a response: `X-Rocksolid-Overlay: off`. */
const SWITCH = 'x-rocksolid-overlay'

/** Whether a request asks for a document: the only one whose answer a browser opens as a page. */
export function wantsDocument({ method, headers }: IncomingMessage): boolean {
  if (method === 'HEAD') return false
  const destination = headers['sec-fetch-dest']
  if (destination !== undefined) return destination === 'document' || destination === 'iframe'
  // On a plain host name browsers send no fetch metadata; they still say this with every navigation.
  return headers['upgrade-insecure-requests'] === '1' && (headers.accept ?? '').includes('text/html')
}

/** Injects what `tagOf` gives, if the response turns out to be a page. */
export function injectInto(res: ServerResponse, tagOf: (nonce: string | undefined) => string): void {
  const original = { writeHead: res.writeHead, write: res.write, end: res.end }
  const writeHead = original.writeHead as (this: ServerResponse, ...args: unknown[]) => ServerResponse
  let tag: Buffer | undefined
  let isDecided = false

  const restore = (): void => {
    Object.assign(res, original)
  }
  /** Looks at the headers, once, just before they are sent. */
  const decide = (): void => {
    if (isDecided) return
    isDecided = true
    const nonce = res.headersSent ? undefined : placeFor(res)
    res.removeHeader(SWITCH)
    if (nonce === undefined) {
      restore()
      return
    }
    tag = Buffer.from(tagOf(nonce.nonce))
    const length = Number(res.getHeader('content-length'))
    if (Number.isFinite(length) && res.hasHeader('content-length'))
      res.setHeader('content-length', length + tag.length)
  }
  /** The chunk with the tag in it, when it has a place for it. */
  const placed = (chunk: unknown, encoding: unknown): unknown => {
    if (tag === undefined) return chunk
    const bytes = toBytes(chunk, encoding)
    const at = bytes === undefined ? -1 : placeIn(bytes)
    if (bytes === undefined || at < 0) return chunk
    const whole = Buffer.concat([bytes.subarray(0, at), tag, bytes.subarray(at)])
    tag = undefined
    return whole
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

  let isFirst = true
  const write: Write = (chunk, encoding, done) => {
    decide()
    const piece = isFirst ? placed(chunk, encoding) : chunk
    isFirst = false
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
    let last: unknown = hasChunk ? (isFirst ? placed(chunk, encoding) : chunk) : undefined
    if (tag !== undefined) {
      const bytes = last === undefined ? Buffer.alloc(0) : toBytes(last, encoding)
      if (bytes !== undefined) last = Buffer.concat([bytes, tag])
      tag = undefined
    }
    restore()
    return (original.end as End).call(res, last, last === chunk ? encoding : undefined, callback)
  }
  res.write = write as typeof res.write
  res.end = end as typeof res.end
}

const doneOf = (encoding: unknown, done: unknown): unknown =>
  typeof encoding === 'function' ? encoding : done

/** Whether the response is a page that is sent as it is, and what its policy asks of a script. */
function placeFor(res: ServerResponse): { readonly nonce: string | undefined } | undefined {
  const header = (name: string): string => String(res.getHeader(name) ?? '').toLowerCase()
  const type = header('content-type')
  const isPage =
    /^(?:text\/html|application\/xhtml\+xml)\b/.test(type) && !/charset="?utf-(?:16|32)/.test(type)
  const isWhole = res.statusCode >= 200 && ![204, 205, 206, 304].includes(res.statusCode)
  const isPlain = ['', 'identity'].includes(header('content-encoding'))
  const isShown = !header('content-disposition').startsWith('attachment')
  if (!isPage || !isWhole || !isPlain || !isShown || header(SWITCH) === 'off') return undefined
  return permissionOf(res.getHeader('content-security-policy'))
}

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

/** Where in the bytes the tag goes; -1 for nowhere. Only ASCII is looked for, which all page encodings share. */
function placeIn(bytes: Buffer): number {
  const text = bytes.subarray(0, LOOKED_AT).toString('latin1')
  const head = /<head(?:\s[^<>]{0,1000})?>/i.exec(text)
  if (head !== null) return head.index + head[0].length
  const doctype = /^(?:\xef\xbb\xbf)?\s{0,100}<!doctype[^<>]{0,300}>/i.exec(text)
  return doctype === null ? -1 : doctype[0].length
}
