import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { AccessLogger } from '../../src/access.ts'
import { createDebugger } from '../../src/debugger.ts'
import { rocksolid } from '../../src/hono.ts'

const debug = createDebugger({ terminal: false })
afterAll(() => debug.close())
// Hono prints each error.
vi.spyOn(console, 'error').mockImplementation(() => {})

const HEADERS = { accept: 'text/html', 'accept-encoding': 'gzip' }
const PEER = { incoming: { socket: { remoteAddress: '127.0.0.1', remotePort: 5 } } }
const ask = async (app: Hono) => await app.request('http://localhost/', { headers: HEADERS }, PEER)

const fail = (): never => {
  throw new Error('thrown here')
}

describe('the bare 500 of Hono', () => {
  it.each(['gzip', 'deflate', undefined] as const)(
    'has the page in its place, compressed by %s',
    async (encoding) => {
      const app = new Hono()
      app.use(rocksolid({ access: false, debugger: debug }))
      if (encoding !== undefined) app.use(compress({ encoding, threshold: 0 }))
      app.get('/', fail)
      const headers = { ...HEADERS, 'accept-encoding': encoding ?? 'identity' }
      const reply = await app.request('http://localhost/', { headers }, PEER)
      expect([reply.status, reply.headers.get('content-encoding')]).toEqual([500, null])
      expect(await reply.text()).toContain('thrown here')
    },
  )
})

describe('a body that the client gives up', () => {
  it('ends the request as aborted, and the application’s stream', async () => {
    const lines: string[] = []
    const app = new Hono()
    app.use(
      rocksolid({
        access: new AccessLogger(':method :status :outcome', { to: (line: string) => void lines.push(line) }),
      }),
    )
    const cancel = vi.fn()
    app.get(
      '/',
      () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(9)), cancel })),
    )
    const reply = await ask(app)
    const reader = reply.body?.getReader()
    await reader?.read()
    expect(lines).toEqual([])
    await reader?.cancel('enough')
    expect(cancel).toHaveBeenCalledWith('enough')
    await vi.waitFor(() => expect(lines).toHaveLength(1), 15_000)
    expect(lines).toEqual(['GET 200 aborted'])
  })
})

describe('an answer to HEAD', () => {
  it('ends with its header: nobody takes the body that Hono has made', async () => {
    const lines: string[] = []
    const app = new Hono()
    const access = new AccessLogger(':method :status :outcome', {
      to: (line: string) => void lines.push(line),
    })
    app.use(rocksolid({ access }))
    app.get('/', (c) => c.text('hello'))
    await app.request('http://localhost/', { method: 'HEAD' }, PEER)
    await vi.waitFor(() => expect(lines).toEqual(['HEAD 200 ok']))
  })
})

describe('what the application answers in onError', () => {
  it('stays where it is the client’s fault, though it says no more than the message', async () => {
    const app = new Hono()
    app.use(rocksolid({ access: false, debugger: debug }))
    app.get('/', fail)
    app.onError((error, c) => c.text(error.message, 400))
    const reply = await ask(app)
    expect([reply.status, await reply.text()]).toEqual([400, 'thrown here'])
  })

  it('stays, compressed or not', async () => {
    for (const compressed of [true, false]) {
      const app = new Hono()
      app.use(rocksolid({ access: false, debugger: debug }))
      if (compressed) app.use(compress({ encoding: 'gzip', threshold: 0 }))
      app.get('/', fail)
      app.onError((_error, c) => c.text('sorry', 500))
      const reply = await ask(app)
      const body = compressed ? reply.body?.pipeThrough(new DecompressionStream('gzip') as never) : reply.body
      expect(await new Response(body as never).text()).toBe('sorry')
    }
  })

  it('is sent on as it comes when it streams', async () => {
    const app = new Hono()
    app.use(rocksolid({ access: false, debugger: debug }))
    app.get('/', fail)
    let end: () => void = () => {}
    app.onError(() => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('begun '))
          end = () => {
            controller.enqueue(new TextEncoder().encode('and ended'))
            controller.close()
          }
        },
      })
      return new Response(body, { status: 500 })
    })
    // It does not wait for the end.
    const reply = await ask(app)
    end()
    expect(await reply.text()).toBe('begun and ended')
  })
})
