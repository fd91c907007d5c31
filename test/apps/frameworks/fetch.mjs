// A server of the fetch kind on whatever runtime it is started with.
import { Readable } from 'node:stream'
import * as work from './work.mjs'

const text = (body, status = 200) => new Response(body, { status, headers: { 'content-type': 'text/plain' } })

async function handler(request) {
  const { pathname } = new URL(request.url)
  const id = work.idOf(request.url)
  const fail = work.THROWS[pathname]
  if (fail !== undefined) return await fail(id)
  switch (pathname) {
    case '/ok':
      console.log(`printed by ${id}`)
      return text('ok')
    case '/own503':
      try {
        await work.later(id)
      } catch {
        work.decoys(id)
      }
      return text(work.SORRY, 503)
    case '/own500':
      return text(work.SORRY, 500)
    case '/stream':
      return new Response(Readable.toWeb(work.brokenStream(id)))
    case '/big':
      return new Response(Readable.toWeb(work.bigStream()))
    case '/events':
      return new Response(Readable.toWeb(work.eventStream(id)), {
        headers: { 'content-type': 'text/event-stream' },
      })
    default:
      return text('nothing here', 404)
  }
}

const adapter = await work.adapterOf('fetch')
const fetch = adapter ? adapter.rocksolid(handler, adapter.options) : handler
const port = Number(process.env.PORT)

if (globalThis.Bun) {
  console.log('listening', Bun.serve({ port, hostname: 'localhost', fetch }).port)
} else if (globalThis.Deno) {
  Deno.serve(
    { port, hostname: 'localhost', onListen: (address) => console.log('listening', address.port) },
    fetch,
  )
} else {
  const { serve } = await import('@hono/node-server')
  const server = serve({ fetch, port, hostname: 'localhost' }, () => work.ready(server))
}
