/**
 * What is a page, and where in it the tag goes: the same for responses of Node's kind and of the fetch kind, see
 * inject.ts and fetch-answers.ts. Nothing is held back: the tag goes into the first piece, behind `<head>` or the
 * doctype, and where there is neither, to the end.
 */

import { type Permission, permissionOf } from './policy.ts'

/** Header by which an application keeps the overlay out of a response: `X-Rocksolid-Overlay: off`. */
export const SWITCH = 'x-rocksolid-overlay'

/** The part of a request that is looked at. */
export interface Asked {
  readonly method?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/**
 * What a request for a page must not say: what is compressed cannot be added to, and a page that is said to be the same
 * as before would come with the tag of a process that is gone, be loaded again for that, and so on for ever.
 */
export const UNASKED = ['accept-encoding', 'if-none-match', 'if-modified-since'] as const

/** How far into the first piece the place is looked for. */
const LOOKED_AT = 4096

/** Whether a request asks for a document: the only one whose answer a browser opens as a page. */
export function wantsDocument({ method, headers }: Asked): boolean {
  if (method === 'HEAD') return false
  const destination = headers['sec-fetch-dest']
  if (destination !== undefined) return destination === 'document' || destination === 'iframe'
  // On a plain host name browsers send no fetch metadata; they still say this with every navigation.
  return headers['upgrade-insecure-requests'] === '1' && String(headers.accept ?? '').includes('text/html')
}

/** Whether a response is a page that is sent as it is, and what its policy asks of a script. */
export function permissionFor(
  status: number,
  headerOf: (name: string) => number | string | readonly string[] | undefined | null,
): Permission | undefined {
  const header = (name: string): string => String(headerOf(name) ?? '').toLowerCase()
  const type = header('content-type')
  const isPage =
    /^(?:text\/html|application\/xhtml\+xml)\b/.test(type) && !/charset="?utf-(?:16|32)/.test(type)
  const isWhole = status >= 200 && ![204, 205, 206, 304].includes(status)
  const isPlain = ['', 'identity'].includes(header('content-encoding'))
  const isShown = !header('content-disposition').startsWith('attachment')
  if (!isPage || !isWhole || !isPlain || !isShown || header(SWITCH) === 'off') return undefined
  return permissionOf(headerOf('content-security-policy') ?? undefined)
}

/** Puts one tag into a page whose pieces pass by. */
export class TagInPage {
  readonly length: number
  #tag: Buffer | undefined
  #isFirst = true

  constructor(tag: string) {
    this.#tag = Buffer.from(tag)
    this.length = this.#tag.length
  }

  /** The next piece, with the tag in it when it has a place for it; the very same where it has none. */
  pass<Piece extends Uint8Array>(piece: Piece): Piece | Buffer {
    if (!this.#isFirst || piece.length === 0) return piece
    this.#isFirst = false
    const tag = this.#tag
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    const at = placeIn(bytes)
    if (tag === undefined || at < 0) return piece
    this.#tag = undefined
    return Buffer.concat([bytes.subarray(0, at), tag, bytes.subarray(at)])
  }

  /** A piece of unknown make has gone by unseen: the tag goes to the end. */
  skip(): void {
    this.#isFirst = false
  }

  /** What is left to send at the end. */
  rest(): Buffer | undefined {
    const tag = this.#tag
    this.#tag = undefined
    return tag
  }
}

/** Where in the bytes the tag goes; -1 for nowhere. Only ASCII is looked for, which all page encodings share. */
function placeIn(bytes: Buffer): number {
  const text = bytes.subarray(0, LOOKED_AT).toString('latin1')
  const head = /<head(?:\s[^<>]{0,1000})?>/i.exec(text)
  if (head !== null) return head.index + head[0].length
  const doctype = /^(?:\xef\xbb\xbf)?\s{0,100}<!doctype[^<>]{0,300}>/i.exec(text)
  return doctype === null ? -1 : doctype[0].length
}
