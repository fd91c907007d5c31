/**
 * Hears of the steps a request takes from diagnostics channels: layers of Express's router, handlers of Fastify,
 * requests to other servers, and queries of the database clients that tell. No function of anybody's is wrapped for it.
 */

import diagnostics from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { read, readErrorField, readValue } from '../../core/read.ts'
import { currentStory, type EndStep } from '../../core/story.ts'
import { noteMatch } from '../../http/route.ts'
import { noteLayer, noteLayerFailure } from './layers.ts'

type Listener = (message: unknown) => void

/** Clients of databases whose tracing channel is called `<name>`, and how to read what was asked. */
const QUERIES: Readonly<Record<string, (context: object) => string>> = {
  'pg:query': (context) => textIn(readValue(context, 'query'), 'text'),
  'mysql2:query': (context) => textIn(context, 'query'),
  'mysql2:execute': (context) => textIn(context, 'query'),
  'mssql:query': (context) => textIn(context, 'command') || textIn(context, 'query'),
  'mssql:execute': (context) => textIn(context, 'command') || textIn(context, 'procedure'),
  'ioredis:command': redisText,
  'node-redis:command': redisText,
}

/** Listens until the function given back is called. */
export function hearChannels(): () => void {
  const steps = new WeakMap<object, EndStep>()
  const listeners = new Map<string, Listener>([
    ...outgoing(steps),
    ...fetches(steps),
    ...Object.entries(QUERIES).flatMap(([name, textOf]) => query(name, textOf, steps)),
    ['tracing:express.router.request:start', guarded(noteLayer)],
    ['tracing:express.router.request:error', guarded(noteLayerFailure)],
    ...handlers(steps),
  ])
  for (const [name, listener] of listeners) diagnostics.subscribe(name, listener)
  return () => {
    for (const [name, listener] of listeners) diagnostics.unsubscribe(name, listener)
  }
}

/** What a listener throws would become an uncaught exception of the application. */
function guarded(listener: (message: object) => void): Listener {
  return (message) => {
    try {
      if (typeof message === 'object' && message !== null) listener(message)
    } catch {
      // A step less on the timeline.
    }
  }
}

/** Handlers of Fastify 5; what its hooks do before is not told. */
function handlers(steps: WeakMap<object, EndStep>): [string, Listener][] {
  const name = 'tracing:fastify.request.handler'
  // A handler that has neither answered nor given a promise goes on in callbacks: nobody tells when that is over.
  const isOver = (context: object): boolean =>
    readValue(context, 'async') !== true && (readValue(context, 'reply') as { sent?: boolean }).sent === true
  const end = (context: object): void => {
    const error = readValue(context, 'error')
    const failure = error === undefined ? '' : String(readErrorField(error, 'name') ?? failureIn(error))
    steps.get(context)?.(failure, error !== undefined)
  }
  return [
    [
      `${name}:start`,
      guarded((context) => {
        const { raw, routeOptions } = readValue(context, 'request') as FastifyRequest
        const { url, method, handler } = routeOptions
        noteMatch(raw, { route: url, handler })
        begin(steps, context, 'handler', `${String(method)} ${String(url)} ${nameOf(handler)}`)
      }),
    ],
    [`${name}:end`, guarded((context) => isOver(context) && end(context))],
    [`${name}:error`, guarded(end)],
    [`${name}:asyncEnd`, guarded(end)],
  ]
}

/** What is read of a request of Fastify. */
interface FastifyRequest {
  readonly raw: object
  readonly routeOptions: {
    readonly url?: unknown
    readonly method?: unknown
    readonly handler?: unknown
  }
}

function nameOf(handler: unknown): string {
  const name = readValue(handler, 'name')
  const own = typeof name === 'string' ? name.replace(/^bound /, '') : ''
  return own === '' ? '<anonymous>' : own
}

/** `http.request` and `https.request`. */
function outgoing(steps: WeakMap<object, EndStep>): [string, Listener][] {
  const requestOf = (message: object): object => readValue(message, 'request') as object
  return [
    [
      'http.client.request.start',
      guarded((message) => {
        const request = requestOf(message) as ClientRequest
        const { method, protocol, path } = request
        // A query string may hold credentials; where it went is what counts here.
        const place = `${protocol}//${request.getHeader('host')}${path.split('?', 1)[0]}`
        begin(steps, request, 'http', `${method} ${place}`)
      }),
    ],
    [
      'http.client.response.finish',
      guarded((message) => {
        const status = readValue(readValue(message, 'response'), 'statusCode')
        steps.get(requestOf(message))?.(String(status), Number(status) >= 400)
      }),
    ],
    [
      'http.client.request.error',
      guarded((message) => steps.get(requestOf(message))?.(failureIn(readValue(message, 'error')), true)),
    ],
  ]
}

/** `fetch`, and undici of the application's own. */
function fetches(steps: WeakMap<object, EndStep>): [string, Listener][] {
  const requestOf = (message: object): object => readValue(message, 'request') as object
  return [
    [
      'undici:request:create',
      guarded((message) => {
        const request = requestOf(message) as { method?: string; origin?: string | URL; path?: string }
        const place = `${String(request.origin)}${String(request.path).split('?', 1)[0]}`
        begin(steps, request, 'http', `${request.method} ${place}`)
      }),
    ],
    [
      'undici:request:headers',
      guarded((message) => {
        const status = readValue(readValue(message, 'response'), 'statusCode')
        steps.get(requestOf(message))?.(String(status), Number(status) >= 400)
      }),
    ],
    [
      'undici:request:error',
      guarded((message) => steps.get(requestOf(message))?.(failureIn(readValue(message, 'error')), true)),
    ],
  ]
}

function query(
  name: string,
  textOf: (context: object) => string,
  steps: WeakMap<object, EndStep>,
): [string, Listener][] {
  const library = name.split(':', 1)[0] ?? name
  const end = guarded((context) => {
    const error = readValue(context, 'error')
    steps.get(context)?.(error === undefined ? '' : failureIn(error), error !== undefined)
  })
  return [
    [
      `tracing:${name}:start`,
      guarded((context) => begin(steps, context, 'query', `${library}: ${textOf(context)}`)),
    ],
    // `error` comes before, without having ended anything.
    [`tracing:${name}:asyncEnd`, end],
  ]
}

function begin(steps: WeakMap<object, EndStep>, key: object, kind: string, text: string): void {
  const end = currentStory()?.step(kind, text.replace(/\s+/g, ' ').trim())
  if (end !== undefined) steps.set(key, end)
}

function textIn(holder: unknown, key: string): string {
  const value = readValue(holder, key)
  if (typeof value === 'string') return value
  const reading = read(value, 'sql')
  return reading.found === 'value' && typeof reading.value === 'string' ? reading.value : ''
}

/** The command and its key; values may be secrets, and are many. */
function redisText(context: object): string {
  const command = readValue(context, 'command')
  const args = readValue(context, 'args')
  const list = Array.isArray(args) ? args.filter((one): one is string => typeof one === 'string') : []
  const [key = ''] = list[0] === command ? list.slice(1) : list
  return `${String(command)} ${key.slice(0, 100)}`
}

function failureIn(error: unknown): string {
  const code = readValue(error, 'code')
  return typeof code === 'string' ? code : String(readValue(error, 'message') ?? 'failed').slice(0, 120)
}
