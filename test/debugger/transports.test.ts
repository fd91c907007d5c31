import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withDebugger } from '../../src/debugger.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { makeCertificate } from '../support/certificate.ts'
import { type ClientOptions, type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { type RawRequest, request } from '../support/request.ts'

/** The page of an error, unlocked, over any way to the server. */
async function openUnlocked(app: AppProcess, way: ClientOptions = {}): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, '/fail', way)
  const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
  expect((await client.unlock({ pin })).status).toBe(200)
  return client
}

const ATTACK = 'globalThis.pwned = true'
const attackBy = (client: DebuggerClient): object => ({
  error: client.data.error,
  frame: '0.0',
  code: ATTACK,
})

async function expectUnharmed(way: Omit<RawRequest, 'path'>): Promise<void> {
  expect(JSON.parse((await request({ ...way, path: '/canary' })).body)).toMatchObject({ pwned: false })
}

const certificate = makeCertificate()
afterAll(() => certificate.remove())

describe('over https', () => {
  let app: AppProcess
  let owner: DebuggerClient

  beforeAll(async () => {
    app = await startApp('guarded.mjs', { env: { TRANSPORT: 'https', TLS_FOLDER: certificate.folder } })
    owner = await openUnlocked(app, { secure: true })
  })
  afterAll(() => app?.stop())

  it('makes a failed request again to this very server, whatever signed its certificate', async () => {
    const again = await owner.post('replay', { error: owner.data.error })
    expect(again.status).toBe(200)
    const { status, page } = JSON.parse(again.body) as { readonly status: number; readonly page?: string }
    expect(status).toBe(500)
    expect(page).toMatch(/^\/__rocksolid\/errors\/[\w-]{10,}$/)
    expect(page).not.toContain(owner.data.error)
    const followed = await request({
      port: app.port,
      secure: true,
      path: page ?? '',
      headers: { accept: 'text/html' },
    })
    expect(followed.status).toBe(200)
    expect(followed.body).toContain('x-rocksolid-replay')
  })

  it('prints and takes https links, evaluates, and its cookie goes over TLS only', async () => {
    await app.printed(/https:\/\/localhost:\d+\/__rocksolid\/#unlock=[\w-]{22}/)
    expect(await owner.evaluate('0.0', 'secretOfSource')).toMatchObject({ kind: 'value' })
    const key = (await app.printed(/#unlock=([\w-]{22})/))[1] as string
    const again = await (await openErrorPage(app.port, '/fail', { secure: true })).unlock({ key })
    expect(again.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Secure$/)
    const locked = await owner.post('lock', {})
    expect(locked.headers['set-cookie']?.[0]).toMatch(/Max-Age=0; HttpOnly; SameSite=Strict; Secure$/)
  })

  it('refuses the plain twin of its origin', async () => {
    const other = await openUnlocked(app, { secure: true })
    for (const origin of [
      `http://localhost:${app.port}`,
      'https://localhost',
      'null',
      'https://evil.example',
    ]) {
      const reply = await other.post('evaluate', attackBy(other), { origin })
      expect([origin, reply.status]).toEqual([origin, 403])
      expect(JSON.parse(reply.body)).toMatchObject({
        error: 'Another origin',
        refused: 'POST /__rocksolid/evaluate',
      })
    }
    await expectUnharmed({ port: app.port, secure: true })
  })
})

describe('over HTTP/2', () => {
  let app: AppProcess
  let session: http2.ClientHttp2Session
  let credentials: Readonly<Record<string, string>>
  let error: string

  beforeAll(async () => {
    app = await startApp('guarded.mjs', { env: { TRANSPORT: 'http2', TLS_FOLDER: certificate.folder } })
    const owner = await openUnlocked(app, { secure: true })
    credentials = owner.credentials()
    error = owner.data.error
    session = http2.connect(`https://localhost:${app.port}`, { rejectUnauthorized: false })
    session.on('error', () => {})
  })
  afterAll(async () => {
    session?.destroy()
    await app?.stop()
  })

  function send(headers: Readonly<Record<string, string>>, code = ATTACK) {
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/__rocksolid/evaluate',
        'content-type': 'application/json',
        ...credentials,
        ...headers,
      })
      let body = ''
      let status = 0
      stream.on('response', (answer) => {
        status = Number(answer[':status'])
      })
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      stream.on('end', () => resolve({ status, body }))
      stream.on('error', reject)
      stream.end(JSON.stringify({ error, frame: '0.0', code }))
    })
  }

  it('evaluates for its own page', async () => {
    const origin = `https://localhost:${app.port}`
    const reply = await send({ origin, 'sec-fetch-site': 'same-origin' }, 'secretOfSource')
    expect(reply).toMatchObject({ status: 200, body: expect.stringContaining('only the owner') })
  })

  it.each([
    ['an authority of another site', { ':authority': 'evil.example' }],
    ['a host that differs from the authority', { host: 'evil.example' }],
    ['an authority that differs from the host', { ':authority': 'evil.example', host: 'localhost' }],
    ['a forwarded host', { 'x-forwarded-host': 'localhost' }],
    ['the plain twin of its origin', { origin: 'http://localhost' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a wrong token', { 'x-rocksolid-token': 'A'.repeat(22) }],
  ])('refuses %s', async (_name, headers) => {
    const own = { ':authority': `localhost:${app.port}` }
    const reply = await send({ ...own, ...headers })
    expect(reply.status).toBe(403)
    expect(JSON.parse(reply.body)).toMatchObject({ refused: 'POST /__rocksolid/evaluate' })
    await expectUnharmed({ port: app.port, secure: true })
  })
})

describe('on a unix socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unix-'))
  let socketPath: string
  let count = 0
  afterAll(() => rmSync(folder, { recursive: true }))

  const start = (options: object): Promise<AppProcess> => {
    socketPath = join(folder, `app-${count++}.sock`)
    return startApp('guarded.mjs', { env: { LISTEN: socketPath, DEBUGGER_OPTIONS: JSON.stringify(options) } })
  }
  const headers = { host: 'localhost', accept: 'text/html' }

  it('is refused until the option says that it is this machine', async () => {
    const app = await start({})
    try {
      const page = await request({ port: 0, socketPath, path: '/fail', headers })
      expect(page.status).toBe(500)
      expect(page.body).not.toMatch(/failed in|only the owner|rocksolid/)
      const list = await request({
        port: 0,
        socketPath,
        path: '/__rocksolid/',
        headers: { host: 'localhost' },
      })
      expect(list.status).toBe(403)
      expect(JSON.parse(list.body)).toMatchObject({ error: 'Unknown peer', option: 'allowUnixSocket: true' })
      await app.printed(/refused GET \/__rocksolid\/: Unknown peer\..*allowUnixSocket: true/)
    } finally {
      await app.stop()
    }
  })

  it('works when it does, and behind a proxy on it only when that was listed', async () => {
    const app = await start({ allowUnixSocket: true })
    try {
      const way = { socketPath, headers: { host: 'localhost', origin: 'http://localhost' } }
      const client = await openUnlocked(app, way)
      expect(await client.evaluate('0.0', 'secretOfSource')).toMatchObject({ kind: 'value' })
      const reply = await client.post('evaluate', attackBy(client), { 'x-forwarded-for': '127.0.0.1' })
      expect(JSON.parse(reply.body)).toMatchObject({ error: 'Forwarded', option: 'allowedPeers: ["unix"]' })
      await expectUnharmed({ port: 0, socketPath })
    } finally {
      await app.stop()
    }
    const listed = await start({ allowedPeers: ['unix'], allowedHosts: ['app.test'] })
    try {
      const proxied = { host: 'localhost', 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'app.test' }
      const client = await openUnlocked(listed, {
        socketPath,
        headers: { ...proxied, origin: 'https://app.test' },
      })
      expect(await client.evaluate('0.0', 'secretOfSource')).toMatchObject({ kind: 'value' })
    } finally {
      await listed.stop()
    }
  })
})

