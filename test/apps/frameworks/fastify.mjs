import compress from '@fastify/compress'
import Fastify from 'fastify'
import * as work from './work.mjs'

const app = Fastify()
// It hooks in where answers are sent, wherever it is registered.
await app.register(compress, { threshold: 0, encodings: ['gzip'], customTypes: () => true })
const adapter = await work.adapterOf('fastify')
if (adapter) app.register(adapter.rocksolid(adapter.options))
const on = (path, handle) => app.get(path, (request, reply) => handle(work.idOf(request.url), reply))

on('/ok', (id) => {
  console.log(`printed by ${id}`)
  return 'ok'
})
for (const [path, fail] of Object.entries(work.THROWS)) on(path, (id) => fail(id))
for (const [path, fail] of Object.entries(work.LATE)) {
  on(path, (id, reply) => {
    reply.hijack()
    fail(id)
  })
}
on('/next', (id, reply) => void reply.send(work.unthrown(id)))
on('/own503', async (id, reply) => {
  try {
    await work.later(id)
  } catch {
    work.decoys(id)
    return reply.code(503).send(work.SORRY)
  }
})
on('/own500', (_id, reply) => reply.code(500).send(work.SORRY))
on('/after', (id, reply) => {
  reply.hijack()
  reply.raw.write('begun ')
  setTimeout(() => work.sync(id), 50)
})
on('/stream', (id, reply) => reply.send(work.brokenStream(id)))
on('/big', (_id, reply) => reply.send(work.bigStream()))
on('/events', (id, reply) => reply.type('text/event-stream').send(work.eventStream(id)))

await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
work.ready(app.server)
