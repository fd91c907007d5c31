/**
 * Servers of a runtime that does not take sockets over, and of Node in their place: each listens on a port of its own,
 * and the process that watches listens where the application wanted to; see parent/gate.ts. The application sees what
 * it asked for.
 */

import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Server as HttpsServer } from 'node:https'
import { type AddressInfo, Server } from 'node:net'
import type { Channel } from './channel.ts'
import type { Connections, Intercept } from './connections.ts'
import { listenKey, readWish } from './listen.ts'

type Listen = (this: Server, ...args: unknown[]) => Server
type Emit = (this: Server, event: string | symbol, ...args: unknown[]) => boolean

/** Requests in flight, of servers of any kind. */
export class InFlight {
  #count = 0
  #onProgress: () => void = () => {}

  begin(): () => void {
    this.#count++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#count--
      this.#onProgress()
    }
  }

  /** As far as a runtime tells: connections themselves belong to the gate. */
  asConnections(): Connections {
    return {
      watch() {},
      isIdle: () => this.#count === 0,
      hasUnasked: () => true,
      drain: (_give, onProgress) => {
        this.#onProgress = onProgress
      },
      adopt: () => false,
    }
  }
}

/** Where servers that want `key` listen for others. */
export interface GateDesk {
  /** Listens for `key` from now on and passes on to `port`; calls back with where, or with the system's error code. */
  open(
    key: string,
    wanted: number,
    port: number,
    isTls: boolean,
    then: (answer: { readonly port: number; readonly host: string } | string) => void,
  ): void
  /** Names the next socket whose port the system chooses. */
  readonly count: { unnamed: number }
  /** Whether a server of node:net is about to listen: a runtime may build it on one of its own. */
  readonly inside: { isListening: boolean }
  /** The port of an earlier process's socket. */
  known(key: string): number | undefined
}

export function openGateDesk(channel: Channel, ports: Readonly<Record<string, number>>): GateDesk {
  const waiting = new Map<string, Parameters<GateDesk['open']>[4]>()
  channel.on('gate', ({ key, host, port, code }) => {
    const then = waiting.get(key)
    waiting.delete(key)
    then?.(code ?? { host, port })
  })
  return {
    count: { unnamed: 0 },
    inside: { isListening: false },
    known: (key) => ports[key],
    open(key, wanted, port, isTls, then) {
      waiting.set(key, then)
      channel.send({ rocksolid: 'behind', key, wanted, port, isTls })
    },
  }
}

/** Servers of node:net and node:http. */
export function listenBehindGate(desk: GateDesk, inFlight: InFlight, intercept: Intercept): void {
  for (const prototype of new Set([Server.prototype, HttpServer.prototype, HttpsServer.prototype])) {
    if (!Object.hasOwn(prototype, 'listen')) continue
    const listen = prototype.listen as Listen
    const patched: Listen = function (...args) {
      const wanted = desk.inside.isListening ? undefined : readWish(args)
      if (wanted === undefined) return listen.apply(this, args)
      const key = listenKey(wanted, desk.count)
      const [callback] = wanted.callback
      if (callback !== undefined) this.once('listening', callback as () => void)
      takePart(this, inFlight, intercept)
      holdListening(this, wanted, (internal, go) => {
        desk.open(key, desk.known(key) ?? wanted.port, internal, this instanceof HttpsServer, go)
      })
      desk.inside.isListening = true
      try {
        return listen.call(this, { ...wanted.options, port: 0, host: '127.0.0.1' })
      } finally {
        desk.inside.isListening = false
      }
    }
    prototype.listen = patched as typeof prototype.listen
  }
}

type Answer = { readonly port: number; readonly host: string } | string

/** The application hears that it listens when the gate does. */
function holdListening(
  server: Server,
  wanted: { readonly host: string; readonly port: number },
  ask: (internal: number, go: (answer: Answer) => void) => void,
): void {
  const emit = server.emit as Emit
  server.emit = function (this: Server, event: string | symbol, ...args: unknown[]) {
    if (event !== 'listening') return emit.call(this, event, ...args)
    server.emit = emit as typeof server.emit
    const internal = (this.address() as AddressInfo).port
    ask(internal, (answer) => {
      if (typeof answer === 'string') {
        const problem = refusal(answer, wanted.host, wanted.port)
        this.close()
        emit.call(this, 'error', problem)
        return
      }
      const { host, port } = answer
      this.address = () => ({ address: host, port, family: host.includes(':') ? 'IPv6' : 'IPv4' })
      emit.call(this, 'listening', ...args)
    })
    return true
  } as typeof server.emit
}

/** As the system words it. */
export function refusal(code: string, host: string, port: number): Error {
  const place = `${host.includes(':') ? `[${host}]` : host || '0.0.0.0'}:${port}`
  return Object.assign(new Error(`listen ${code}: ${place}`), { code, syscall: 'listen', port })
}

/** On the object itself, so that we come before all who hook the prototypes. */
function takePart(server: Server, inFlight: InFlight, intercept: Intercept): void {
  const emit = server.emit as Emit
  server.emit = function (this: Server, event: string | symbol, ...args: unknown[]) {
    if (event !== 'request') return emit.call(this, event, ...args)
    const [req, res] = args as [IncomingMessage, ServerResponse]
    res.once('close', inFlight.begin())
    return intercept(req, res) || emit.call(this, event, ...args)
  } as typeof server.emit
}
