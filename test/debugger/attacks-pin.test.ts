import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { consoleRoutes } from '../../src/debugger/console-routes.ts'
import { GroupAttempts } from '../../src/debugger/processes/group-attempts.ts'
import { answerRoute } from '../../src/debugger/routes.ts'
import { Attempts } from '../../src/debugger/trust/attempts.ts'
import { makeGuard } from '../../src/debugger/trust/guard.ts'
import { makeSecrets } from '../../src/debugger/trust/pin.ts'
import { makeSessions } from '../../src/debugger/trust/session-cookie.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

describe('10,000 guesses of the PIN at once', () => {
  it('get a handful decided, the rest refused at once; the owner waits 30 s at most, by the link not at all', async () => {
    const { post, secrets, waits, arrived } = await serveWithHeldWaits()
    const statuses: number[] = []
    const flood = Promise.all(
      Array.from({ length: 10_000 }, async (_one, index) => {
        const { status, retryAfter } = await post('unlock', { pin: String(index).padStart(9, '0') })
        if (status === 429) expect(Number(retryAfter)).toBeGreaterThan(0)
        statuses.push(status)
      }),
    )
    // Whoever waits is held by the test, so all the others are answered before time goes on.
    while (arrived() < 10_000 || statuses.length < 9_980) await waits.changed()
    expect((await post('unlock', { key: secrets.key })).status).toBe(200)

    let waitedMs = 0
    while (statuses.length < 10_000) waitedMs += await waits.release()
    await flood
    const decided = statuses.filter((status) => status !== 429)
    expect(decided.length).toBeLessThanOrEqual(11)
    expect(decided.every((status) => status === 403)).toBe(true)
    expect(waitedMs).toBeGreaterThan(10_000)
    expect(waitedMs).toBeLessThanOrEqual(30_000)

    const owner = post('unlock', { pin: secrets.pin })
    let ownerMs = 0
    while (ownerMs === 0) ownerMs = await waits.release()
    expect(ownerMs).toBeGreaterThan(10_000)
    expect(ownerMs).toBeLessThanOrEqual(30_000)
    expect((await owner).status).toBe(200)
    // The right PIN has taken the slowness away.
    expect((await post('unlock', { pin: secrets.pin })).status).toBe(200)
  }, 180_000)

  it('one after the other would take three days', async () => {
    let ms = 0
    const attempts = new Attempts(async (delay) => {
      ms += delay
    })
    for (let guess = 0; guess < 10_000; guess++) expect(await attempts.attempt(() => false)).toBe('wrong')
    // 83 hours for a thousandth of a percent of all PINs.
    expect(ms / 3_600_000).toBeGreaterThan(83)
    expect(await attempts.attempt(() => true)).toBe('right')
  })

  it('are forgotten after ten minutes without any, and not before', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    onTestFinished(() => now.mockRestore())
    const waits: number[] = []
    const attempts = new Attempts(async (ms) => void waits.push(ms))
    for (let guess = 0; guess < 5; guess++) await attempts.attempt(() => false)
    now.mockReturnValue(599_000)
    await attempts.attempt(() => false)
    now.mockReturnValue(599_000 + 601_000)
    await attempts.attempt(() => false)
    expect(waits).toEqual([0, 0, 0, 500, 1000, 2000, 0])
  })

  it('hit a real server no otherwise', async () => {
    const app = await startApp('guarded.mjs')
    try {
      const guesser = await openErrorPage(app.port, '/fail')
      let refused = 0
      const enough = new Promise<void>((resolve) => {
        for (let index = 0; index < 300; index++)
          guesser.unlock({ pin: String(index).padStart(9, '0') }).then(
            ({ status }) => {
              expect(status).not.toBe(200)
              if (status === 429 && ++refused === 285) resolve()
            },
            () => {},
          )
      })
      await enough
      const key = (await app.printed(/#unlock=([\w-]{22})/))[1] as string
      expect((await (await openErrorPage(app.port, '/fail')).unlock({ key })).status).toBe(200)
    } finally {
      await app.stop()
    }
  })

  it('cannot be made to slow the owner down by another site', async () => {
    const app = await startApp('guarded.mjs')
    try {
      const owner = await openErrorPage(app.port, '/fail')
      for (const headers of [
        { origin: 'https://evil.example' },
        { 'sec-fetch-site': 'cross-site' },
        { host: 'evil.example' },
        { 'x-forwarded-for': '127.0.0.1' },
      ]) {
        const wrong = { ...headers, 'x-rocksolid-token': 'A'.repeat(22) }
        for (let time = 0; time < 10; time++)
          expect((await owner.post('unlock', { pin: '0' }, wrong)).status).toBe(403)
      }
      const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
      const startedAt = performance.now()
      expect((await owner.unlock({ pin })).status).toBe(200)
      // 40 counted failures would have meant 30 s.
      expect(performance.now() - startedAt).toBeLessThan(15_000)
    } finally {
      await app.stop()
    }
  })
})

describe('a session', () => {
  let app: AppProcess
  let pin: string
  let owner: DebuggerClient

  beforeAll(async () => {
    app = await startApp('guarded.mjs')
    pin = (await app.printed(/PIN (\d\S+)/))[1] as string
    owner = await openErrorPage(app.port, '/fail')
    await owner.unlock({ pin })
  })
  afterAll(() => app?.stop())
  afterEach(async () => {
    expect((await request({ port: app.port, path: '/canary' })).body).toContain('"pwned":false')
  })

  const attack = async (
    client: DebuggerClient,
    headers: Readonly<Record<string, string>>,
  ): Promise<number> => {
    const body = { error: owner.data.error, frame: '0.0', code: 'globalThis.pwned = true' }
    return (await client.post('evaluate', body, headers)).status
  }

  it('needs both of its halves, of one and the same session', async () => {
    const other = await openErrorPage(app.port, '/fail')
    await other.unlock({ pin })
    const { cookie = '' } = owner.credentials()
    const { 'x-rocksolid-proof': proof = '' } = other.credentials()
    expect(await attack(owner, { 'x-rocksolid-proof': '' })).toBe(401)
    expect(await attack(owner, { cookie: '' })).toBe(401)
    expect(await attack(owner, { 'x-rocksolid-proof': proof })).toBe(401)
    expect(await attack(owner, { 'x-rocksolid-proof': cookie.split('.').at(-1) ?? '' })).toBe(401)
    expect((await owner.evaluate('0.0', '1')).kind).toBe('value')
  })

  it.each<[string, (parts: { expires: string; name: string; signature: string }) => string]>([
    ['a later expiry', ({ name, signature }) => `9999999999999.${name}.${signature}`],
    ['a longer expiry', ({ expires, name, signature }) => `${expires}0.${name}.${signature}`],
    ['another name', ({ expires, signature }) => `${expires}.${'A'.repeat(22)}.${signature}`],
    ['another signature', ({ expires, name }) => `${expires}.${name}.${'A'.repeat(43)}`],
    ['no signature', ({ expires, name }) => `${expires}.${name}.`],
    ['two parts', ({ expires, signature }) => `${expires}.${signature}`],
    ['quotes', ({ expires, name, signature }) => `"${expires}.${name}.${signature}"`],
    ['an encoded dot', ({ expires, name, signature }) => `${expires}%2e${name}.${signature}`],
    ['a line of Number’s own', ({ name, signature }) => `Infinity.${name}.${signature}`],
    ['nothing', () => ''],
  ])('is not believed with %s', async (_name, forge) => {
    const fresh = await openErrorPage(app.port, '/fail')
    await fresh.unlock({ pin })
    const [cookieName = '', value = ''] = (fresh.credentials().cookie ?? '').split('=')
    const [expires = '', name = '', signature = ''] = value.split('.')
    expect(await attack(fresh, { cookie: `${cookieName}=${forge({ expires, name, signature })}` })).toBe(401)
    // The owner's wrong cookies are counted; the right PIN takes them away again.
    await fresh.unlock({ pin })
  })

  it('is over when it was locked, also for who has copied it, and other browsers stay unlocked', async () => {
    const fresh = await openErrorPage(app.port, '/fail')
    await fresh.unlock({ pin })
    const stolen = fresh.credentials()
    expect((await fresh.post('lock', {})).status).toBe(200)
    expect(await attack(fresh, stolen)).toBe(401)
    expect((await owner.evaluate('0.0', '1')).kind).toBe('value')
  })

  it('survives cookies of its name that another port has put in front', async () => {
    const { cookie = '' } = owner.credentials()
    const [name = ''] = cookie.split('=')
    const tossed = Array.from({ length: 40 }, (_one, index) => `${name}=${index}`).join('; ')
    const body = { error: owner.data.error, frame: '0.0', code: '1' }
    expect((await owner.post('evaluate', body, { cookie: `${tossed}; ${cookie}` })).status).toBe(200)
  })

  it('of one server is nothing to another, nor to the same after a restart', async () => {
    const again = await startApp('guarded.mjs', { env: { PORT: '0' } })
    try {
      const there = await openErrorPage(again.port, '/fail')
      const name = (await again.printed(/PIN (\d\S+)/))[1] as string
      await there.unlock({ pin: name })
      const own = there.credentials().cookie?.split('=')[0]
      const { cookie = '', ...rest } = owner.credentials()
      const body = { error: there.data.error, frame: '0.0', code: 'globalThis.pwned = true' }
      for (const stolen of [cookie, `${own}=${cookie.split('=')[1]}`]) {
        const token = there.data.token
        const reply = await there.post('evaluate', body, {
          ...rest,
          'x-rocksolid-token': token,
          cookie: stolen,
        })
        expect(reply.status).toBe(401)
      }
      expect((await there.post('evaluate', body, owner.credentials())).status).toBe(403)
      expect((await request({ port: again.port, path: '/canary' })).body).toContain('"pwned":false')
    } finally {
      await again.stop()
    }
  })

  it('ends by itself', () => {
    let now = Date.now()
    const sessions = makeSessions(makeSecrets(undefined), () => now)
    const { cookie, proof } = sessions.begin(false)
    const header = cookie.split(';')[0]
    expect(sessions.state(header, proof)).toBe('unlocked')
    now += 12 * 3_600_000 - 1
    expect(sessions.state(header, proof)).toBe('unlocked')
    now += 1
    expect(sessions.state(header, proof)).toBe('wrong')
  })
})

describe('ROCKSOLID_PIN', () => {
  it.each([
    '1234567',
    '12345678',
    '87654321',
    '1234567890',
    '12341234',
    '1-2-3-4-5-6-7-8',
    '11112222',
    'aaaaaaaa',
    'abcdefgh',
    'qwertyui',
    'password',
    'Password1',
    'passw0rd!',
    'rocksolid',
    'changeme123',
    '        ',
  ])('%j is refused without being shown', async (pin) => {
    const { resolveDebuggerOptions } = await import('../../src/debugger/options.ts')
    const refused = (): unknown => resolveDebuggerOptions('withDebugger', { pin })
    expect(refused).toThrow(/"pin" is "\(hidden\)"/)
    expect(refused).not.toThrow(pin)
  })

  it.each(['482-911-306', '100-200-307', 'correct horse', 'k7#mQ2!z', 'Tigerente42'])(
    '%j is taken',
    async (pin) => {
      const { resolveDebuggerOptions } = await import('../../src/debugger/options.ts')
      expect(resolveDebuggerOptions('withDebugger', { pin }).pin).toBe(pin)
    },
  )
})

/** The real routes and guard on a real server; only the waits of attempts are the test's to end. */
async function serveWithHeldWaits() {
  const held: { readonly ms: number; readonly end: () => void }[] = []
  let notify = (): void => {}
  const attempts = new Attempts((ms) => {
    if (ms === 0) return Promise.resolve()
    return new Promise((end) => {
      held.push({ ms, end })
      notify()
    })
  })
  let arrivals = 0
  const attempt = attempts.attempt.bind(attempts)
  attempts.attempt = (isRight) => {
    arrivals++
    return attempt(isRight)
  }
  const changed = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, 20)
      notify = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  const secrets = makeSecrets(undefined)
  const sessions = makeSessions(secrets)
  const pins = new GroupAttempts(
    attempts,
    (pin) => pin.replaceAll('-', '') === secrets.pin.replaceAll('-', ''),
    () => undefined,
  )
  const none = { allowedHosts: [], allowedPeers: [], allowUnixSocket: false }
  const guard = makeGuard({ ...none, secrets, attempts, sessions })
  const announcer = { unlocked() {}, evaluated() {} }
  const context = {
    secrets,
    attempts: pins,
    sessions,
    guard,
    announcer,
    evalex: true,
    banner: () => undefined,
  }
  const routes = consoleRoutes({ ...context, tracebacks: { list: () => [] } } as never)
  const server = http.createServer((req, res) => void answerRoute(routes, guard, req, res, () => {}))
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const agent = new http.Agent({ keepAlive: true, maxSockets: 100 })
  onTestFinished(() => {
    agent.destroy()
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const post = (action: string, body: object): Promise<{ status: number; retryAfter: string | undefined }> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'x-rocksolid-token': secrets.token }
      const req = http.request(
        { host: 'localhost', port, method: 'POST', path: `/__rocksolid/${action}`, headers, agent },
        (res) => {
          res.resume()
          res.on('end', () =>
            resolve({ status: res.statusCode ?? 0, retryAfter: res.headers['retry-after'] }),
          )
        },
      )
      req.on('error', reject)
      req.end(JSON.stringify(body))
    })
  return {
    post,
    secrets,
    arrived: () => arrivals,
    waits: {
      changed,
      /** Lets who waits longest go on, and answers how long that would have been, in ms. */
      async release(): Promise<number> {
        await changed()
        const first = held.shift()
        first?.end()
        return first?.ms ?? 0
      },
    },
  }
}

describe('a request with a wrong token, or a forged cookie', () => {
  it('counts as a failure; one without either does not', () => {
    const secrets = makeSecrets(undefined)
    const noteFailure = vi.fn()
    const none = { allowedHosts: [], allowedPeers: [], allowUnixSocket: false }
    const guard = makeGuard({ ...none, secrets, attempts: { noteFailure }, sessions: makeSessions(secrets) })
    const check = (headers: Readonly<Record<string, string>>): number => {
      const all = { host: 'localhost', ...headers }
      const req = {
        headers: all,
        rawHeaders: Object.entries(all).flat(),
        socket: { remoteAddress: '127.0.0.1' },
      }
      expect(guard.check(req as never, 'unlocked').allowed).toBe(false)
      return noteFailure.mock.calls.length
    }
    const token = { 'x-rocksolid-token': secrets.token }
    expect([check({}), check(token)]).toEqual([0, 0])
    expect(check({ 'x-rocksolid-token': 'wrong' })).toBe(1)
    expect(check({ ...token, cookie: `rocksolid_${secrets.instance}=forged` })).toBe(2)
  })
})
