import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

/** The ways in which the debugger comes to a server beside `withDebugger`, which the other files attack. */
const PRELOAD = ['--import', 'rocksolid/register']
const WAYS: readonly (readonly [title: string, way: string, nodeArgs: readonly string[]])[] = [
  ['rocksolid/register on node:http', 'http', PRELOAD],
  ['rocksolid/register on Express', 'express', PRELOAD],
  ['rocksolid/register on Koa', 'koa', PRELOAD],
  ['rocksolid/register on Fastify', 'fastify', PRELOAD],
  ['the adapter of Express', 'express-adapter', []],
  ['the adapter of Koa', 'koa-adapter', []],
  ['the adapter of Fastify', 'fastify-adapter', []],
]

describe.each(WAYS)('%s', (_title, way, nodeArgs) => {
  let app: AppProcess
  let owner: DebuggerClient

  beforeAll(async () => {
    app = await startApp('ways.mjs', {
      nodeArgs,
      env: { WAY: way },
      cwd: resolve(import.meta.dirname, '..', '..'),
    })
    owner = await openErrorPage(app.port, '/fail')
    await owner.unlock({ pin: (await app.printed(/PIN (\d\S+)/))[1] as string })
  })
  afterAll(() => app?.stop())

  const attack = { code: 'globalThis.pwned = true' }
  const isUnharmed = async (): Promise<void> =>
    expect(await owner.evaluate('0.0', 'globalThis.pwned')).toMatchObject({ value: { type: 'undefined' } })

  it('lets its owner evaluate', async () => {
    expect(await owner.evaluate('0.0', '6 * 7')).toMatchObject({ value: { text: '42' } })
  })

  it('refuses whoever else asks, and runs nothing', async () => {
    const body = { error: owner.data.error, frame: '0.0', ...attack }
    for (const [headers, status] of [
      [{ host: 'evil.example' }, 403],
      [{ origin: 'https://evil.example' }, 403],
      [{ origin: 'null' }, 403],
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ 'x-forwarded-for': '127.0.0.1' }, 403],
      [{ 'x-forwarded-host': 'localhost' }, 403],
      [{ 'x-rocksolid-token': '' }, 403],
      [{ cookie: '' }, 401],
      [{ 'x-rocksolid-proof': '' }, 401],
      [{ 'content-type': 'text/plain' }, 415],
    ] as const) {
      const reply = await owner.post('evaluate', body, headers)
      expect([headers, reply.status]).toEqual([headers, status])
      expect(JSON.parse(reply.body)).toMatchObject({ refused: 'POST /__rocksolid/evaluate' })
    }
    await isUnharmed()
  })

  it('runs nothing at another spelling or by another method', async () => {
    const headers = { 'content-type': 'application/json', ...owner.credentials() }
    const body = JSON.stringify({ error: owner.data.error, frame: '0.0', ...attack })
    for (const path of [
      '//__rocksolid/evaluate',
      '/__ROCKSOLID/evaluate',
      '/%5f%5frocksolid/evaluate',
      '/__rocksolid/evaluate/',
      '/__rocksolid/x/../evaluate',
    ]) {
      const reply = await request({ port: app.port, method: 'POST', path, headers, body })
      expect([path, reply.status]).toEqual([path, 404])
      expect(JSON.parse(reply.body)).toMatchObject({ error: 'No such action' })
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const reply = await request({ port: app.port, method, path: '/__rocksolid/evaluate', headers })
      expect([method, reply.status]).toEqual([method, 405])
    }
    await isUnharmed()
  })

  it('shows strangers nothing of an error', async () => {
    for (const headers of [
      { host: 'evil.example' },
      { 'x-forwarded-for': '10.0.0.1' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
      { origin: 'https://evil.example' },
    ])
      for (const accept of ['text/html', 'application/json', 'text/plain']) {
        const reply = await request({ port: app.port, path: '/fail', headers: { accept, ...headers } })
        expect(reply.status).toBe(500)
        expect(reply.body).not.toMatch(/rocksolid-|__rocksolid|local of|"token"/)
        // Without an adapter a framework's own answer stands, as it would without this package.
        if (nodeArgs.length === 0) expect(reply.body).not.toMatch(/failed with|ways\.mjs|TypeError/)
      }
  })
})
