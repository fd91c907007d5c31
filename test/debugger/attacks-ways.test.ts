import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADAPTERS, RUNTIMES, SERVERS } from '../frameworks/servers.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

/**
 * The ways in which the debugger comes to a server beside `withDebugger`, which the other files attack: the preload under
 * each kind of framework, and every adapter there is; that of the fetch kind on each runtime.
 */
interface Way {
  readonly title: string
  readonly app: string
  readonly node: string
  readonly nodeArgs: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Whether the framework hears of a path only after it was folded as URLs are. */
  readonly isFolded: boolean
  /** Without the inspector there are no consoles to reach. */
  readonly hasConsoles: boolean
}

const PRELOADED = ['http', 'connect', 'express5', 'koa', 'fastify', 'hapi', 'hono', 'h3', 'nest']
const ADAPTED = ['express5', 'koa', 'fastify', 'hapi', 'hono', 'h3', 'nest', 'fetch']
const FOLDED = new Set(['hono', 'fetch'])

const titleOf = (name: string): string =>
  [...SERVERS, ...ADAPTERS].find((server) => server.name === name)?.title ?? name
const here = { node: process.execPath, hasConsoles: true }

const WAYS: readonly Way[] = [
  ...PRELOADED.map((app) => ({
    ...here,
    title: `rocksolid/register on ${titleOf(app)}`,
    app,
    nodeArgs: ['--import', 'rocksolid/register'],
    env: {},
    isFolded: false,
  })),
  ...ADAPTED.map((app) => ({
    ...here,
    title: `the adapter of ${app === 'fetch' ? 'fetch handlers, on Node' : titleOf(app)}`,
    app,
    nodeArgs: [],
    env: { ADAPTER: '1' },
    isFolded: FOLDED.has(app),
  })),
  ...RUNTIMES.filter(({ name }) => name === 'Bun' || name === 'Deno').map(({ name, file, plain }) => ({
    title: `the adapter of fetch handlers, on ${name}`,
    app: 'fetch',
    node: file,
    nodeArgs: plain,
    env: { ADAPTER: '1' },
    isFolded: true,
    hasConsoles: false,
  })),
]

it('the table has every adapter', () => {
  const adapted = new Set(WAYS.filter(({ env }) => 'ADAPTER' in env).map(({ app }) => app))
  const missing = ADAPTERS.map(({ name }) => name).filter((name) => !adapted.has(name))
  // Its adapter is the one of Express 5.
  expect(missing).toEqual(['express4'])
})

describe.each(WAYS)('$title', ({ app: name, node, nodeArgs, env, isFolded, hasConsoles }) => {
  let app: AppProcess
  let owner: DebuggerClient

  beforeAll(async () => {
    app = await startApp(join('frameworks', `${name}.mjs`), {
      node,
      nodeArgs,
      env,
      cwd: resolve(import.meta.dirname, '..', '..'),
    })
    owner = await openErrorPage(app.port, '/sync?id=owner')
    await owner.unlock({ pin: (await app.printed(/PIN (\d\S+)/))[1] as string })
  })
  afterAll(() => app?.stop())

  const attack = (): object => ({ error: owner.data.error, frame: '0.0', code: 'globalThis.pwned = true' })
  const isUnharmed = async (): Promise<void> => {
    if (hasConsoles)
      expect(await owner.evaluate('0.0', 'typeof globalThis.pwned')).toMatchObject({
        value: { text: "'undefined'" },
      })
  }

  it.runIf(hasConsoles)('lets its owner evaluate', async () => {
    expect(await owner.evaluate('0.0', '6 * 7')).toMatchObject({ value: { text: '42' } })
  })

  it('refuses whoever else asks, and runs nothing', async () => {
    for (const [headers, status] of [
      [{ host: 'evil.example' }, 403],
      [{ host: 'localhost.evil.example' }, 403],
      [{ origin: 'https://evil.example' }, 403],
      [{ origin: 'null' }, 403],
      [{ origin: 'http://localhost:1' }, 403],
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 403],
      [{ 'x-forwarded-for': '127.0.0.1' }, 403],
      [{ 'x-forwarded-host': 'localhost' }, 403],
      [{ forwarded: 'for=127.0.0.1;host=localhost' }, 403],
      [{ 'x-rocksolid-token': '' }, 403],
      [{ 'x-rocksolid-token': 'A'.repeat(22) }, 403],
      [{ cookie: '' }, 401],
      [{ 'x-rocksolid-proof': '' }, 401],
      [{ 'content-type': 'text/plain' }, 415],
    ] as const) {
      const reply = await owner.post('evaluate', attack(), { accept: 'application/json', ...headers })
      expect([headers, reply.status]).toEqual([headers, status])
      expect(JSON.parse(reply.body)).toMatchObject({ refused: 'POST /__rocksolid/evaluate' })
      expect(reply.headers['cache-control']).toBe('no-store')
    }
    await isUnharmed()
  })

  it('runs nothing at another spelling or by another method, and hands none of it to the application', async () => {
    const headers = { 'content-type': 'application/json', ...owner.credentials() }
    const body = JSON.stringify(attack())
    // What folds paths before it routes them leaves nothing but the exact one, which asks for all that it needs.
    const credentials = isFolded ? { ...headers, 'x-rocksolid-proof': '' } : headers
    for (const path of [
      '//__rocksolid/evaluate',
      '/__ROCKSOLID/evaluate',
      '/%5f%5frocksolid/evaluate',
      '/__rocksolid/evaluate/',
      '/__rocksolid%2fevaluate',
      '/__rocksolid/x/../evaluate',
      '/x/../__rocksolid/evaluate',
      '/__rocksolid/%65valuate',
    ]) {
      const reply = await request({ port: app.port, method: 'POST', path, headers: credentials, body })
      expect([404, ...(isFolded ? [400, 401] : [])]).toContain(reply.status)
      const isFoldedAway = isFolded && path.startsWith('//')
      if (!isFoldedAway) expect([path, JSON.parse(reply.body).refused]).toEqual([path, expect.any(String)])
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const reply = await request({ port: app.port, method, path: '/__rocksolid/evaluate', headers })
      expect([method, reply.status]).toEqual([method, 405])
    }
    await isUnharmed()
  })

  it('shows strangers nothing of an error, and no way to its page', async () => {
    for (const [path, accepted] of [
      ['/sync', ['text/html', 'application/json', 'text/plain']],
      ['/async', ['text/html']],
    ] as const)
      for (const headers of [
        { host: 'evil.example' },
        { 'x-forwarded-for': '10.0.0.1' },
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
        { origin: 'https://evil.example' },
      ])
        for (const accept of accepted) {
          const reply = await request({
            port: app.port,
            path: `${path}?id=stranger`,
            headers: { accept, ...headers },
          })
          expect([path, headers, reply.status]).toEqual([path, headers, 500])
          expect(reply.headers['x-debug-url']).toBeUndefined()
          expect(reply.body).not.toMatch(
            /rocksolid-|__rocksolid|local of|"token"|work\.mjs|node_modules|\bat fail\b/,
          )
          // Under the preload what a framework tells of an error in production too, its message, stands.
          if ('ADAPTER' in env) expect(reply.body).not.toMatch(/stranger|TypeError/)
        }
  })
})
