import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage, pageData } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

let app: AppProcess
let pin: string
let client: DebuggerClient

beforeAll(async () => {
  app = await startApp('frames.mjs', { env: { HOST: '0.0.0.0' } })
  pin = (await app.printed(/PIN (\d{3}-\d{3}-\d{3})/))[1] as string
  client = await openErrorPage(app.port, '/sync')
  await client.unlock({ pin })
})

afterAll(() => app.stop())

/** A secret of the server that only an evaluation could change: proves that refused code did not run. */
async function evaluations(): Promise<string> {
  return JSON.stringify(await client.evaluate('0.0', 'globalThis.pwned'))
}

const ATTACK = 'globalThis.pwned = true'

const refusals: readonly (readonly [string, Readonly<Record<string, string>>, number])[] = [
  ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
  [
    'a page of another port of localhost',
    { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
    403,
  ],
  [
    'another origin from a browser without fetch metadata',
    { origin: 'https://evil.example', 'sec-fetch-site': '' },
    403,
  ],
  ['an opaque origin', { origin: 'null' }, 403],
  ['a navigation', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, 403],
  ['a name that was rebound to this machine', { host: 'evil.example' }, 403],
  ['a name that only looks like localhost', { host: 'localhost.evil.example' }, 403],
  ['a wrong token', { 'x-rocksolid-token': 'A'.repeat(22) }, 403],
  ['an empty token', { 'x-rocksolid-token': '' }, 403],
  ['no cookie', { cookie: '' }, 401],
  ['a proxy', { 'x-forwarded-for': '127.0.0.1' }, 403],
  ['a standard proxy', { forwarded: 'for=127.0.0.1' }, 403],
]

describe('the console refuses', () => {
  it.each(refusals)('%s', async (_name, headers, status) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value]))
    const reply = await client.post(
      'evaluate',
      { error: client.data.error, frame: '0.0', code: ATTACK },
      given,
    )
    expect(reply.status).toBe(status)
    const refusal = JSON.parse(reply.body) as { error: string; explanation: string }
    expect(refusal.error).toMatch(/\S/)
    expect(refusal.explanation).toMatch(/\S/)
    expect(await evaluations()).toContain('"undefined"')
  })

  it('a host sent twice', async () => {
    const flat = [
      ['host', `localhost:${app.port}`],
      ['host', 'evil.example'],
      ['content-type', 'application/json'],
      ['x-rocksolid-token', client.data.token],
    ].flat()
    const body = JSON.stringify({ error: client.data.error, frame: '0.0', code: ATTACK })
    const reply = await request({
      port: app.port,
      method: 'POST',
      path: '/__rocksolid/evaluate',
      headers: flat,
      body,
    })
    expect(reply.status).toBeGreaterThanOrEqual(400)
    expect(await evaluations()).toContain('"undefined"')
  })

  it('a form of another site: no JSON, no token', async () => {
    const reply = await request({
      port: app.port,
      method: 'POST',
      path: '/__rocksolid/evaluate',
      headers: { 'content-type': 'text/plain', origin: 'https://evil.example' },
      body: JSON.stringify({ error: client.data.error, frame: '0.0', code: ATTACK }),
    })
    expect(reply.status).toBe(403)
    expect(await evaluations()).toContain('"undefined"')
  })

  it('GET, whatever it carries', async () => {
    const path = `/__rocksolid/evaluate?error=${client.data.error}&frame=0.0&code=${encodeURIComponent(ATTACK)}`
    const reply = await request({ port: app.port, path })
    expect(reply.status).toBe(405)
    expect(reply.headers.allow).toBe('POST')
    expect(await evaluations()).toContain('"undefined"')
  })

  it.each([
    '/__rocksolid/evaluate/',
    '/__ROCKSOLID/evaluate',
    '//__rocksolid/evaluate',
    '/%5f%5frocksolid/evaluate',
    '/%255f%255frocksolid/evaluate',
    '/__rocksolid/../__rocksolid/evaluate',
    '/__rocksolid\\evaluate',
    'http://localhost/__rocksolid/nothing',
    '/__rocksolid',
  ])('the prefix spelled %s without reaching the application', async (path) => {
    const reply = await request({
      port: app.port,
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(reply.body).not.toContain('not here')
    expect([403, 404, 405]).toContain(reply.status)
  })

  it('bodies that are too large, not JSON, or not an object', async () => {
    const large = await client.post('evaluate', {
      error: client.data.error,
      frame: '0.0',
      code: 'x'.repeat(300_000),
    })
    expect(large.status).toBe(413)
    expect(large.body).toContain('262144')
    const type = await client.post('evaluate', {}, { 'content-type': 'text/plain' })
    expect(type.status).toBe(415)
    const list = await client.post('evaluate', [1])
    expect(list.status).toBe(400)
    const incomplete = await client.post('evaluate', { error: client.data.error })
    expect(incomplete.status).toBe(400)
  })

  it('an unknown error as expired and an unknown frame by naming those that have a console', async () => {
    const expired = await client.post('evaluate', { error: 'no-such-error', frame: '0.0', code: '1' })
    expect(expired.status).toBe(410)
    expect(JSON.parse(expired.body)).toMatchObject({ error: 'Expired' })
    const frame = await client.post('evaluate', { error: client.data.error, frame: '9.9', code: '1' })
    expect(frame.status).toBe(404)
    expect(frame.body).toContain('0.0')
  })
})

