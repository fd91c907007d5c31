/**
 * Keeps the requests and responses of Express in one shape. A framework that changes the prototype of each of them makes
 * V8 before 13 (Node 20 and 22) give every one a hidden class of its own as soon as anybody adds a property; whoever then
 * reads one, Express and Node included, pays a look-up each time, which is more than half of what a small application
 * costs. So the properties that such a framework adds to every request are given to the next ones at their start, with
 * the values that they would inherit: Express finds what it found before, and writes over it as before.
 */

import { IncomingMessage, ServerResponse } from 'node:http'
import { shared } from '../core/shared.ts'

/** The part of an exchange that is looked at. */
interface Shaped {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly connection: { readonly socket: object }
}

type Entry = readonly [name: string | symbol, inherited: unknown]

/** What has been learnt of a server's requests and responses. */
interface Shape {
  looks: number
  readonly request: Entry[]
  readonly response: Entry[]
}

/**
 * What Express 4 and 5 set on every request before a handler of the application runs, and `route` when one matched.
 * Not `query`: Express 4 sets it too, and the getter of an application of Express 5 beside it would be hidden.
 */
const OF_REQUEST = new Set<unknown>([
  'res',
  'next',
  'baseUrl',
  'originalUrl',
  '_parsedUrl',
  'params',
  'route',
])

/** The last two by Node, when it writes the header. */
const OF_RESPONSE = new Set<unknown>(['locals', 'statusCode', 'statusMessage'])

/** Requests of one server that are looked at: the first of its first connections. */
const MAX_LOOKS = 16

/** Later versions keep such objects in one shape by themselves. */
const IS_NEEDED = Number.parseInt(process.versions.v8 ?? '', 10) < 13

const SHAPE: unique symbol = shared('shape-key', () => Symbol('rocksolid.shape')) as never

/** Gives a request that has just come what those before it were given by a framework. */
export function prepareShape({ req, res, connection }: Shaped): void {
  const shape = serverOf(connection.socket)?.[SHAPE]
  if (shape === undefined || shape.request.length + shape.response.length === 0) return
  if (Object.getPrototypeOf(req) === IncomingMessage.prototype) give(req, shape.request)
  if (Object.getPrototypeOf(res) === ServerResponse.prototype) give(res, shape.response)
}

/** Looks at what a framework has put on a request that is over. */
export function learnShape({ req, res, connection }: Shaped): void {
  const server = serverOf(connection.socket)
  if (!IS_NEEDED || server === undefined || !Object.isExtensible(server)) return
  const shape = server[SHAPE] ?? { looks: 0, request: [], response: [] }
  server[SHAPE] = shape
  if (shape.looks++ >= MAX_LOOKS) return
  learn(shape.request, req, IncomingMessage.prototype, (name) => OF_REQUEST.has(name) || isOfRouter(name))
  learn(shape.response, res, ServerResponse.prototype, (name) => OF_RESPONSE.has(name))
}

function give(target: object, entries: readonly Entry[]): void {
  for (const [name, value] of entries) {
    if (!Object.hasOwn(target, name)) (target as Record<string | symbol, unknown>)[name] = value
  }
}

function learn(entries: Entry[], target: object, usual: object, isWanted: (name: unknown) => boolean): void {
  const prototype: unknown = Object.getPrototypeOf(target)
  if (prototype === usual) return
  for (const name of Reflect.ownKeys(target)) {
    if (!isWanted(name) || entries.some(([known]) => known === name)) continue
    const inherited = inheritedOf(prototype, name)
    // An accessor of the framework's or the application's must go on being asked.
    if (inherited === undefined || 'value' in inherited) entries.push([name, inherited?.value])
  }
}

function inheritedOf(prototype: unknown, name: string | symbol): PropertyDescriptor | undefined {
  for (let holder = prototype; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const own = Object.getOwnPropertyDescriptor(holder, name)
    if (own !== undefined) return own
  }
  return undefined
}

/** Express 5.3 keeps the pattern that matched under a symbol of its own. */
function isOfRouter(name: unknown): boolean {
  return typeof name === 'symbol' && name.description === 'router.tracing.matchedRoute'
}

function serverOf(socket: object): { [SHAPE]?: Shape } | undefined {
  return (socket as { server?: { [SHAPE]?: Shape } }).server
}
