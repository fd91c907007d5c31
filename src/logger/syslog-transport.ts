/** Carries syslog messages over UDP, TCP, TLS or a unix socket; connects anew by itself. */

import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect as connectTcp, isIPv6, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { type Deliver, DeliveryError } from './batch-queue.ts'

/** Where to, and how messages are told apart on a stream. */
export interface SyslogTarget {
  readonly kind: 'udp' | 'tcp' | 'tls' | 'unix'
  readonly host: string
  readonly port: number
  /** Of the unix socket. */
  readonly path: string
  /** `octets`: the length in front (RFC 6587, 3.4.1); `lines`: a line end behind; `raw`: nothing. */
  readonly framing: 'octets' | 'lines' | 'raw'
  readonly tls: ConnectionOptions
  /** Bytes of one datagram. */
  readonly maxDatagram: number
  /** Said first on each connection. */
  readonly greeting?: string
}

/** A connection that delivers. */
export interface SyslogTransport {
  readonly deliver: Deliver
  readonly close: () => void
}

/**
 * Milliseconds in which messages written to a connection count as perhaps not arrived when it breaks. TCP does not
 * tell what the other side has read, so they are sent again: twice rather than never.
 */
const DOUBT_MS = 1000
/** Most such messages. */
const MAX_DOUBT = 2000

/** @param again takes messages that may have been lost with a connection */
export function syslogTransport(
  target: SyslogTarget,
  again: (items: readonly string[]) => void,
): SyslogTransport {
  return target.kind === 'udp' ? udpTransport(target) : streamTransport(target, again)
}

function udpTransport({ host, port, maxDatagram }: SyslogTarget): SyslogTransport {
  let socket: UdpSocket | undefined
  const open = (): UdpSocket => {
    const opened = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    opened.unref()
    opened.on('error', () => {
      if (socket === opened) socket = undefined
      opened.close()
    })
    return opened
  }
  return {
    async deliver(items) {
      for (const item of items) {
        socket ??= open()
        const via = socket
        const bytes = cut(Buffer.from(item, 'utf8'), maxDatagram)
        await new Promise<void>((resolve, reject) => {
          via.send(bytes, port, host, (error) => (error === null ? resolve() : reject(error)))
        })
      }
    },
    close: () => {
      socket?.close()
      socket = undefined
    },
  }
}

/** At most so many bytes, ending with a whole character. */
function cut(bytes: Buffer, length: number): Buffer {
  if (bytes.length <= length) return bytes
  let end = length
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.subarray(0, end)
}

function streamTransport(target: SyslogTarget, again: (items: readonly string[]) => void): SyslogTransport {
  let socket: Socket | undefined
  let isClosed = false
  let doubtful: { at: number; items: readonly string[] }[] = []

  const forgetOld = (): void => {
    const since = performance.now() - DOUBT_MS
    doubtful = doubtful.filter(({ at }) => at >= since).slice(-MAX_DOUBT)
  }

  const opened = async (signal: AbortSignal): Promise<Socket> => {
    if (socket !== undefined && !socket.destroyed && socket.writable) return socket
    const fresh = await open(target, signal)
    fresh.on('close', () => {
      if (socket === fresh) socket = undefined
      forgetOld()
      const items = doubtful.flatMap((one) => one.items)
      doubtful = []
      if (!isClosed && items.length > 0) again(items)
    })
    socket = fresh
    if (target.greeting !== undefined) fresh.write(target.greeting)
    return fresh
  }

  return {
    async deliver(items, signal) {
      const stream = await opened(signal)
      stream.ref()
      try {
        await write(stream, Buffer.concat(items.map((item) => framed(item, target.framing))), signal)
      } finally {
        // An idle connection is no reason for the process to go on.
        stream.unref()
      }
      forgetOld()
      doubtful.push({ at: performance.now(), items })
    },
    close: () => {
      isClosed = true
      socket?.end()
      socket = undefined
    },
  }
}

function framed(item: string, framing: SyslogTarget['framing']): Buffer {
  const bytes = Buffer.from(item, 'utf8')
  const before = framing === 'octets' ? `${bytes.length} ` : ''
  const after = framing === 'lines' ? '\n' : ''
  return Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)])
}

function open(target: SyslogTarget, signal: AbortSignal): Promise<Socket> {
  const { kind, host, port, path, tls } = target
  return new Promise((resolve, reject) => {
    const isTls = kind === 'tls'
    const socket = isTls
      ? connectTls({ host, port, servername: isIPv6(host) || /^[\d.]+$/.test(host) ? '' : host, ...tls })
      : connectTcp(kind === 'unix' ? { path } : { host, port })
    const give = (): void => {
      socket.destroy(new Error('the receiver did not answer in time'))
    }
    signal.addEventListener('abort', give, { once: true })
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      signal.removeEventListener('abort', give)
      // What the receiver says is of no interest, but its end must be noticed.
      socket.resume()
      resolve(socket)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', give)
      reject(error.code === 'EPROTOTYPE' ? datagramSocket(path) : error)
    })
  })
}

function write(stream: Socket, bytes: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      stream.destroy()
      reject(new Error('the receiver does not read'))
    }
    signal.addEventListener('abort', give, { once: true })
    stream.write(bytes, (error) => {
      signal.removeEventListener('abort', give)
      if (error) reject(error)
      else resolve()
    })
  })
}

function datagramSocket(path: string): DeliveryError {
  return new DeliveryError(
    `${path} is a datagram socket, which Node.js cannot write to; use udp://localhost, or a stream socket of the daemon (rsyslog: imptcp with path)`,
    'never',
  )
}
