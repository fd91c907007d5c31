/** The servers and runtimes of the matrix, and where a behaviour is known not to hold, with its reason. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { RUNTIMES as NODES } from '../support/runtimes.ts'
import { BEHAVIOURS, type Behaviour, LINE, type Subject } from './behaviours.ts'
import { openClient, type Protocol } from './client.ts'
import { limitOf } from './limits.ts'

/** An application in test/apps/frameworks. */
export interface Server {
  readonly name: string
  readonly title: string
  /** @default 'http' */
  readonly protocol?: Protocol
}

export const SERVERS: readonly Server[] = [
  { name: 'http', title: 'node:http' },
  { name: 'https', title: 'node:https', protocol: 'https' },
  { name: 'http2', title: 'node:http2', protocol: 'http2' },
  { name: 'connect', title: 'Connect 3' },
  { name: 'express4', title: 'Express 4' },
  { name: 'express5', title: 'Express 5' },
  { name: 'koa', title: 'Koa 3' },
  { name: 'fastify', title: 'Fastify 5' },
  { name: 'hapi', title: 'hapi 21' },
  { name: 'hono', title: 'Hono 4' },
  { name: 'h3', title: 'h3 2' },
  { name: 'h3v1', title: 'h3 1' },
  { name: 'polka', title: 'Polka 1' },
  { name: 'nest', title: 'Nest 12' },
  { name: 'restify', title: 'restify 11' },
  { name: 'vite', title: 'Vite 8, middleware mode' },
]

/** Those with an adapter; a server of the fetch kind has nothing else. */
export const ADAPTERS: readonly Server[] = [
  ...SERVERS.filter(({ name }) =>
    ['express4', 'express5', 'koa', 'fastify', 'hapi', 'hono', 'h3', 'nest'].includes(name),
  ),
  { name: 'fetch', title: 'Bun.serve, Deno.serve and the like' },
]

export interface Runtime {
  readonly name: string
  readonly file: string
  /** The arguments that load the register before the application. */
  readonly preload: readonly string[]
  /** The arguments without it. */
  readonly plain: readonly string[]
}

const packages = join(import.meta.dirname, '..', '..', 'tools', 'frameworks', 'node_modules')
const register = join(import.meta.dirname, '..', '..', 'dist', 'register.js')

export const RUNTIMES: readonly Runtime[] = [
  ...NODES.map(([name, file]) => ({ name, file, preload: ['--import', 'rocksolid/register'], plain: [] })),
  {
    name: 'Bun',
    file: join(packages, '@oven', 'bun-linux-x64', 'bin', 'bun'),
    preload: ['--preload', register],
    plain: [],
  },
  {
    name: 'Deno',
    file: join(packages, '@deno', 'linux-x64-glibc', 'deno'),
    preload: ['run', '-A', '--preload', register],
    plain: ['run', '-A'],
  },
].filter(({ file }) => existsSync(file))

/** The server on the runtime, with a client. */
export async function startSubject(server: Server, runtime: Runtime, way: Way): Promise<RunningSubject> {
  const app: AppProcess = await startApp(`frameworks/${server.name}.mjs`, {
    node: runtime.file,
    nodeArgs: way === 'register' ? runtime.preload : runtime.plain,
    env: way === 'adapter' ? { ADAPTER: '1', ACCESS: LINE } : { ROCKSOLID_ACCESS: LINE },
    cwd: join(import.meta.dirname, '..', '..'),
  })
  const open = () => openClient(app.port, server.protocol ?? 'http')
  const client = open()
  return {
    app,
    client,
    open,
    isSecure: server.protocol === 'https',
    stop: async () => {
      client.close()
      await app.stop()
    },
  }
}

/** How the pieces come to the server: preloaded, or by the adapter of its framework. */
export type Way = 'register' | 'adapter'

/** A server under test. */
export interface RunningSubject extends Subject {
  stop(): Promise<void>
}

/** What came of a behaviour; undefined when it holds. */
export type Outcomes = ReadonlyMap<string, string | undefined>

/** Checks the chosen behaviours, one after the other; a server that one of them has ended is started again. */
export async function tryAll(
  server: Server,
  runtime: Runtime,
  way: Way,
  isChosen: (behaviour: string) => boolean = () => true,
): Promise<Outcomes> {
  const outcomes = new Map<string, string | undefined>()
  const held = behavioursFor(server, way).filter(
    ({ name }) => isChosen(name) && limitOf(server.name, runtime.name, name, way) === undefined,
  )
  if (held.length === 0) return outcomes
  let subject = await startSubject(server, runtime, way)
  try {
    for (const { name, check } of held) {
      try {
        await check(subject)
        outcomes.set(name, undefined)
      } catch (error) {
        outcomes.set(
          name,
          String((error as Error).message)
            .replace(/\s+/g, ' ')
            .slice(0, 400),
        )
        if (subject.app.exitCode() === null) continue
        await subject.stop()
        subject = await startSubject(server, runtime, way)
      }
    }
  } finally {
    await subject.stop()
  }
  return outcomes
}

/** What an adapter cannot see, since it happens outside of the framework. */
const OUTSIDE: ReadonlySet<string> = new Set([
  'throw in a timer',
  'throw in an event',
  'after headers',
  'broken stream',
])

/** The behaviours that make sense for the server. */
export function behavioursFor({ name, protocol }: Server, way: Way): readonly Behaviour[] {
  const without = new Set<string>(way === 'adapter' ? OUTSIDE : [])
  if (protocol === 'http2') without.add('websocket')
  // Nothing there can be given an error but by throwing it.
  if (['http', 'https', 'http2', 'fetch', 'vite'].includes(name)) without.add("framework's idiom")
  // Nothing there compresses.
  if (['https', 'http2', 'h3', 'h3v1', 'fetch'].includes(name)) without.add('compression')
  // The register stands around the whole server.
  if (way === 'register' || without.has('compression')) without.add('compression outside')
  if (name === 'fetch') for (const one of [...OUTSIDE, 'websocket']) without.add(one)
  return BEHAVIOURS.filter((behaviour) => !without.has(behaviour.name))
}
