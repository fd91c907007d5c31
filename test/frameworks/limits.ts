/** Where a behaviour is known not to hold, and why. The table of docs/frameworks.md names each. */

/** What is left out matches all. */
export interface Limit {
  readonly servers?: readonly string[]
  /** The beginning of the name of a runtime. */
  readonly runtimes?: readonly string[]
  readonly behaviours?: readonly string[]
  readonly way?: 'register' | 'adapter'
  readonly reason: string
}

/** Behaviours in which a framework answers with an error of its own. */
const ANSWERED = [
  'sync throw',
  'async throw',
  'nested rejection',
  'caught decoys',
  'cause',
  'thrown string',
  "framework's idiom",
  'printed once',
  'JSON client',
  '20 at a time',
  'compression',
]

export const LIMITS: readonly Limit[] = [
  {
    servers: ['restify'],
    runtimes: ['Node 24', 'Node 26', 'Bun'],
    reason: 'restify does not load there: its dependency spdy asks for internals that are gone.',
  },
  {
    servers: ['connect', 'vite', 'express4', 'hapi', 'h3v1', 'polka', 'nest', 'restify'],
    runtimes: ['Bun', 'Deno'],
    behaviours: ANSWERED,
    way: 'register',
    reason:
      'The framework answers by itself and tells nobody of the error; without an inspector it cannot be found. Where there is an adapter, it can.',
  },
  {
    servers: ['express4'],
    behaviours: ['async throw', 'nested rejection', 'printed once', '20 at a time', 'keep-alive'],
    way: 'adapter',
    reason:
      'Express 4 does not look at what a handler returns: a rejection goes past every middleware and ends the process. The register catches it.',
  },
  {
    servers: ['fastify'],
    runtimes: ['Bun'],
    behaviours: ANSWERED,
    way: 'register',
    reason: "Fastify's diagnostics channel is silent on Bun. The adapter works.",
  },
  {
    servers: ['fastify'],
    runtimes: ['Deno'],
    behaviours: ["framework's idiom"],
    way: 'register',
    reason: 'The channel does not tell of what is given to reply.send(). The adapter works.',
  },
  {
    servers: ['hono'],
    runtimes: ['Bun', 'Deno'],
    behaviours: ['thrown string', "framework's idiom"],
    way: 'register',
    reason:
      'Hono prints neither what is no Error nor an HTTPException, and there is no inspector. The adapter works.',
  },
  {
    servers: ['nest'],
    behaviours: ['printed once'],
    way: 'register',
    reason: "Nest's own logger tells of an error as well. It is the application's log, which stays as it is.",
  },
  {
    servers: ['hono'],
    behaviours: ['printed once'],
    way: 'adapter',
    reason:
      'Hono prints an error before any middleware learns of it. An app.onError of the application prints what it wants.',
  },
  {
    servers: ['http2'],
    runtimes: ['Bun'],
    behaviours: ['throw in an event', 'after headers'],
    way: 'register',
    reason:
      "Bun's HTTP/2 server stops answering after an exception outside of a handler, and ends a stream that is cut as if it were complete.",
  },
  {
    servers: ['restify'],
    behaviours: ['compression'],
    way: 'register',
    reason:
      "restify's gzipResponse says how an answer is compressed before there is one. A page in its place takes that back with all headers of the application, and is compressed all the same: look at it without gzip, or at the terminal.",
  },
  {
    servers: ['express4', 'express5', 'nest'],
    runtimes: ['Bun'],
    behaviours: ['compression outside'],
    way: 'adapter',
    reason:
      "Bun's sockets do not tell what is written to them below a compressor: the line has - for the bytes.",
  },
  {
    servers: ['hono'],
    behaviours: ['compression outside'],
    way: 'adapter',
    reason:
      'A middleware of Hono sees a response, not what is sent of it: what a middleware around the adapter compresses is logged with its bytes before. The adapter is the first middleware.',
  },
  {
    servers: ['h3'],
    runtimes: ['Bun', 'Deno'],
    reason:
      'h3 serves by Bun.serve and Deno.serve there, which are no servers of node:http: wrap app.fetch with rocksolid/fetch.',
  },
]

/** Why a behaviour does not hold; undefined when it must. */
export function limitOf(
  server: string,
  runtime: string,
  behaviour: string,
  way: 'register' | 'adapter',
): string | undefined {
  return LIMITS.find(
    (limit) =>
      limit.servers?.includes(server) !== false &&
      limit.runtimes?.some((name) => runtime.startsWith(name)) !== false &&
      limit.behaviours?.includes(behaviour) !== false &&
      (limit.way === undefined || limit.way === way),
  )?.reason
}
