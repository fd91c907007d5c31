/**
 * Counts the body of a response where it goes into the socket. For responses whose methods somebody has wrapped
 * before anything here could see them: what is written above, say to a compressor, is not what is sent.
 */

import type { ServerResponse } from 'node:http'
import { Socket } from 'node:net'

/** Has `add` told of bytes of the body. @returns false where the response has no socket of its own to look at */
export function countBelow(res: ServerResponse, add: (bytes: number) => void): boolean {
  const { socket } = res
  if (!(socket instanceof Socket) || res.headersSent) return false
  const feed = bodyReader(add)
  const hadOwn = Object.hasOwn(socket, 'write')
  const inner = socket.write
  const counted = function countedWrite(this: Socket, ...args: unknown[]): boolean {
    const [chunk, encoding] = args
    if (typeof chunk === 'string') {
      feed(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8'))
    } else if (chunk instanceof Uint8Array) feed(chunk)
    return Reflect.apply(inner, this, args)
  } as Socket['write']
  socket.write = counted
  const restore = (): void => {
    if (socket.write !== counted) return
    if (hadOwn) socket.write = inner
    else delete (socket as Partial<Pick<Socket, 'write'>>).write
  }
  // Before Node hands the socket to the next pipelined response.
  res.prependListener('finish', restore)
  res.prependListener('close', restore)
  return true
}

/** Most bytes in which the end of a header, or of the size of a chunk, is looked for. */
const MAX_TEXT = 64 * 1024

const LINE_FEED = 10

/** Reads what is written for one response: headers, those of 1xx answers too, then the body with or without chunks. */
function bodyReader(add: (bytes: number) => void): (bytes: Uint8Array) => void {
  let state: 'header' | 'size' | 'chunk' | 'chunk-end' | 'plain' | 'done' = 'header'
  let text = ''
  let left = 0

  const step = (bytes: Uint8Array, at: number): number => {
    switch (state) {
      case 'header':
      case 'size': {
        const end = bytes.indexOf(LINE_FEED, at)
        const to = end < 0 ? bytes.length : end + 1
        text += Buffer.from(bytes.buffer, bytes.byteOffset + at, to - at).toString('latin1')
        if (text.length > MAX_TEXT) state = 'done'
        else if (state === 'size' && end >= 0) beginChunk()
        else if (state === 'header' && text.endsWith('\r\n\r\n')) endHeader()
        return to
      }
      case 'chunk':
      case 'chunk-end': {
        const taken = Math.min(left, bytes.length - at)
        if (state === 'chunk') add(taken)
        left -= taken
        if (left === 0) {
          left = 2
          if (state === 'chunk-end') text = ''
          state = state === 'chunk' ? 'chunk-end' : 'size'
        }
        return at + taken
      }
      case 'plain':
        add(bytes.length - at)
        return bytes.length
      default:
        return bytes.length
    }
  }
  const beginChunk = (): void => {
    left = Number.parseInt(text, 16)
    state = left > 0 ? 'chunk' : 'done'
  }
  const endHeader = (): void => {
    if (!/^HTTP\/1\.\d 1\d\d/.test(text)) {
      state = /\r\ntransfer-encoding:[^\r\n]*chunked/i.test(text) ? 'size' : 'plain'
    }
    text = ''
  }
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) at = step(bytes, at)
  }
}
