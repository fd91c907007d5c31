/**
 * The socket of a server whose runtime does not take sockets over: this process listens in its place and passes bytes
 * on to the process that serves, which listens on a port of its own. Connections wait here while none serves.
 *
 * A connection has a process from the first byte of a request on. Between two requests, when the last bytes came from
 * the server, the next request goes to whoever serves then. Nothing is parsed but the beginning of a response.
 */

import { connect, createServer, type Server, type Socket } from 'node:net'
import { isLoopbackAddress } from '../../http/hosts.ts'
import { CLOSE_MS, CLOSE_RESTART } from '../websocket.ts'

/** Where a connection is passed on to. */
export interface GateTarget {
  readonly port: number
  /** A new process is to take its place. */
  readonly isRetired: () => boolean
}

/** Most connections that wait at once; a further one is closed. */
const MAX_WAITING = 1000
/** How far the headers of a response are looked into. */
const HEAD = 4096

export class Gate {
  /** What listens; undefined until it does. */
  address: { readonly host: string; readonly port: number } | undefined
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  readonly #waiting = new Set<Connection>()
  #target: GateTarget | undefined

  /** With `isOpen` other machines are let in; the server cannot tell them from this one. */
  constructor(isOpen: boolean) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      if (!isOpen && !isLoopbackAddress(client.remoteAddress)) client.destroy()
      else this.#connections.add(new Connection(client, this, (one) => this.#forget(one)))
    })
  }

  /** Resolves when it listens. @throws the system's error, such as EADDRINUSE */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
        const address = this.#server.address() as { readonly address: string; readonly port: number }
        this.address = { host: address.address, port: address.port }
        this.#server.on('error', () => {})
        resolve()
      })
    })
  }

  get target(): GateTarget | undefined {
    return this.#target?.isRetired() ? undefined : this.#target
  }

  /** From now on requests go to this process, those that wait first. */
  serve(target: GateTarget): void {
    this.#target = target
    for (const connection of this.#waiting) {
      this.#waiting.delete(connection)
      connection.attach(target)
    }
  }

  /** False when too many wait. */
  wait(connection: Connection): boolean {
    if (this.#waiting.size >= MAX_WAITING) return false
    this.#waiting.add(connection)
    return true
  }

  /** Whether a request has been passed on to `target` that has no answer yet. */
  isBusy(target: GateTarget): boolean {
    return [...this.#connections].some((connection) => connection.isAsking(target))
  }

  /** `target` is replaced: what would last for ever is ended, so that its clients come again. */
  retire(target: GateTarget): void {
    for (const connection of this.#connections) if (connection.isOf(target)) connection.endStream()
  }

  /** Accepts nothing more; what has been asked is answered. */
  close(): void {
    this.#server.close()
    for (const connection of this.#connections) connection.finish()
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection)
    this.#waiting.delete(connection)
  }
}

class Connection {
  readonly #client: Socket
  readonly #gate: Gate
  readonly #waits: Buffer[] = []
  #upstream: Socket | undefined
  #target: GateTarget | undefined
  /** Bytes of the client have gone on since the last ones of the server. */
  #isAsking = false
  /** The beginning of a response whose header has not come whole; else ''. */
  #head = ''
  /** Not taken to another process: encrypted, HTTP/2, upgraded. */
  #isBound = false
  /** The end of the response is the end of the connection. */
  #endsWithAnswer = false
  /** What never ends by itself. */
  #stream: ReturnType<typeof streamOf> = 'none'
  #isChunked = false
  /** The last bytes of the server ended a chunk, as far as can be told without reading them all. */
  #isBetweenChunks = false
  #isFinishing = false

  constructor(client: Socket, gate: Gate, onClose: (connection: Connection) => void) {
    this.#client = client
    this.#gate = gate
    client.setNoDelay(true)
    client.on('data', (chunk: Buffer) => this.#ask(chunk))
    client.on('end', () => (this.#upstream === undefined ? client.end() : this.#upstream.end()))
    client.on('error', () => {})
    client.once('close', () => {
      this.#upstream?.destroy()
      onClose(this)
    })
  }

  isOf(target: GateTarget): boolean {
    return this.#target === target
  }

  isAsking(target: GateTarget): boolean {
    return this.#target === target && this.#isAsking
  }

  /** Ends an event stream or a websocket in a way that brings its client back. */
  endStream(): void {
    if (this.#stream === 'none') return
    const lastChunk = this.#isBetweenChunks ? LAST_CHUNK : ''
    this.#stop(this.#stream === 'websocket' ? CLOSE_RESTART : lastChunk)
  }

  /** Ends with the process that serves it, or at once where none does. */
  finish(): void {
    this.#isFinishing = true
    if (this.#upstream === undefined) this.#client.destroy()
    else this.endStream()
  }

  #stop(lastWords: Buffer | string): void {
    this.#isFinishing = true
    this.#leave()
    this.#client.end(lastWords)
    setTimeout(() => this.#client.destroy(), CLOSE_MS).unref()
  }

  attach(target: GateTarget): void {
    const upstream = connect({ port: target.port, host: '127.0.0.1', allowHalfOpen: true })
    upstream.setNoDelay(true)
    this.#upstream = upstream
    this.#target = target
    let hasConnected = false
    upstream.once('connect', () => {
      hasConnected = true
    })
    upstream.on('data', (chunk: Buffer) => this.#answer(chunk, upstream))
    upstream.on('end', () => this.#upstreamEnded(upstream))
    upstream.on('drain', () => this.#client.resume())
    upstream.on('error', () => {
      if (upstream !== this.#upstream) return
      // The process has just ended: nothing has been said to it yet.
      if (hasConnected) this.#client.destroy()
      else this.#waitAgain()
    })
    for (const chunk of this.#waits) upstream.write(chunk)
    upstream.once('connect', () => this.#waits.splice(0))
    this.#client.resume()
  }

  #ask(chunk: Buffer): void {
    if (this.#isFinishing && this.#upstream === undefined) return
    if (this.#upstream === undefined)
      this.#isBound ||= chunk[0] === 0x16 || chunk.subarray(0, 3).equals(HTTP2)
    const isResting = !this.#isAsking && !this.#isBound
    if (this.#upstream !== undefined && isResting && this.#target?.isRetired() === true) this.#leave()
    this.#isAsking = true
    if (this.#upstream !== undefined) {
      // Said again should the connection not come about.
      if (this.#upstream.connecting) this.#waits.push(chunk)
      if (!this.#upstream.write(chunk)) this.#client.pause()
      return
    }
    this.#waits.push(chunk)
    this.#waitAgain()
  }

  #answer(chunk: Buffer, upstream: Socket): void {
    if (upstream !== this.#upstream) return
    if ((this.#isAsking || this.#head !== '') && this.#stream !== 'websocket') this.#readHead(chunk)
    if (this.#isChunked && endsResponse(chunk)) this.#stream = 'none'
    this.#isBetweenChunks = this.#isChunked && chunk.subarray(-2).equals(LINE_END)
    const isTaken = this.#client.write(chunk)
    // Its process was told to finish before it began, and never will.
    if (this.#target?.isRetired() === true && this.#head === '') this.endStream()
    if (isTaken) return
    upstream.pause()
    this.#client.once('drain', () => upstream.resume())
  }

  #readHead(chunk: Buffer): void {
    if (this.#isAsking) this.#head = ''
    this.#head = (this.#head + chunk.toString('latin1', 0, HEAD)).slice(0, HEAD)
    const [fields = '', ...rest] = this.#head.split('\r\n\r\n', 2)
    if (fields.startsWith('HTTP/1.1 101')) this.#isBound = true
    this.#endsWithAnswer = /^connection: *close/im.test(fields)
    this.#stream = streamOf(fields)
    this.#isChunked = /^transfer-encoding: *chunked/im.test(fields)
    // The server only says that it goes on listening.
    this.#isAsking = fields.startsWith('HTTP/1.1 100')
    if (rest.length > 0 || this.#head.length === HEAD) this.#head = ''
  }

  #upstreamEnded(upstream: Socket): void {
    if (upstream !== this.#upstream) return
    const isRetired = this.#target?.isRetired() === true
    const isResting = !this.#isAsking && !this.#isBound && !this.#endsWithAnswer
    if (this.#isFinishing) this.#client.destroySoon()
    // Cut by the process itself, before it was replaced.
    else if (isRetired && this.#stream !== 'none') this.endStream()
    // Its process is replaced; the client need not know.
    else if (isResting && isRetired) this.#leave()
    else this.#client.end()
  }

  #leave(): void {
    const upstream = this.#upstream
    this.#upstream = undefined
    this.#target = undefined
    upstream?.destroy()
  }

  #waitAgain(): void {
    this.#leave()
    const { target } = this.#gate
    if (target !== undefined) this.attach(target)
    else if (this.#gate.wait(this)) this.#client.pause()
    else this.#client.destroy()
  }
}

function streamOf(head: string): 'none' | 'events' | 'websocket' {
  if (head.startsWith('HTTP/1.1 101')) return /^upgrade: *websocket/im.test(head) ? 'websocket' : 'none'
  return /^content-type: *text\/event-stream/im.test(head) ? 'events' : 'none'
}

const LINE_END = Buffer.from('\r\n')
/** RFC 9112 7.1. */
const LAST_CHUNK = '0\r\n\r\n'

/** Whether a chunked response ends here: its last chunk came alone, or behind the end of another. */
function endsResponse(bytes: Buffer): boolean {
  const end = bytes.subarray(-LAST_CHUNK.length - 2).toString('latin1')
  return end === LAST_CHUNK || end === `\r\n${LAST_CHUNK}`
}

/** How a client of HTTP/2 begins. RFC 9113 3.4. */
const HTTP2 = Buffer.from('PRI')
