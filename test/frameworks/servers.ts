/** The servers and runtimes of the matrix, and where a behaviour is known not to hold, with its reason. */

import { join } from 'node:path'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { RUNTIMES as NODES } from '../support/runtimes.ts'
import { BEHAVIOURS, type Subject } from './behaviours.ts'
import { openClient } from './client.ts'

/** An application in test/apps/frameworks. */
export interface Server {
  readonly name: string
  readonly title: string
  readonly http2?: boolean
}

export const SERVERS: readonly Server[] = [
  { name: 'http', title: 'node:http' },
  { name: 'https', title: 'node:https' },
  { name: 'http2', title: 'node:http2', http2: true },
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
].filter(({ name }) => name !== 'https')

export interface Runtime {
  readonly name: string
  readonly file: string
  /** The arguments that load the register before the application. */
  readonly preload: readonly string[]
}

const packages = join(import.meta.dirname, '..', '..', 'tools', 'frameworks', 'node_modules')
const register = join(import.meta.dirname, '..', '..', 'dist', 'register.js')

export const RUNTIMES: readonly Runtime[] = [
  ...NODES.map(([name, file]) => ({ name, file, preload: ['--import', 'rocksolid/register'] })),
  {
    name: 'Bun',
    file: join(packages, '@oven', 'bun-linux-x64', 'bin', 'bun'),
    preload: ['--preload', register],
  },
  {
    name: 'Deno',
    file: join(packages, '@deno', 'linux-x64-glibc', 'deno'),
    preload: ['run', '-A', '--preload', register],
  },
]

/** Undefined matches all. */
interface Limit {
  readonly server?: readonly string[]
  readonly runtime?: RegExp
  readonly behaviour?: readonly string[]
  readonly reason: string
}

export const LIMITS: readonly Limit[] = []

/** Why a behaviour does not hold; undefined when it must. */
export function limitOf(server: Server, runtime: Runtime, behaviour: string): string | undefined {
  return LIMITS.find(
    (limit) =>
      limit.server?.includes(server.name) !== false &&
      limit.runtime?.test(runtime.name) !== false &&
      limit.behaviour?.includes(behaviour) !== false,
  )?.reason
}

/** The server on the runtime, with a client; undefined where it cannot run at all. */
export async function startSubject(
  server: Server,
  runtime: Runtime,
): Promise<Subject & { stop(): Promise<void> }> {
  const app: AppProcess = await startApp(`frameworks/${server.name}.mjs`, {
    node: runtime.file,
    nodeArgs: runtime.preload,
    cwd: join(import.meta.dirname, '..', '..'),
  })
  const open = () => openClient(app.port, server.http2 === true ? 2 : 1)
  const client = open()
  return {
    app,
    client,
    open,
    stop: async () => {
      client.close()
      await app.stop()
    },
  }
}

/** The names of behaviours that make sense for the server. */
export function behavioursFor(server: Server): readonly (typeof BEHAVIOURS)[number][] {
  const without = new Set<string>()
  if (server.http2 === true) without.add('websocket')
  // Nothing there can be given an error but by throwing it.
  if (server.name === 'http' || server.name === 'http2' || server.name === 'https')
    without.add("framework's idiom")
  return BEHAVIOURS.filter(({ name }) => !without.has(name))
}
