import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage, pageData } from '../support/debugger-client.ts'
import { type RawReply, request } from '../support/request.ts'

let app: AppProcess
let client: DebuggerClient
beforeAll(async () => {
  app = await startApp('story.mjs', { env: { ROCKSOLID_EDITOR: 'vscode', STRIPE_SECRET: 'hunter2' } })
  client = await openErrorPage(app.port, '/quiet')
})
afterAll(() => app?.stop())

const get = (path: string, headers: Record<string, string> = {}): Promise<RawReply> =>
  request({ port: app.port, path, headers })
const order = (body: string, type = 'application/json', accept = 'text/html'): Promise<RawReply> =>
  request({
    port: app.port,
    method: 'POST',
    path: '/orders/7?token=abcdef',
    headers: { accept, 'content-type': type, 'content-length': String(body.length) },
    body,
  })

describe('the files of a page', () => {
  it('are kept by browsers, under names that change with their content', async () => {
    const urls = [
      ...client.page.body.matchAll(/(?:src|href)="(\/__rocksolid\/assets\/[0-9a-f]{16}-(?:js|css))"/g),
    ]
    expect(urls).toHaveLength(2)
    for (const [, url = ''] of urls) {
      const file = await get(url)
      expect(file.status).toBe(200)
      expect(file.headers['cache-control']).toBe('private, max-age=31536000, immutable')
      expect(file.headers['content-type']).toMatch(url.endsWith('js') ? /^text\/javascript/ : /^text\/css/)
      expect(file.headers['x-content-type-options']).toBe('nosniff')
    }
    expect((await get('/__rocksolid/assets/0123456789abcdef-js')).status).toBe(404)
  })

  it('leave a page below 120 kB, and a saved one below 35 kB when packed', async () => {
    const page = (await order('{"many":true}')).body
    expect(page).toContain('line 299')
    expect(page.length).toBeLessThan(120_000)
    const saved = await get(`/__rocksolid/saved/${pageData(page).error}`)
    expect(gzipSync(saved.body).length).toBeLessThan(35_000)
  })
})

describe('a saved page', () => {
  it('is one file that needs nothing, runs nothing and tells no secret', async () => {
    const { error, token } = pageData((await order('{"good":"hat"}')).body)
    const saved = await get(`/__rocksolid/saved/${error}`)
    expect(saved.headers['content-disposition']).toMatch(/^attachment; filename="Error-[\d-]{19}\.html"$/)
    expect(saved.body).toContain('no such good')
    expect(saved.body).toContain('placing order 7')
    expect(saved.body).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src/,
    )
    expect(saved.body).not.toMatch(/<script|<link| src=|__rocksolid|vscode:/)
    for (const secret of [token, 'hunter2', 'abcdef', 'PATH']) expect(saved.body).not.toContain(secret)
    expect((await get('/__rocksolid/saved/unknown')).body).toContain('no longer kept')
  })
})

describe('links to the editor', () => {
  it('open the frame, in the page of this machine only', async () => {
    expect(client.page.body).toMatch(/href="vscode:\/\/file\/[^"]*\/test\/apps\/story\.mjs:\d+:\d+"/)
    const other = await startApp('story.mjs', { env: { EDITOR: '', VISUAL: '', TERM_PROGRAM: '' } })
    try {
      expect((await openErrorPage(other.port, '/quiet')).page.body).not.toContain('class="rs-open"')
    } finally {
      await other.stop()
    }
  })
})

describe('replay', () => {
  it('is for who is unlocked', async () => {
    const locked = await client.post('replay', { error: client.data.error, send: true })
    expect(locked.status).toBe(401)
    await client.unlock({ pin: (await app.printed(/PIN (\S+)/))[1] as string })
    expect((await client.post('replay', { send: true })).status).toBe(400)
    expect((await client.post('replay', { error: 'gone', send: true })).status).toBe(410)
  })

  it('makes a safe request again at once, and leads to the error it ended in', async () => {
    const reply = JSON.parse((await client.post('replay', { error: client.data.error })).body)
    expect(reply).toMatchObject({ status: 500, ms: expect.any(Number) })
    expect(reply.page).not.toContain(client.data.error)
    expect((await get(reply.page)).body).toContain('quiet')
  })

  it('shows what any other would send, masked, and sends it as it was when asked again', async () => {
    const error = pageData((await order('{"good":"hat","password":"hunter2"}')).body).error
    const before = app.stdout().match(/placing order/g)?.length
    const shown = JSON.parse((await client.post('replay', { error })).body)
    expect(shown).toEqual({
      method: 'POST',
      url: '/orders/7?token=[masked]',
      body: '{"good":"hat","password":"[masked]"}',
    })
    expect(app.stdout().match(/placing order/g)?.length).toBe(before)
    const sent = JSON.parse((await client.post('replay', { error, send: true })).body)
    expect(sent.status).toBe(409)
    expect(app.stdout().match(/placing order/g)?.length).toBe((before ?? 0) + 1)
    const page = (await get(sent.page)).body
    expect(page).toContain('{ good: &#39;hat&#39;, password: [masked] }')
    expect(page).toContain('x-rocksolid-replay')
  })

  it('says so when the body was not kept', async () => {
    const error = pageData((await order(JSON.stringify({ good: 'x'.repeat(70_000) }))).body).error
    expect(JSON.parse((await client.post('replay', { error })).body).body).toContain('not kept')
    const refused = await client.post('replay', { error, send: true })
    expect([refused.status, refused.body]).toEqual([409, expect.stringContaining('64 KiB')])
  })
})

