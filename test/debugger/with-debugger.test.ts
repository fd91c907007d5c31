import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { debugErrors, withDebugger } from '../../src/debugger.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

describe('withDebugger() with a wrong option', () => {
  const refusal = (options: object): string => {
    try {
      withDebugger(() => {}, options)
    } catch (error) {
      return `${(error as { code: string }).code} ${(error as Error).message}`
    }
    return 'accepted'
  }

  it.each([
    [{ evalx: true }, /OPTION_UNKNOWN.*unknown option "evalx"\. Did you mean "evalex"\?/],
    [{ evalex: 'yes' }, /OPTION_INVALID.*"evalex" is "yes"\. Allowed: true or false/],
    [{ pin: false }, /"pin" is "\(hidden\)"|"pin" is false/],
    [{ pin: '1234' }, /"pin" is "\(hidden\)"\. Allowed: at least 8/],
    [{ pin: '12345678' }, /"pin"/],
    [{ pin: '11111111' }, /"pin"/],
    [{ allowedHosts: ['http://a.test'] }, /a host name without scheme/],
    [{ allowedPeers: ['not-an-address'] }, /an IP address or a CIDR range/],
    [{ allowedPeers: '10.0.0.1' }, /an array/],
    [{ maxErrors: 0 }, /a whole number from 1 to 1000/],
    [{ editor: 'vscodd' }, /"editor" is "vscodd"\. Allowed: one of vscode, .*\(nearest: "vscode"\)/],
    [{ editor: 'javascript:alert({file})' }, /"editor"/],
    [{ paths: { '/app': 1 } }, /"paths" is .*Allowed: an object of folders/],
    [{ consoleTimeoutMs: 1.5 }, /a whole number from 50/],
  ])('%j', (options, expected) => {
    expect(refusal(options)).toMatch(expected)
  })

  it('refuses a handler that is none, and names what it takes', () => {
    expect(() => withDebugger('app' as never)).toThrow(/the handler is "app"\. Allowed: a function/)
    expect(() => debugErrors({ nope: 1 } as never)).toThrow(/debugErrors: unknown option "nope"/)
  })
})

