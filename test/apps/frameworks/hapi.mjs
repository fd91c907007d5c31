import Hapi from '@hapi/hapi'
import * as work from './work.mjs'

// hapi compresses by itself what its type says is text.
const server = Hapi.server({ port: Number(process.env.PORT), host: 'localhost' })
const adapter = await work.adapterOf('hapi')
if (adapter) await server.register(adapter.rocksolid(adapter.options))
const on = (path, handle) =>
  server.route({
    method: 'GET',
    path,
    handler: (request, h) => handle(work.idOf(request.raw.req.url), h, request) ?? null,
  })

on('/ok', (id) => {
  console.log(`printed by ${id}`)
  return 'ok'
})
for (const [path, fail] of Object.entries(work.THROWS)) on(path, (id) => fail(id))
for (const [path, fail] of Object.entries(work.LATE)) {
  on(path, (id, h) => {
    fail(id)
    return h.abandon
  })
}
on('/next', (id) => work.unthrown(id))
on('/own503', async (id, h) => {
  try {
    await work.later(id)
  } catch {
    work.decoys(id)
    return h.response(work.SORRY).code(503)
  }
})
on('/own500', (_id, h) => h.response(work.SORRY).code(500))
on('/after', (id, h, { raw }) => {
  raw.res.write('begun ')
  setTimeout(() => work.sync(id), 50)
  return h.abandon
})
on('/stream', (id, h) => h.response(work.brokenStream(id)))
on('/big', (_id, h) => h.response(work.bigStream()).type('text/plain'))
on('/events', (id, h) => h.response(work.eventStream(id)).type('text/event-stream'))

await server.start()
work.ready(server.listener)
