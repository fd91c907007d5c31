/** Sees every event of every HTTP server of the process, made before or later, by whatever framework. */

import { Server as HttpServer } from 'node:http'
import { createSecureServer, createServer } from 'node:http2'
import { Server as HttpsServer } from 'node:https'
import type { Server } from 'node:net'

type Emit = (this: Server, event: string | symbol, ...args: unknown[]) => boolean

/** Called in place of an event's emission; `emit` does it. */
export type EventHook = (
  event: string | symbol,
  args: readonly unknown[],
  emit: () => boolean,
  server: Server,
) => boolean

/**
 * Puts `hook` around `emit` of all kinds of servers. On the prototypes, so that servers that exist already have it,
 * and others who wrap `emit` (tracing agents do) find what they expect.
 * @returns takes it out again, where nobody has wrapped it meanwhile
 */
export function hookServers(hook: EventHook): () => void {
  const undo = serverPrototypes().map((prototype) => hookPrototype(prototype, hook))
  return () => {
    for (const one of undo) one()
  }
}

function hookPrototype(prototype: object & { emit?: Emit }, hook: EventHook): () => void {
  const own = Object.getOwnPropertyDescriptor(prototype, 'emit')
  const inherited = prototype.emit as Emit
  let isOn = true
  const emit: Emit = function rocksolidEmit(this: Server, event, ...args) {
    const go = (): boolean => Reflect.apply(inherited, this, [event, ...args])
    return isOn ? hook(event, args, go, this) : go()
  }
  Object.defineProperty(prototype, 'emit', { value: emit, configurable: true, writable: true })
  return () => {
    isOn = false
    if (prototype.emit !== emit) return
    if (own === undefined) delete prototype.emit
    else Object.defineProperty(prototype, 'emit', own)
  }
}

/** Classes of HTTP/2 servers are not exported; an instance leads to them. */
function serverPrototypes(): object[] {
  const http2 = [createServer, createSecureServer].flatMap((create) => {
    try {
      const server = create()
      server.close()
      return [Object.getPrototypeOf(server) as object]
    } catch {
      // A build without TLS.
      return []
    }
  })
  return [HttpServer.prototype, HttpsServer.prototype, ...http2]
}
