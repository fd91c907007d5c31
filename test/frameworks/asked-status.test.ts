import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDebugger } from '../../src/debugger.ts'
import { rocksolid } from '../../src/koa.ts'
import { request } from '../support/request.ts'

/** An adapter asks an error whether it is the application's way to answer. What it thereby meets must not hide the error. */
const debug = createDebugger({ terminal: false })
let thrown: unknown
let server: http.Server
let port: number

beforeAll(async () => {
  const app = new Koa()
  app.silent = true
  app.use(rocksolid({ access: false, debugger: debug }))
  app.use(() => {
    throw thrown
  })
  server = http.createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  debug.close()
  server.close()
})

const answerTo = async (error: unknown) => {
  thrown = error
  return await request({ port, path: '/', headers: { accept: 'text/plain' } })
}

describe('an error that asks for', () => {
  it.each([400, 404, 451])('%i is the framework’s to answer', async (status) => {
    const reply = await answerTo(Object.assign(new Error('mine'), { status, expose: true }))
    expect([reply.status, reply.body]).toEqual([status, 'mine'])
  })

  it.each([399, 500, 599])('%i has its page', async (status) => {
    const reply = await answerTo(Object.assign(new Error('mine'), { status }))
    expect(reply.headers['x-debug-url']).toMatch(/^\/__rocksolid\/errors\//)
    expect(reply.body).toContain('Error: mine')
  })
})

const fail = (): never => {
  throw new Error('never seen')
}
const revoked = Proxy.revocable(new Error('mine'), {})
revoked.revoke()

describe('an error that cannot be asked, because', () => {
  it.each<[string, unknown, RegExp]>([
    ['its status throws', Object.defineProperty(new Error('mine'), 'status', { get: fail }), /Error: mine/],
    ['it is a Proxy that throws', new Proxy(new Error('mine'), { get: fail, getPrototypeOf: fail }), /Proxy/],
    ['it is a Proxy that was revoked', revoked.proxy, /Proxy/],
  ])('%s, has its page', async (_why, error, shown) => {
    const reply = await answerTo(error)
    expect([reply.status, reply.headers['x-debug-url']]).toEqual([500, expect.any(String)])
    expect(reply.body).toMatch(shown)
    expect(reply.body).not.toContain('never seen')
  })
})
