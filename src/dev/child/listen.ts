/**
 * Servers of this process listen on sockets that outlive it. What an earlier process bound is taken over by its file
 * descriptor; what is new is bound by Node as always, and the parent is given a second hold of it. The parent never
 * accepts: while no process serves, connections wait in the kernel's queue.
 */

import { closeSync } from 'node:fs'
import { Server } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { isOwnServer } from '../../core/own-servers.ts'
import type { InheritedSocket } from '../messages.ts'
import type { Channel } from './channel.ts'

/** The part of a libuv TCP handle that is used here. */
export interface TcpHandle {
  readonly fd: number
  close(done?: () => void): void
  readStop(): number
  getsockname(out: object): number
  ref(): void
  unref(): void
  hasRef(): boolean
}

/** A server with the handle Node keeps on it. */
export interface ServerWithHandle extends Server {
  _handle: TcpHandle | null
}

type Listen = (this: Server, ...args: unknown[]) => Server

/** Servers that listen on a socket shared with the parent, by its key. */
export const sharedServers = new Map<string, ServerWithHandle>()

/** Takes over `sockets` when servers ask for them, and tells the parent of every server that listens; `onServer` hears of each before. */
export function shareSockets(
  sockets: readonly InheritedSocket[],
  channel: Channel,
  isWorker: boolean,
  onServer: (server: Server) => void,
): void {
  const free = new Map(sockets.map((socket) => [socket.key, socket.fd]))
  /** What is inherited is held until it is closed, also where the parent has let it go. */
  const closeFree = (isOver: (key: string) => boolean): void => {
    for (const [key, fd] of free) {
      if (!isOver(key)) continue
      free.delete(key)
      closeSync(fd)
    }
  }
  channel.on('unclaimed', () => closeFree(() => true))
  const count = { unnamed: 0 }
  const listen = Server.prototype.listen as Listen
  const known = new WeakSet<Server>()
  const patched: Listen = function (...args) {
    if (isOwnServer(this)) return listen.apply(this, args)
    if (!known.has(this)) onServer(this)
    known.add(this)
    const wanted = readWish(args)
    if (wanted === undefined) {
      this.once('listening', () => announce(this as ServerWithHandle, '', false, channel))
      return listen.apply(this, args)
    }
    const key = listenKey(wanted, count)
    const fd = free.get(key)
    if (fd !== undefined) {
      free.delete(key)
      this.once('listening', () => announce(this as ServerWithHandle, key, false, channel))
      return listen.call(
        this,
        { ...wanted.options, host: undefined, port: undefined, fd },
        ...wanted.callback,
      )
    }
    if (isWorker) {
      channel.onceGiven(key, (handle) => {
        this.once('listening', () => announce(this as ServerWithHandle, key, handle === undefined, channel))
        if (handle === undefined) listen.apply(this, args)
        else listen.call(this, handle, ...wanted.callback)
      })
      return this
    }
    this.once('listening', () => announce(this as ServerWithHandle, key, true, channel))
    const isHeld = wanted.port !== 0 && [...free.keys()].some((one) => portOf(one) === wanted.port)
    if (!isHeld) return listen.apply(this, args)
    closeFree((one) => portOf(one) === wanted.port)
    channel.onceReleased(wanted.port, () => listen.apply(this, args))
    return this
  }
  Server.prototype.listen = patched as typeof Server.prototype.listen
}

interface Wish {
  readonly port: number
  readonly host: string
  readonly options: Readonly<Record<string, unknown>>
  readonly callback: readonly unknown[]
}

/** What a call of `listen` asks for; undefined for pipes, handles and descriptors, which are nobody else's business. */
export function readWish(args: readonly unknown[]): Wish | undefined {
  const callback = args.filter((one) => typeof one === 'function').slice(-1)
  const [first, second] = args
  if (typeof first === 'object' && first !== null) {
    const options = first as Readonly<Record<string, unknown>>
    if (!('port' in options) || 'fd' in options || '_handle' in options) return undefined
    const port = toPort(options.port)
    const host = typeof options.host === 'string' ? options.host : ''
    return port === undefined ? undefined : { port, host, options, callback }
  }
  const port = toPort(first)
  if (port === undefined) return undefined
  return { port, host: typeof second === 'string' ? second : '', options: {}, callback }
}

function toPort(value: unknown): number | undefined {
  if (value === undefined || value === null || typeof value === 'function') return 0
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{1,5}$/.test(value))
  return isNumber ? Number(value) : undefined
}

/** Names a socket as the application asked for it. A port chosen by the system is told apart by its turn. */
export function listenKey({ port, host }: Wish, count: { unnamed: number }): string {
  return port === 0 ? `${host}|0|${count.unnamed++}` : `${host}|${port}`
}

const portOf = (key: string): number => Number(key.split('|')[1])

function announce(server: ServerWithHandle, key: string, isNew: boolean, channel: Channel): void {
  const address = server.address()
  if (address === null) return
  const shown =
    typeof address === 'string'
      ? address
      : `${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`
  if (key !== '') sharedServers.set(key, server)
  channel.send(
    { rocksolid: 'listening', key, address: shown, isTls: server instanceof TlsServer },
    isNew ? (server._handle ?? undefined) : undefined,
  )
}
