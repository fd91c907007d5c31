/**
 * `Bun.serve` and `Deno.serve` in a process that is watched: behind the gate, and with the access log, the debugger and
 * the overlay around their handlers.
 */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PREFIX } from '../../debugger/protocol.ts'
import { distFolder } from '../dist-folder.ts'
import type { AroundFetch } from '../overlay/around-fetch.ts'
import { type GateDesk, type InFlight, refusal } from './behind-gate.ts'
import { printsToTerminal } from './state.ts'

type Handler = (this: unknown, request: Request, ...rest: unknown[]) => unknown
type Wrap = (handler: Handler) => Handler
type Options = Readonly<Record<string, unknown>>

interface ServeInfo {
  readonly completed?: Promise<unknown>
}

interface BunServer {
  readonly port: number
  readonly pendingRequests?: number
  reload: (options: Options) => BunServer
}

interface Runtimes {
  readonly Bun?: {
    serve: (options: Options) => BunServer
    listen: (options: object) => { readonly port: number; stop(): void }
  }
  readonly Deno?: {
    serve: (...args: unknown[]) => unknown
    listen: (options: object) => { readonly addr: { readonly port: number }; close(): void }
  }
}

const LOCAL = '127.0.0.1'

/** How a handler becomes one that is watched: `outer` of what is counted, `inner` of what is not. */
interface Layers {
  readonly outer: Wrap
  readonly inner: Wrap
}

export function serveBehindGate(desk: GateDesk, inFlight: InFlight, overlay: AroundFetch): void {
  const { Bun, Deno } = globalThis as Runtimes
  const { ROCKSOLID_ACCESS, ROCKSOLID_DEBUGGER } = process.env
  const isWatched = ROCKSOLID_ACCESS !== 'off' || ROCKSOLID_DEBUGGER !== 'off'
  const watched = isWatched ? watchedHandler() : undefined
  const inner = (handler: Handler): Handler => {
    const heard = overlay.inner(handler)
    return watched === undefined ? heard : watched(overlay.bodies(heard))
  }
  const layers = { outer: overlay.outer, inner }
  if (Bun !== undefined) patchBun(Bun, desk, inFlight, layers)
  if (Deno !== undefined) patchDeno(Deno, desk, inFlight, layers)
}

function patchBun(
  bun: NonNullable<Runtimes['Bun']>,
  desk: GateDesk,
  inFlight: InFlight,
  { outer, inner }: Layers,
): void {
  const { serve } = bun
  bun.serve = (options) => {
    const isOwn = typeof options.fetch !== 'function' && options.routes === undefined
    if (isOwn || desk.inside.isListening || options.unix !== undefined) return serve.call(bun, options)
    const { env } = process
    const wanted = Number(options.port ?? env.BUN_PORT ?? env.PORT ?? env.NODE_PORT ?? 3000)
    const host = String(options.hostname ?? '')
    const place = choosePort(desk, host, wanted, () => {
      const socket = bun.listen({ hostname: LOCAL, port: 0, socket: { data() {} } })
      socket.stop()
      return socket.port
    })
    const count = (handler: Handler): Handler =>
      async function (this: unknown, ...args) {
        const over = inFlight.begin()
        try {
          return await handler.apply(this, args)
        } finally {
          // The body may still be on its way; the runtime counts it.
          const look = (): void => ((server.pendingRequests ?? 0) > 0 ? void setTimeout(look, 20) : over())
          setTimeout(look, 0)
        }
      }
    const through = (handler: Handler): Handler => outer(count(inner(handler)))
    const around = (given: Options): Options => ({
      ...given,
      ...(typeof given.fetch === 'function' ? { fetch: through(given.fetch as Handler) } : {}),
      ...(given.routes === undefined ? {} : { routes: withOwnRoute(given.routes as Options, through) }),
    })
    const server: BunServer = serve.call(bun, { ...around(options), port: 0, hostname: LOCAL })
    const { reload } = server
    // Handlers exchanged while it runs.
    server.reload = (given) => reload.call(server, around(given))
    announce(desk, place, server.port, options.tls !== undefined)
    return withPort(server, place.port, host)
  }
}