const addresses = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
const outside = addresses.find((one) => one.family === 'IPv4' && !one.internal)?.address
const hasIPv6 = addresses.some((one) => one.address === '::1')
/** Interface and address: such an address means nothing without the interface. */
const linkLocal = Object.entries(networkInterfaces())
  .flatMap(([name, list = []]) => list.map(({ address }) => ({ name, address })))
  .find(({ address }) => address.startsWith('fe80:'))

describe('bound to every address', () => {
  let app: AppProcess
  beforeAll(async () => {
    app = await startApp('guarded.mjs', { env: { LISTEN: hasIPv6 ? '::' : '0.0.0.0' } })
  })
  afterAll(() => app?.stop())

  it('says that other machines can connect', async () => {
    await app.printed(/other machines can connect, but its pages and consoles answer this one only/)
  })

  it('takes an IPv4 peer mapped into IPv6 for what it is', async () => {
    const client = await openUnlocked(app)
    expect(await client.evaluate('0.0', 'secretOfSource')).toMatchObject({ kind: 'value' })
  })

  it.runIf(hasIPv6)('takes ::1 for this machine', async () => {
    const host = `[::1]:${app.port}`
    const headers = { host, origin: `http://${host}` }
    const client = await openUnlocked(app, { address: '::1', headers })
    expect(await client.evaluate('0.0', 'secretOfSource')).toMatchObject({ kind: 'value' })
  })

  it.runIf(outside !== undefined)('refuses another machine, and says how to allow it', async () => {
    const address = outside as string
    const owner = await openUnlocked(app)
    const reply = await request({
      port: app.port,
      address,
      method: 'POST',
      path: '/__rocksolid/evaluate',
      headers: { 'content-type': 'application/json', ...owner.credentials() },
      body: JSON.stringify(attackBy(owner)),
    })
    expect(reply.status).toBe(403)
    expect(JSON.parse(reply.body)).toMatchObject({
      error: 'Not from this machine',
      option: `allowedPeers: ["${address}"]`,
    })
    const named = await request({ port: app.port, address, path: '/fail', headers: { accept: 'text/html' } })
    expect([named.status, named.body]).toEqual([500, expect.not.stringMatching(/failed in|rocksolid/)])
    await app.printed(/refused the page of error \S+: Not from this machine\./)
    await expectUnharmed({ port: app.port })
  })

  it.runIf(linkLocal !== undefined)('names a peer with a zone as the option takes it', async () => {
    const { name, address } = linkLocal as { name: string; address: string }
    const reply = await request({
      port: app.port,
      address: `${address}%${name}`,
      path: '/__rocksolid/',
    })
    const { option } = JSON.parse(reply.body) as { option: string }
    expect(option).toBe(`allowedPeers: ["${address}"]`)
  })
})

