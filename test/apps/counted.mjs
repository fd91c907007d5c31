// A server that answers /counts with what cannot depend on the machine's speed: bytes allocated, write calls to the
// system, listeners on the connection and on request and response while this request is answered, commands posted to
// V8's inspector, entries made in weak maps, whose collection is dear. Run with a young generation so large that nothing is collected.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import inspector from 'node:inspector'
import { large } from './large.mjs'

const [variant, file] = process.argv.slice(2)

let posts = 0
const { post } = inspector.Session.prototype
inspector.Session.prototype.post = function (...args) {
  posts++
  return Reflect.apply(post, this, args)
}

let weakEntries = 0
const { set } = WeakMap.prototype
WeakMap.prototype.set = function (...args) {
  weakEntries++
  return Reflect.apply(set, this, args)
}

/** A throw that is handled where it happens. */
function tolerant(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** 30 frames. */
function deep(level) {
  if (level === 0) throw new RangeError('at the bottom')
  return deep(level - 1) + level
}

function answer(req, res) {
  if (req.url === '/caught') tolerant('{no json')
  if (req.url === '/caught/large') large({ item: {} })
  if (req.url === '/deep') deep(28)
  if (req.url !== '/counts') return res.end('hello')
  const writes = Number(/syscw: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1])
  const counts = { listeners: listenersOf(req.socket), added: listenersOf(req) + listenersOf(res) }
  res.end(JSON.stringify({ heap: process.memoryUsage().heapUsed, writes, ...counts, posts, weakEntries }))
}

function listenersOf(emitter) {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
}

let handler = answer
if (variant === 'access') {
  const { accessLog } = await import('rocksolid/access')
  const log = accessLog('combined', { to: file })
  handler = (req, res) => log(req, res, () => answer(req, res))
} else if (variant === 'debugger') {
  const { withDebugger } = await import('rocksolid/debugger')
  handler = withDebugger(answer, { terminal: false })
} else if (variant.startsWith('express')) {
  const { default: express } = await import('express')
  handler = express().disable('etag')
  if (variant === 'express access') {
    const { accessLog } = await import('rocksolid/access')
    handler.use(accessLog('combined', { to: file }))
  }
  handler.use(answer)
}

/** A server of Fastify, with our plugin or without. */
async function fastifyServer() {
  const { default: fastify } = await import('fastify')
  const app = fastify()
  if (variant === 'fastify adapter') {
    const { AccessLogger } = await import('rocksolid/access')
    const { rocksolid } = await import('rocksolid/fastify')
    await app.register(rocksolid({ access: new AccessLogger('combined', { to: file }) }))
  }
  app.get('/*', (request, reply) => {
    reply.hijack()
    answer(request.raw, reply.raw)
  })
  await app.ready()
  return app.server
}

const server = variant.startsWith('fastify') ? await fastifyServer() : createServer(handler)
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`))