describe('the list of errors', () => {
  it('has each bug once, tells how often it was seen, and leads from one error to the next', async () => {
    const own = await startApp('story.mjs')
    try {
      const pages: DebuggerClient[] = []
      for (const path of ['/quiet', '/headers', '/quiet']) pages.push(await openErrorPage(own.port, path))
      const [first, second, third] = pages.map(({ data }) => data.error)
      const list = (
        await request({ port: own.port, path: '/__rocksolid/', headers: { accept: 'text/html' } })
      ).body
      const rows = list.split('<details class="rs-earlier"><summary>1 earlier kept</summary>')
      expect(rows.map((row) => row.match(/class="rs-list-message"/g)?.length)).toEqual([1, 1])
      expect([...list.matchAll(/href="\/__rocksolid\/errors\/([\w-]+)"/g)].map((match) => match[1])).toEqual([
        third,
        first,
        second,
      ])
      expect(list.match(/2 times since <time datetime="[^"]+Z"/g)).toHaveLength(1)
      expect(pages[2]?.page.body).toMatch(/Seen 2 times since \d\d:\d\d:\d\d/)
      const middle = await request({ port: own.port, path: `/__rocksolid/errors/${second}` })
      expect(middle.body).toContain(`<a href="/__rocksolid/errors/${first}" rel="prev">Older</a>`)
      expect(middle.body).toContain(`<a href="/__rocksolid/errors/${third}" rel="next">Newer</a>`)
      expect(middle.body).toContain('All 3 errors')
    } finally {
      await own.stop()
    }
  })
})

describe('the answer of an error', () => {
  const kinds = ['text/html', 'application/json', 'text/markdown', '*/*']

  it.each(kinds)('has the status and the headers it asks for, as %s', async (accept) => {
    const reply = await order('{"good":"hat"}', 'application/json', accept)
    expect(reply.status).toBe(409)
    expect(reply.headers['retry-after']).toBe('7')
    expect(reply.headers['x-reason']).toBe('stock')
    const debugUrl = reply.headers['x-debug-url'] as string
    expect((await get(debugUrl, { accept: 'text/html' })).body).toContain('no such good')
  })

  it('has none of the headers that would break or weaken it', async () => {
    const reply = await get('/headers', { accept: 'text/html' })
    expect(reply.status).toBe(500)
    expect(reply.body).toContain('</html>')
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'")
    expect(reply.headers['x-fine']).toBe('1')
    expect(reply.headers['x-split']).toBeUndefined()
  })

  it('has its headers in production too, with nothing else', async () => {
    const own = await startApp('story.mjs', { env: { NODE_ENV: 'production' } })
    try {
      const body = '{"good":"hat"}'
      const headers = { 'content-type': 'application/json', 'content-length': String(body.length) }
      const reply = await request({ port: own.port, method: 'POST', path: '/orders/7', headers, body })
      expect([reply.status, reply.headers['retry-after']]).toEqual([409, '7'])
      expect(reply.body).not.toContain('story.mjs')
    } finally {
      await own.stop()
    }
  })

  it('after its response has begun is cut off, and is found in the list and the terminal', async () => {
    await expect(order('{"begin":true}')).rejects.toThrow(/aborted|hang up|ECONNRESET/)
    await app.printed(/POST \/orders\/7[\s\S]*no such good/)
    const list = (await get('/__rocksolid/', { accept: 'text/html' })).body
    const newest = /href="(\/__rocksolid\/errors\/[\w-]+)"/.exec(list)?.[1] as string
    expect((await get(newest)).body).toContain('had begun with 200')
  })
})

describe('a path that no route takes', () => {
  it('is answered with the routes that are near', async () => {
    const page = await get('/user/7', { accept: 'text/html' })
    expect(page.status).toBe(404)
    expect(page.body).toContain('Cannot GET /user/7')
    expect(page.body).toMatch(
      /near:<\/p><ul class="rs-routes"><li><code>GET \/users\/:id<\/code><\/li><\/ul>/,
    )
    expect((await get('/user/7')).body).toBe('Cannot GET /user/7\n  near: GET /users/:id\n')
    expect((await get('/user/7', { accept: 'application/json' })).body).toContain('Cannot GET /user/7')
  })

  it('gives strangers nothing but what Express would', async () => {
    const page = await get('/user/7', { accept: 'text/html', host: 'evil.example' })
    expect([page.status, page.body.includes('users/:id')]).toEqual([404, false])
  })

  it('gives an error of status 404 a hint', async () => {
    const { debug } = JSON.parse((await get('/upp?lost=1', { accept: 'application/json' })).body)
    expect(debug.hints[0]).toMatchObject({ name: 'near-route', text: 'Near: `GET /up`.' })
  })
})