describe('who is not on this machine', () => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address

  it.runIf(address !== undefined)('gets a bare 500 with an id: no source, no token, no message', async () => {
    const reply = await request({
      port: app.port,
      path: '/sync',
      address: address as string,
      headers: { accept: 'text/html' },
    })
    expect(reply.status).toBe(500)
    expect(reply.body).toMatch(/Error id: <code>[\w-]+<\/code>/)
    expect(reply.body).not.toMatch(/short of|transfer|frames\.mjs|rocksolid/)
    const action = await request({ port: app.port, path: '/__rocksolid/', address: address as string })
    expect(action.status).toBe(403)
    expect(action.body).toContain(`allowedPeers: [`)
  })

  it.each([
    ['a rebound name', { host: 'evil.example' }],
    ['a proxy', { 'x-forwarded-for': '10.0.0.1' }],
    [
      'a script of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
    ],
    [
      'a frame of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
    ['a fetch of another origin', { origin: 'http://localhost:1' }],
  ])('%s gets a bare 500', async (_name, headers) => {
    const reply = await request({
      port: app.port,
      path: '/sync',
      headers: { accept: 'text/html', ...headers },
    })
    expect(reply.status).toBe(500)
    expect(reply.body).not.toMatch(/short of|rocksolid-data|frames\.mjs/)
  })
})

describe('the page', () => {
  it('carries its own policy and none of the headers of the failed response that would weaken it', async () => {
    const reply = await request({ port: app.port, path: '/cors', headers: { accept: 'text/html' } })
    expect(reply.status).toBe(500)
    expect(reply.headers['access-control-allow-origin']).toBeUndefined()
    const policy = String(reply.headers['content-security-policy'])
    const nonce = /script-src 'nonce-([\w-]+)'/.exec(policy)?.[1]
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(nonce).toMatch(/^[\w-]{20,}$/)
    for (const tag of reply.body.match(/<(?:script|style)\b[^>]*>/g) ?? [])
      expect(tag).toContain(`nonce="${nonce}"`)
    expect(reply.body).not.toMatch(/<[^>]+\s(?:style|on[a-z]+)=/i)
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    expect(reply.headers['set-cookie']).toEqual(['app=1'])
    expect(Number(reply.headers['content-length'])).toBe(Buffer.byteLength(reply.body))
  })

  it('has another nonce each time and the same token', async () => {
    const [one, two] = await Promise.all([openErrorPage(app.port, '/sync'), openErrorPage(app.port, '/sync')])
    expect(one.page.headers['content-security-policy']).not.toBe(two.page.headers['content-security-policy'])
    expect(one.data.token).toBe(two.data.token)
    expect(one.data.token.length).toBeGreaterThanOrEqual(22)
  })

  it('can be opened again by its link as long as the error is kept', async () => {
    const link = client.page.headers['x-debug-url'] as string
    const again = await request({ port: app.port, path: link, headers: { accept: 'text/html' } })
    expect(again.status).toBe(200)
    expect(pageData(again.body).error).toBe(client.data.error)
    const gone = await request({
      port: app.port,
      path: '/__rocksolid/errors/none',
      headers: { accept: 'text/html' },
    })
    expect(gone.body).toContain('no longer kept')
  })
})

describe('unlocking', () => {
  it('gives a cookie that no script reads, no other site sends, and that ends', async () => {
    const fresh = await openErrorPage(app.port, '/sync')
    const reply = await fresh.unlock({ pin: pin.replaceAll('-', ' ') })
    const [cookie = ''] = reply.headers['set-cookie'] ?? []
    expect(cookie).toMatch(
      /^rocksolid_[0-9a-f]{8}=\d{13}\.[\w-]{22}\.[\w-]{43}; Path=\/__rocksolid; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
  })

  it('works by the printed link’s key, and a locked console can be locked again', async () => {
    const printed = await app.printed(/\/__rocksolid\/errors\/[\w-]+#unlock=([\w-]{22})/)
    const fresh = await openErrorPage(app.port, '/sync')
    expect((await fresh.unlock({ key: 'A'.repeat(22) })).status).toBe(403)
    expect((await fresh.unlock({ key: printed[1] as string })).status).toBe(200)
    expect((await fresh.evaluate('0.0', '1')).kind).toBe('value')
    const locked = await fresh.post('lock', {})
    expect(locked.headers['set-cookie']?.[0]).toContain('Max-Age=0')
  })

  it.each([
    ['a later expiry', (value: string) => value.replace(/^\d+/, '9999999999999')],
    ['another signature', (value: string) => value.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['no signature', (value: string) => value.split('.')[0] as string],
  ])('does not accept a cookie with %s', async (_name, forge) => {
    const fresh = await openErrorPage(app.port, '/sync')
    const reply = await fresh.unlock({ pin })
    const [pair = ''] = (reply.headers['set-cookie']?.[0] ?? '').split(';')
    const [name, value = ''] = pair.split('=')
    const refused = await fresh.post(
      'evaluate',
      { error: fresh.data.error, frame: '0.0', code: ATTACK },
      { cookie: `${name}=${forge(value)}` },
    )
    expect(refused.status).toBe(401)
    expect(await evaluations()).toContain('"undefined"')
  })
})