function patchDeno(
  deno: NonNullable<Runtimes['Deno']>,
  desk: GateDesk,
  inFlight: InFlight,
  { outer, inner }: Layers,
): void {
  const { serve } = deno
  deno.serve = (...args) => {
    const options = (args.find((one) => typeof one === 'object' && one !== null) ?? {}) as Options
    const handler = (args.find((one) => typeof one === 'function') ?? options.handler) as Handler
    if (desk.inside.isListening || options.path !== undefined || options.transport !== undefined)
      return serve.apply(deno, args)
    const host = String(options.hostname ?? '')
    const place = choosePort(desk, host, Number(options.port ?? 8000), () => {
      const listener = deno.listen({ hostname: LOCAL, port: 0 })
      listener.close()
      return listener.addr.port
    })
    const watched = inner(handler)
    const counted: Handler = async (request, ...rest) => {
      const over = inFlight.begin()
      const { completed } = (rest[0] ?? {}) as ServeInfo
      if (completed !== undefined) void completed.then(over, over)
      try {
        return await watched(request, ...rest)
      } finally {
        if (completed === undefined) over()
      }
    }
    const onListen = (address: { readonly port: number }): void => {
      announce(desk, place, address.port, options.cert !== undefined)
      const told = { hostname: host || '0.0.0.0', port: place.port, transport: 'tcp' }
      if (typeof options.onListen === 'function') options.onListen(told)
    }
    const whole = outer(counted)
    return serve.call(deno, { ...options, port: 0, hostname: LOCAL, onListen, handler: whole }, whole)
  }
}

interface Place {
  readonly key: string
  readonly port: number
}

/** These servers tell their port at once, so it is known before the gate listens. */
function choosePort(desk: GateDesk, host: string, wanted: number, freePort: () => number): Place {
  const key = wanted === 0 ? `${host}|0|${desk.count.unnamed++}` : `${host}|${wanted}`
  return { key, port: desk.known(key) ?? (wanted === 0 ? freePort() : wanted) }
}

function announce(desk: GateDesk, { key, port }: Place, internal: number, isTls: boolean): void {
  desk.open(key, port, internal, isTls, (answer) => {
    if (typeof answer === 'string') throw refusal(answer, key.split('|', 1)[0] ?? '', port)
  })
}

/** What the application asks the server for is what it wanted. */
function withPort(server: BunServer, port: number, hostname: string): BunServer {
  try {
    const url = new URL(
      `http://${hostname === '' || hostname === '0.0.0.0' ? 'localhost' : hostname}:${port}/`,
    )
    Object.defineProperties(server, {
      port: { value: port, configurable: true },
      url: { value: url, configurable: true },
    })
  } catch {
    // Then it sees its own.
  }
  return server
}

/** Without a `fetch` beside them, routes answer nothing that they do not name. */
function withOwnRoute(routes: Options, through: Wrap): Options {
  const nobody = through(() => new Response('Not Found', { status: 404 }))
  return { ...mapRoutes(routes, through), [`${PREFIX}/*`]: nobody }
}

function mapRoutes(routes: Options, through: Wrap): Options {
  const one = (route: unknown): unknown => {
    if (typeof route === 'function') return through(route as Handler)
    // A fixed page; what else is fixed stays the runtime's, with its ranges and its answers of 304.
    if (route instanceof Response && /^text\/html\b/.test(route.headers.get('content-type') ?? ''))
      return through(() => route.clone())
    const isMethods =
      typeof route === 'object' && route !== null && Object.getPrototypeOf(route) === Object.prototype
    return isMethods ? mapRoutes(route as Options, through) : route
  }
  return Object.fromEntries(Object.entries(routes).map(([path, route]) => [path, one(route)]))
}

/** Loaded here only: the parts are large, and other processes have them by the register. */
function watchedHandler(): Wrap {
  const dist = distFolder()
  const load = createRequire(join(dist, 'x.cjs'))
  const off = (name: string): boolean => process.env[name] === 'off'
  const { rocksolid } = load(join(dist, 'fetch.cjs')) as typeof import('../../adapters/fetch.ts')
  const { createDebugger } = load(
    join(dist, 'debugger.cjs'),
  ) as typeof import('../../debugger/with-debugger.ts')
  const format = process.env.ROCKSOLID_ACCESS || (printsToTerminal() ? 'pretty' : 'combined')
  const access = off('ROCKSOLID_ACCESS') ? false : format
  const options = off('ROCKSOLID_DEBUGGER') ? { access } : { access, debugger: createDebugger() }
  return (handler) => rocksolid(handler as never, options as never) as unknown as Handler
}