describe('a container, whose peer is the gateway of its network', () => {
  it.runIf(outside !== undefined)('works with the option that the refusal has named', async () => {
    const address = outside as string
    const env = {
      LISTEN: '0.0.0.0',
      DEBUGGER_OPTIONS: JSON.stringify({ allowedPeers: [address] }),
    }
    const app = await startApp('guarded.mjs', { env })
    try {
      const client = await openUnlocked(app, { address })
      expect(await client.evaluate('0.0', 'secretOfSource')).toMatchObject({ kind: 'value' })
    } finally {
      await app.stop()
    }
  })
})

describe('a proxy on this machine', () => {
  // What a tunnel of a cloud workspace sends: the host rewritten, the browser's own host beside it.
  const tunnel = {
    host: 'localhost:3000',
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': 'work-3000.tunnel.example',
    'x-forwarded-proto': 'https',
    origin: 'https://work-3000.tunnel.example',
  }
  const start = (options: object): Promise<AppProcess> =>
    startApp('guarded.mjs', { env: { DEBUGGER_OPTIONS: JSON.stringify(options) } })

  it('is refused until it is listed, and the refusal says the option', async () => {
    const app = await start({ allowedHosts: ['.tunnel.example'] })
    try {
      const page = await request({
        port: app.port,
        path: '/fail',
        headers: { ...tunnel, accept: 'text/html' },
      })
      expect([page.status, page.body]).toEqual([500, expect.not.stringMatching(/failed in|rocksolid/)])
      const list = await request({ port: app.port, path: '/__rocksolid/', headers: tunnel })
      expect(list.status).toBe(403)
      expect(JSON.parse(list.body)).toMatchObject({ option: 'allowedPeers: ["127.0.0.1"]' })
    } finally {
      await app.stop()
    }
  })

  it('works when it and the name are listed, for pages of that name only', async () => {
    const app = await start({ allowedPeers: ['127.0.0.1'], allowedHosts: ['.tunnel.example'] })
    try {
      const client = await openUnlocked(app, { headers: tunnel })
      expect(await client.evaluate('0.0', 'secretOfSource')).toMatchObject({ kind: 'value' })
      for (const headers of [
        { origin: 'https://evil.example' },
        { origin: 'https://work-3000.tunnel.example.evil.example' },
        { 'x-forwarded-host': 'evil.example' },
        { 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' },
        { 'x-forwarded-host': 'work-3000.tunnel.example, evil.example' },
        { 'x-forwarded-host': 'localhost', host: 'evil.example', origin: 'http://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
      ]) {
        const reply = await client.post('evaluate', attackBy(client), headers)
        expect([headers, reply.status]).toEqual([headers, 403])
      }
      await expectUnharmed({ port: app.port })
    } finally {
      await app.stop()
    }
  })

  it('is listed, but the name is not: the refusal says that option', async () => {
    const app = await start({ allowedPeers: ['127.0.0.0/8'] })
    try {
      const list = await request({ port: app.port, path: '/__rocksolid/', headers: tunnel })
      expect(list.status).toBe(403)
      expect(JSON.parse(list.body)).toMatchObject({ option: 'allowedHosts: ["work-3000.tunnel.example"]' })
    } finally {
      await app.stop()
    }
  })
})

describe('an HTTP/2 response that has begun when its handler fails', () => {
  it('is cut, and does not end as if it were whole', async () => {
    const handler = withDebugger(
      (_req: unknown, res: { write(text: string): void }) => {
        res.write('half')
        throw new Error('in the middle')
      },
      { terminal: false },
    )
    const server = http2.createServer(handler as never).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    try {
      const stream = client.request({ ':path': '/' })
      stream.resume().on('error', () => {})
      await new Promise((resolve) => stream.on('close', resolve))
      expect(stream.rstCode).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR)
    } finally {
      client.destroy()
      server.close()
      handler.close()
    }
  })
})
