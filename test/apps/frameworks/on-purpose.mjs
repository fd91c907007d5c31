// Answers with 500 that the application has made itself, in the very words of its framework, after an error that it
// has caught. Prints the port of each server.
import http from 'node:http'
import Hapi from '@hapi/hapi'
import { serve } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import * as work from './work.mjs'

const WORDS = 'Internal Server Error'

/** Catches an error, as applications do that deal with it. */
function caught(id) {
  try {
    work.sync(id)
  } catch (error) {
    return error
  }
}

const listening = (name) =>
  function () {
    console.log(`${name} on ${this.address().port}`)
  }

const onExpress = express()
onExpress.get('/words', (req, res) => res.status(500).send(caught(work.idOf(req.url)) && WORDS))
onExpress.get('/json', (req, res) => res.status(500).json({ error: caught(work.idOf(req.url)).message }))
onExpress.listen(0, 'localhost', listening('express'))

const onKoa = new Koa()
onKoa.use((ctx) => {
  if (ctx.path === '/thrown') work.sync(work.idOf(ctx.url))
  const { message } = caught(work.idOf(ctx.url))
  ctx.status = 500
  if (ctx.path === '/json') ctx.body = { error: message }
})
onKoa.listen(0, 'localhost', listening('koa'))

const onFastify = Fastify()
onFastify.get('/words', async (request, reply) => {
  const { message } = caught(work.idOf(request.url))
  reply.code(500)
  return { statusCode: 500, error: WORDS, message }
})
onFastify.get('/json', (request, reply) =>
  reply.code(500).send({ error: caught(work.idOf(request.url)).message }),
)
await onFastify.listen({ port: 0, host: 'localhost' })
listening('fastify').call(onFastify.server)

const onHapi = Hapi.server({ port: 0, host: 'localhost' })
const hapiRoute = (path, answer) =>
  onHapi.route({
    method: 'GET',
    path,
    handler: (request, h) => h.response(answer(caught(work.idOf(request.raw.req.url)))).code(500),
  })
hapiRoute('/words', () => ({ statusCode: 500, error: WORDS, message: 'An internal server error occurred' }))
hapiRoute('/json', ({ message }) => ({ error: message }))
await onHapi.start()
listening('hapi').call(onHapi.listener)

const onHono = new Hono()
onHono.get('/words', (c) => c.text(caught(work.idOf(c.req.url)).message, 500))
onHono.get('/json', (c) => c.json({ error: caught(work.idOf(c.req.url)).message }, 500))
onHono.onError((error, c) => c.text(`dealt with: ${error.message}`, 500))
onHono.get('/handled', (c) => work.sync(work.idOf(c.req.url)))
// What Hono itself says of what is no Error, and this application of an error it has caught.
onHono.get('/guess', (c) => c.text(caught(work.idOf(c.req.url)) && WORDS, 500))
onHono.get('/dropped', (c) => {
  work.decoys('none')
  throw `a string ${work.idOf(c.req.url)}`
})
serve({ fetch: onHono.fetch, port: 0, hostname: 'localhost' }, ({ port }) => console.log(`hono on ${port}`))

http.createServer().listen(Number(process.env.PORT), 'localhost', function () {
  console.log('listening', this.address().port)
})
