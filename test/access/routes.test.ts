import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { server as hapi } from '@hapi/hapi'
import fastify from 'fastify'
import { H3 } from 'h3'
import { toNodeHandler } from 'h3/node'
import { Hono } from 'hono'
import Koa from 'koa'
import { expect, it, onTestFinished } from 'vitest'
import { AccessLogger } from '../../src/access.ts'
import { rocksolid as forFastify } from '../../src/adapters/fastify.ts'
import { rocksolid as forH3 } from '../../src/adapters/h3.ts'
import { rocksolid as forHapi } from '../../src/adapters/hapi.ts'
import { rocksolid as forHono } from '../../src/adapters/hono.ts'
import { rocksolid as forKoa } from '../../src/adapters/koa.ts'
import { exchangeText, Lines, lastRequest, serve } from './support.ts'

const FORMAT = ':url :status :route'

/** The lines of requests for these paths, one after the other. */
async function logged(port: number, lines: Lines, paths: readonly string[]): Promise<readonly string[]> {
  for (const [index, path] of paths.entries()) {
    await exchangeText(port, lastRequest(path))
    await lines.wait(index + 1)
  }
  return lines.all
}

it('tells the pattern of a Fastify route, and none where no route matches', async () => {
  const lines = new Lines()
  const app = fastify()
  onTestFinished(() => app.close())
  app.register(forFastify({ access: new AccessLogger(FORMAT, { to: lines.stream }) }))
  app.register(async (below) => void below.get('/user/:id', () => 'x'), { prefix: '/v1' })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const port = (app.server.address() as AddressInfo).port
  expect(await logged(port, lines, ['/v1/user/7', '/none'])).toEqual([
    '/v1/user/7 200 /v1/user/:id',
    '/none 404 -',
  ])
})

it('tells the pattern of a Koa route, as @koa/router leaves it on the context', async () => {
  const lines = new Lines()
  const app = new Koa()
  app.use(forKoa({ access: new AccessLogger(FORMAT, { to: lines.stream }) }))
  app.use((ctx) => {
    if (ctx.path !== '/user/7') return
    Object.assign(ctx, { _matchedRoute: '/user/:id' })
    ctx.body = 'x'
  })
  const { port } = await serve(app.callback() as RequestListener)
  expect(await logged(port, lines, ['/user/7', '/none'])).toEqual(['/user/7 200 /user/:id', '/none 404 -'])
})

it('tells the pattern of a hapi route, and none where no route matches', async () => {
  const lines = new Lines()
  const app = hapi({ listener: createServer(), host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.stop())
  await app.register(forHapi({ access: new AccessLogger(FORMAT, { to: lines.stream }) }))
  app.route({ method: 'GET', path: '/user/{id}', handler: () => 'x' })
  await app.start()
  const port = Number(app.info.port)
  expect(await logged(port, lines, ['/user/7', '/none'])).toEqual(['/user/7 200 /user/{id}', '/none 404 -'])
})

it('tells the pattern of a Hono route, and none where only a middleware was called', async () => {
  const lines = new Lines()
  const app = new Hono()
  app.use(forHono({ access: new AccessLogger(FORMAT, { to: lines.stream }) }))
  app.use('/user/*', (_c, next) => next())
  app.get('/user/:id', (c) => c.text('x'))
  app.get('/broken/:id', () => {
    throw new Error('no')
  })
  app.onError((_error, c) => c.text('sorry', 500))
  for (const path of ['/user/7', '/broken/7', '/none', '/user/7/none']) {
    await (await app.request(path)).text()
  }
  await lines.wait(4)
  expect(lines.all).toEqual([
    '/user/7 200 /user/:id',
    '/broken/7 500 /broken/:id',
    '/none 404 -',
    '/user/7/none 404 -',
  ])
})

it('tells the pattern of an h3 route, and none where no route matches', async () => {
  const lines = new Lines()
  const app = new H3()
  app.use(forH3({ access: new AccessLogger(FORMAT, { to: lines.stream }) }))
  app.get('/user/:id', () => 'x')
  const { port } = await serve(toNodeHandler(app) as RequestListener)
  expect(await logged(port, lines, ['/user/7', '/none'])).toEqual(['/user/7 200 /user/:id', '/none 404 -'])
})
