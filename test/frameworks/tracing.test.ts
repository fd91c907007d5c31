import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

// What tracing agents send, received as they would at their vendor's.
let receiver: Server
let received = ''

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks = await req.toArray()
  const body = Buffer.concat(chunks as Buffer[])
  return (req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8')
}

beforeAll(async () => {
  receiver = createServer(async (req, res) => {
    received += `${await textOf(req)}\n`
    res.setHeader('content-type', 'application/json')
    res.end('{}')
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
})
afterAll(() => void receiver.close())

const REGISTER = ['--import', 'rocksolid/register']
const preload = (name: string): readonly string[] => [
  '--import',
  join(import.meta.dirname, '..', 'apps', 'frameworks', `with-${name}.mjs`),
]

async function startWith(agent: string, order: string, app: string): Promise<AppProcess> {
  const { port } = receiver.address() as AddressInfo
  return await startApp(`frameworks/${app}.mjs`, {
    nodeArgs: order === 'before' ? [...preload(agent), ...REGISTER] : [...REGISTER, ...preload(agent)],
    env: {
      SPANS_TO: `http://127.0.0.1:${port}/v1/traces`,
      SENTRY_DSN: `http://key@127.0.0.1:${port}/1`,
    },
    cwd: resolve(import.meta.dirname, '..', '..'),
  })
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

describe.each(['opentelemetry', 'sentry'])('beside %s', (agent) => {
  it.each(['before', 'after'])('loaded %s the register, Express is served by both', async (order) => {
    received = ''
    const app = await startWith(agent, order, 'express5')
    try {
      const id = `${agent}-${order}`
      const page = await openErrorPage(app.port, `/async?id=${id}`)
      expect(page.page.status).toBe(500)
      expect(page.page.body).toContain(`async ${id}`)
      expect(page.live.length).toBeGreaterThan(0)
      expect((await request({ port: app.port, path: `/ok?id=${id}` })).body).toBe('ok')
      expect((await request({ port: app.port, path: `/own503?id=${id}` })).status).toBe(503)
      await app.printed(new RegExp(`"GET /own503\\?id=${id} HTTP/1.1" 503 `))
      expect(count(app.stdout(), new RegExp(`"GET /async\\?id=${id} HTTP/1.1" 500 `, 'g'))).toBe(1)
      expect(count(app.stdout(), new RegExp(`"GET /ok\\?id=${id} HTTP/1.1" 200 2 `, 'g'))).toBe(1)
      expect(count(app.stderr(), new RegExp(`TypeError: async ${id}\\n`, 'g'))).toBe(1)
      await vi.waitFor(
        () => {
          // Path and query are one text or two attributes.
          for (const path of ['/ok', '/async', '/own503', id]) expect(received).toContain(path)
        },
        { timeout: 15_000 },
      )
    } finally {
      await app.stop()
    }
  })

  it.each(['before', 'after'])(
    'loaded %s the register, a plain server lives on after errors',
    async (order) => {
      const app = await startWith(agent, order, 'http')
      try {
        for (const kind of ['sync', 'async', 'timer', 'emitter']) {
          const id = `${kind}-${order}`
          const reply = await request({
            port: app.port,
            path: `/${kind}?id=${id}`,
            headers: { accept: 'text/html' },
          })
          expect([reply.status, reply.body.includes(`${kind} ${id}`)]).toEqual([500, true])
        }
        expect((await request({ port: app.port, path: '/ok?id=9' })).body).toBe('ok')
        expect(app.exitCode()).toBe(null)
      } finally {
        await app.stop()
      }
    },
  )
})