describe('an error', () => {
  let app: AppProcess
  beforeAll(async () => {
    app = await startApp('frames.mjs')
  })
  afterAll(() => app.stop())

  it('is HTML for a document, JSON for a script, text for curl, Markdown for who asks', async () => {
    const get = (headers: Record<string, string>) => request({ port: app.port, path: '/cause', headers })
    const html = await get({ accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
    expect(html.headers['content-type']).toBe('text/html; charset=utf-8')
    const json = await get({ accept: 'application/json' })
    expect(json.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(JSON.parse(json.body)).toMatchObject({ status: 500 })
    const script = await get({
      accept: '*/*',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      'sec-fetch-site': 'same-origin',
    })
    expect(script.headers['content-type']).toContain('json')
    const text = await get({ accept: '*/*' })
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(text.body).toContain('Error: wrapped')
    expect(text.body).toContain('short of 200')
    const markdown = await get({ accept: 'text/markdown' })
    expect(markdown.headers['content-type']).toBe('text/markdown; charset=utf-8')
    for (const reply of [html, json, text, markdown]) {
      expect(reply.status).toBe(500)
      expect(reply.headers['x-debug-url']).toMatch(/^\/__rocksolid\/errors\/[\w-]+$/)
    }
  })

  it('keeps the status it carries, and a HEAD request gets no body', async () => {
    const teapot = await request({ port: app.port, path: '/status' })
    expect(teapot.status).toBe(418)
    const head = await request({ port: app.port, method: 'HEAD', path: '/sync' })
    expect(head.status).toBe(500)
    expect(head.body).toBe('')
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0)
  })

  it('after the response has begun ends the connection, so that a half is not taken for a whole', async () => {
    await expect(request({ port: app.port, path: '/after-headers' })).rejects.toThrow(
      /aborted|socket hang up|ECONNRESET/,
    )
    await app.printed(/short of 600/)
    expect((await request({ port: app.port, path: '/handled' })).body).toBe('fine')
  })

  it('is printed once, with its link', async () => {
    await request({ port: app.port, path: '/generator' })
    await app.printed(/in a generator[\s\S]*debugger http:\/\/localhost:\d+\/__rocksolid\/errors\//)
    expect(app.stderr().match(/Error: in a generator/g)).toHaveLength(1)
  })

  it('leaves alone what the application answers itself', async () => {
    const missing = await request({ port: app.port, path: '/nothing-here' })
    expect([missing.status, missing.body]).toEqual([404, 'not here'])
  })

  it('keeps errors up to the limit and says when one is gone', async () => {
    const own = await startApp('frames.mjs', { env: { DEBUGGER_OPTIONS: '{"maxErrors": 2}' } })
    try {
      const pin = (await own.printed(/PIN (\S+)/))[1] as string
      const first = await openErrorPage(own.port, '/sync')
      await first.unlock({ pin })
      expect((await first.evaluate('0.0', 'amount')).kind).toBe('value')
      await openErrorPage(own.port, '/sync')
      await openErrorPage(own.port, '/sync')
      const gone = await first.post('evaluate', { error: first.data.error, frame: '0.0', code: '1' })
      expect(gone.status).toBe(410)
    } finally {
      await own.stop()
    }
  })
})

describe('throws that the application catches itself', () => {
  it.each(RUNTIMES)(
    'cost next to nothing on %s once a place has become chatty, and other places still get consoles',
    async (_name, node) => {
      const app = await startApp('frames.mjs', { node })
      try {
        const perThrowMs = async (): Promise<number> =>
          Number((await request({ port: app.port, path: '/chatty' })).body) / 2000
        await perThrowMs()
        // A pause alone costs 0.3 ms and more. Learning takes as many seconds as the machine needs for 350 throws.
        await expect.poll(perThrowMs, { timeout: 40_000 }).toBeLessThan(0.1)
        expect((await openErrorPage(app.port, '/sync')).live).toContain('0.0')
        // An error of that very place that reaches a page has a console from the second time on at the latest.
        await openErrorPage(app.port, '/chatty/fails')
        expect((await openErrorPage(app.port, '/chatty/fails')).live.length).toBeGreaterThan(0)
      } finally {
        await app.stop()
      }
    },
  )
})

describe('at the start', () => {
  it('prints the link that unlocks once the server listens, and who else could connect', async () => {
    const app = await startApp('frames.mjs')
    try {
      await app.printed(new RegExp(`debugger http://localhost:${app.port}/__rocksolid/#unlock=[\\w-]{22}\n`))
      expect(app.stderr()).not.toContain('other machines')
    } finally {
      await app.stop()
    }
    const open = await startApp('frames.mjs', { env: { HOST: '0.0.0.0' } })
    try {
      await open.printed(/other machines can connect, but its pages and consoles answer this one only/)
    } finally {
      await open.stop()
    }
  })

  it('takes the PIN of ROCKSOLID_PIN, and refuses a weak one before anything listens', async () => {
    const app = await startApp('frames.mjs', { env: { ROCKSOLID_PIN: 'correct-horse-7' } })
    try {
      const client = await openErrorPage(app.port, '/sync')
      expect((await client.unlock({ pin: 'correct horse 7' })).status).toBe(200)
    } finally {
      await app.stop()
    }
    await expect(startApp('frames.mjs', { env: { ROCKSOLID_PIN: '1234' } })).rejects.toThrow(
      /"pin" is "\(hidden\)"/,
    )
  })
})

describe('in production', () => {
  it('answers a plain 500 with an id, prints the error under that id, and serves nothing of the debugger', async () => {
    const app = await startApp('frames.mjs', { env: { NODE_ENV: 'production' } })
    try {
      await app.printed(/NODE_ENV is production/)
      const reply = await request({ port: app.port, path: '/sync', headers: { accept: 'text/html' } })
      expect(reply.status).toBe(500)
      expect(reply.body).not.toMatch(/short of|frames\.mjs|rocksolid/)
      const id = /<code>([\w-]+)<\/code>/.exec(reply.body)?.[1]
      await app.printed(new RegExp(`error ${id}: RangeError: short of 150`))
      const prefix = await request({ port: app.port, path: '/__rocksolid/' })
      expect(prefix.body).toBe('not here')
    } finally {
      await app.stop()
    }
  })

  it('runs only when asked in so many words, and says so loudly', async () => {
    const app = await startApp('frames.mjs', {
      env: { NODE_ENV: 'production', DEBUGGER_OPTIONS: '{"dangerouslyAllowInProduction": true}' },
    })
    try {
      await app.printed(/ON IN PRODUCTION/)
      const client = await openErrorPage(app.port, '/sync')
      expect(client.live.length).toBeGreaterThan(0)
    } finally {
      await app.stop()
    }
  })
})

describe('beside another debugger', () => {
  it('stands down when an inspector client may be attached, and says so on the page', async () => {
    const app = await startApp('frames.mjs', { nodeArgs: ['--inspect=127.0.0.1:0'] })
    try {
      const client = await openErrorPage(app.port, '/sync')
      expect(client.page.body).toContain('Another debugger is attached')
      expect(client.live).toEqual([])
      expect(client.page.body).toContain('short of 150')
    } finally {
      await app.stop()
    }
  })
})
