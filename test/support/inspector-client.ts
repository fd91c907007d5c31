/** A debugger client as an editor or DevTools is: speaks the Chrome DevTools Protocol over the inspector's WebSocket. */

import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'

type Message = Readonly<Record<string, unknown>>

export interface InspectorClient {
  /** Sends a command and waits for its result. */
  send(method: string, params?: object): Promise<Message>
  /** Waits for the next event of a name. */
  event(method: string): Promise<Message>
  /** Names of the events that came. */
  readonly seen: readonly string[]
  close(): Promise<void>
}

/** `url` is what `inspector.url()` says, or Node prints after `Debugger listening on`. */
export async function attach(url: string): Promise<InspectorClient> {
  const { hostname, port, pathname, host } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const key = randomBytes(16).toString('base64')
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  )
  const bus = new EventEmitter().setMaxListeners(0)
  const seen: string[] = []
  let buffered = Buffer.alloc(0)
  let isOpen = false
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    if (!isOpen) {
      const end = buffered.indexOf('\r\n\r\n')
      if (end < 0) return
      isOpen = true
      buffered = buffered.subarray(end + 4)
      bus.emit('open')
    }
    for (let read = readFrame(buffered); read !== undefined; read = readFrame(buffered)) {
      buffered = buffered.subarray(read.length)
      if (read.opcode !== 1) continue
      const message = JSON.parse(read.text) as Message
      if (typeof message.method === 'string') seen.push(message.method)
      bus.emit(`${message.id ?? message.method}`, message.result ?? message.params ?? message.error)
    }
  })
  await once(bus, 'open')
  let id = 0
  return {
    seen,
    async send(method, params = {}) {
      id++
      const answered = once(bus, String(id))
      socket.write(maskedText(JSON.stringify({ id, method, params })))
      const [answer] = (await answered) as [Message]
      return answer
    },
    async event(method) {
      const [params] = (await once(bus, method)) as [Message]
      return params
    },
    async close() {
      const closed = once(socket, 'close')
      // A close frame without a payload, masked with zeros (RFC 6455 §5.5.1).
      socket.end(Buffer.from([0x88, 0x80, 0, 0, 0, 0]))
      await closed
    },
  }
}

/** A whole frame of a server, which masks nothing (RFC 6455 §5.2); the inspector does not fragment. */
function readFrame(data: Buffer): { opcode: number; text: string; length: number } | undefined {
  if (data.length < 2) return undefined
  const short = data.readUInt8(1) & 0x7f
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (data.length < head) return undefined
  const size = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short
  if (data.length < head + size) return undefined
  const text = data.toString('utf8', head, head + size)
  return { opcode: data.readUInt8(0) & 0x0f, text, length: head + size }
}

/** A text frame of a client, masked with zeros. */
function maskedText(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = payload.length < 126 ? Buffer.alloc(6) : Buffer.alloc(8)
  head[0] = 0x81
  head[1] = 0x80 | Math.min(payload.length, 126)
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
