import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

const root = resolve(import.meta.dirname, '..', '..')
mkdirSync(join(root, '.artifacts'), { recursive: true })
const IMPORT = ['--import', 'rocksolid/register']
const folder = mkdtempSync(join(tmpdir(), 'rocksolid-register-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Start {
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

async function withApp(
  name: string,
  { nodeArgs = IMPORT, env = {}, cwd }: Start,
  use: (app: AppProcess) => Promise<void>,
): Promise<void> {
  const app = await startApp(name, { nodeArgs, env, cwd: cwd ?? root })
  try {
    await use(app)
  } finally {
    await app.stop()
  }
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

describe.each([
  ['import', IMPORT],
  ['require', ['--require', 'rocksolid/register']],
])('node --%s rocksolid/register', (_flag, nodeArgs) => {
  it.each(['http', 'express5'])('gives %s an access log and pages with consoles', async (name) => {
    await withApp(`frameworks/${name}.mjs`, { nodeArgs }, async (app) => {
      expect((await request({ port: app.port, path: '/ok?id=7' })).body).toBe('ok')
      await app.printed(/"GET \/ok\?id=7 HTTP\/1\.1" 200 2 /)
      const page = await openErrorPage(app.port, '/async?id=8')
      expect(page.page.status).toBe(500)
      const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
      await page.unlock({ pin })
      expect(await page.evaluate(page.live[0] as string, 'local')).toMatchObject({
        value: { text: "'local of 8'" },
      })
      await app.printed(/TypeError: async 8\n/)
      await app.printed(/"GET \/async\?id=8 HTTP\/1\.1" 500 /)
      expect(app.stdout()).not.toContain('__rocksolid')
    })
  })
})

describe('the register among others', () => {
  it('loaded twice, by import and by require, works once', async () => {
    const nodeArgs = [...IMPORT, '--require', 'rocksolid/register']
    await withApp('frameworks/http.mjs', { nodeArgs }, async (app) => {
      await request({ port: app.port, path: '/sync?id=1' })
      await app.printed(/"GET \/sync\?id=1 HTTP\/1\.1" 500 /)
      expect(count(app.stdout(), /"GET \/sync/g)).toBe(1)
      expect(count(app.stderr(), /console PIN/g)).toBe(1)
      expect(count(app.stderr(), /TypeError: sync 1\n/g)).toBe(1)
    })
  })

  it('loaded in two copies works once', async () => {
    const copy = mkdtempSync(join(root, '.artifacts', 'copy-'))
    try {
      cpSync(join(root, 'dist'), copy, {
        recursive: true,
        filter: (name) => !/\.(map|ts|cjs|cts)$/.test(name),
      })
      const nodeArgs = [...IMPORT, '--import', pathToFileURL(join(copy, 'register.js')).href]
      await withApp('frameworks/http.mjs', { nodeArgs }, async (app) => {
        await request({ port: app.port, path: '/sync?id=2' })
        await app.printed(/"GET \/sync\?id=2 HTTP\/1\.1" 500 /)
        expect(count(app.stdout(), /"GET \/sync/g)).toBe(1)
        expect(count(app.stderr(), /console PIN/g)).toBe(1)
      })
    } finally {
      rmSync(copy, { recursive: true })
    }
  })

  it.each(['late', 'traced', 'worker'])('works %s', async (mode) => {
    const nodeArgs = mode === 'late' ? [] : IMPORT
    await withApp('register-late.mjs', { nodeArgs, env: { MODE: mode } }, async (app) => {
      const page = await openErrorPage(app.port, '/throw')
      expect(page.page.body).toContain(`thrown in ${mode}`)
      expect(page.live.length).toBeGreaterThan(0)
      const reply = await request({ port: app.port, path: '/' })
      expect([reply.status, reply.headers['x-traced']]).toEqual([200, mode === 'traced' ? 'yes' : undefined])
      await app.printed(/"GET \/ HTTP\/1\.1" 200 2 /)
    })
  })

  it.each(['http', 'express5'])(
    'shows what a listener of the request itself throws, under %s',
    async (name) => {
      await withApp(`frameworks/${name}.mjs`, {}, async (app) => {
        const headers = { accept: 'text/html' }
        const path = '/upload?id=6'
        const reply = await request({ port: app.port, method: 'POST', path, headers, body: 'some bytes' })
        expect([reply.status, reply.body.includes('sync 6')]).toEqual([500, true])
        await app.printed(/"POST \/upload\?id=6 HTTP\/1\.1" 500 /)
        expect((await request({ port: app.port, path: '/ok?id=7' })).body).toBe('ok')
      })
    },
  )

  it('serves two threads, each with a debugger and a PIN of its own', async () => {
    await withApp('register-late.mjs', { env: { MODE: 'threads' } }, async (app) => {
      const [, other] = await app.printed(/listening in a thread (\d+)/)
      const pages = [await openErrorPage(app.port, '/throw'), await openErrorPage(Number(other), '/throw')]
      await app.printed(/console PIN[\s\S]*console PIN/)
      const pins = [...app.stderr().matchAll(/PIN (\d\S+)/g)].map((match) => match[1] as string)
      expect(new Set(pins).size).toBe(2)
      // Which is whose, only trying tells: each opens one of the two.
      const opened: string[] = []
      for (const page of pages) {
        for (const pin of pins) if ((await page.unlock({ pin })).status === 200) opened.push(pin)
        expect(page.live.length).toBeGreaterThan(0)
      }
      expect(opened.toSorted()).toEqual(pins.toSorted())
    })
  })

  it('reports a further error of a request that has been answered', async () => {
    await withApp('register-late.mjs', { env: { MODE: 'twice' } }, async (app) => {
      expect((await request({ port: app.port, path: '/twice' })).status).toBe(500)
      await app.printed(/Error: first failure of a request\n/)
      await app.printed(/Error: second failure of a request\n/)
      expect((await request({ port: app.port, path: '/' })).body).toBe('ok')
    })
  })

  it('answers a rejection that the application listens for', async () => {
    await withApp('register-late.mjs', { env: { MODE: 'listening' } }, async (app) => {
      const { page } = await openErrorPage(app.port, '/rejected')
      expect([page.status, page.body.includes('the application listens for those')]).toEqual([500, true])
      expect(page.body).toContain('rejected in listening')
      await app.printed(/^heard$/m)
    })
  })

  it('leaves an error that belongs to no request to end the process', async () => {
    await withApp('register-late.mjs', { env: { MODE: 'uncaught' } }, async (app) => {
      await expect.poll(() => app.exitCode(), { timeout: 10_000 }).toBe(1)
      expect(app.stderr()).toContain('Error: thrown in uncaught')
    })
  })

  it('has no debugger in production, where errors end the process as ever', async () => {
    await withApp('frameworks/http.mjs', { env: { NODE_ENV: 'production' } }, async (app) => {
      await request({ port: app.port, path: '/ok' })
      await app.printed(/"GET \/ok HTTP\/1\.1" 200 2 /)
      await expect(request({ port: app.port, path: '/sync?id=1' })).rejects.toThrow()
      await expect.poll(() => app.exitCode(), { timeout: 10_000 }).toBe(1)
      expect(app.stderr()).toContain(
        'debugger off: NODE_ENV is production. Errors are answered as without it.',
      )
    })
  })

  it('leaves the line of a request to an access log of the application', async () => {
    const env = { ADAPTER: '1', ROCKSOLID_ACCESS: 'tiny' }
    await withApp('frameworks/koa.mjs', { env }, async (app) => {
      await request({ port: app.port, path: '/ok' })
      await app.printed(/"GET \/ok HTTP\/1\.1" 200 2 /)
      expect(app.stdout()).not.toMatch(/^GET \/ok 200/m)
    })
  })

  it('is the debugger of an application that has its own', async () => {
    await withApp('frames.mjs', {}, async (app) => {
      const page = await openErrorPage(app.port, '/sync')
      await app.printed(/PIN \d/)
      const pins = [...app.stderr().matchAll(/PIN (\d\S+)/g)].map((match) => match[1] as string)
      expect(pins).toHaveLength(1)
      await page.unlock({ pin: pins[0] as string })
      expect(await page.evaluate(page.live[0] as string, '1 + 1')).toMatchObject({ value: { text: '2' } })
    })
  })

  it('leaves errors alone when another inspector client may be attached, but for what frameworks tell', async () => {
    const nodeArgs = ['--inspect=0', ...IMPORT]
    await withApp('frameworks/express5.mjs', { nodeArgs }, async (app) => {
      const page = await openErrorPage(app.port, '/async?id=5')
      expect(page.page.body).toContain('async 5')
      expect(page.page.body).toContain('Another debugger is attached')
      expect(page.live).toEqual([])
    })
  })
})

describe('throws that Express takes for next()', () => {
  it.each([
    ['/null', 'null'],
    ['/route', '&quot;route&quot;'],
  ])('%s is shown in place of the 404, and explained', async (path, what) => {
    await withApp('frameworks/odd.mjs', {}, async (app) => {
      const { page } = await openErrorPage(app.port, path)
      expect(page.status).toBe(500)
      expect(page.body).toMatch(new RegExp(`A handler threw ${what} at \\S+odd\\.mjs:\\d+`))
      const json = await request({ port: app.port, path, headers: { accept: 'application/json' } })
      expect(json.status).toBe(404)
      const missing = await request({ port: app.port, path: '/missing', headers: { accept: 'text/html' } })
      expect([missing.status, missing.headers['x-debug-url']]).toEqual([404, undefined])
    })
  })
})

describe('an error that a handler of h3 returns', () => {
  it('is found when it is no answer of its own', async () => {
    await withApp('frameworks/h3.mjs', {}, async (app) => {
      const { page } = await openErrorPage(app.port, '/returned-error?id=1')
      expect([page.status, page.body.includes('returned 1')]).toEqual([500, true])
    })
  })

  it('is left alone when it is an HTTPError, which is how h3 is asked for a status', async () => {
    await withApp('frameworks/h3.mjs', {}, async (app) => {
      for (const [path, status] of [
        ['/returned', 500],
        ['/returned404', 404],
      ] as const) {
        const reply = await request({ port: app.port, path, headers: { accept: 'text/html' } })
        expect([reply.status, reply.headers['x-debug-url']]).toEqual([status, undefined])
        expect(JSON.parse(reply.body)).toMatchObject({ status, message: 'returned none' })
      }
    })
  })
})

describe('compression', () => {
  /** Decompresses what comes. */
  async function ask(app: AppProcess, path: string, accept = 'text/html') {
    const reply = await fetch(`${app.origin}${path}`, { headers: { accept, 'accept-encoding': 'gzip' } })
    return { status: reply.status, encoding: reply.headers.get('content-encoding'), body: await reply.text() }
  }

  it.each([
    ['', {}],
    ['first', {}],
    ['first', { ADAPTER: '1' }],
    ['last', { ADAPTER: '1' }],
  ])('%s in Express, %j: pages and texts arrive whole', async (order, env) => {
    const nodeArgs = 'ADAPTER' in env ? [] : IMPORT
    await withApp('frameworks/odd.mjs', { nodeArgs, env: { COMPRESS: order, ...env } }, async (app) => {
      const page = await ask(app, '/fail?id=3')
      expect([page.status, page.body.includes('sync 3')]).toEqual([500, true])
      const text = await ask(app, '/text')
      expect([text.encoding, text.body.length]).toEqual([order === '' ? null : 'gzip', 10_000])
    })
  })

  it.each(['koa', 'hono'])('around %s: pages, texts and answers for scripts arrive whole', async (name) => {
    await withApp('frameworks/compressed.mjs', { env: { FRAMEWORK: name } }, async (app) => {
      const page = await ask(app, '/fail?id=3')
      expect([page.status, page.encoding, page.body.includes('sync 3')]).toEqual([500, null, true])
      const answer = await ask(app, '/fail?id=4', 'application/json')
      expect([answer.status, answer.encoding, /rocksolid-data/.test(answer.body)]).toEqual([
        500,
        'gzip',
        false,
      ])
      await app.printed(/TypeError: sync 4\n/)
      await app.printed(/"GET \/fail\?id=4 HTTP\/1\.1" 500 /)
      expect(count(app.stderr(), /TypeError: sync 4\s*\n/g)).toBe(1)
      const text = await ask(app, '/text')
      expect([text.status, text.encoding, text.body.length]).toEqual([200, 'gzip', 10_000])
    })
  })
})

describe('what no middleware sees', () => {
  it('has its line: refused, upgraded, aborted behind another', async () => {
    await withApp('frameworks/http.mjs', {}, async (app) => {
      const answers = await Promise.all([
        send(app.port, 'NONSENSE\r\n\r\n'),
        send(app.port, `GET /large HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
        send(app.port, 'GET /expect HTTP/1.1\r\nHost: a\r\nExpect: nonsense\r\nConnection: close\r\n\r\n'),
        send(app.port, 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n'),
      ])
      expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['400', '431', '417', undefined])
      await app.printed(/"-" 400 /)
      await app.printed(/"GET \/large HTTP\/1\.1" 431 /)
      await app.printed(/"GET \/expect HTTP\/1\.1" 417 /)
      const socket = connect(app.port, 'localhost')
      socket.write('GET /after?id=1 HTTP/1.1\r\nHost: a\r\n\r\nGET /behind HTTP/1.1\r\nHost: a\r\n\r\n')
      await app.printed(/"GET \/after\?id=1 HTTP\/1\.1" 200 /)
      await app.printed(/"GET \/behind HTTP\/1\.1" /)
      socket.destroy()
    })
  })
})

function send(port: number, text: string): Promise<string> {
  return new Promise((done) => {
    const socket = connect(port, 'localhost')
    let answer = ''
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => done(answer))
    socket.write(text)
  })
}

describe('the configuration', () => {
  const project = (files: Readonly<Record<string, unknown>>): string => {
    const home = mkdtempSync(join(folder, 'project-'))
    const register = join(root, 'dist', 'register.js')
    writeFileSync(join(home, 'start.mjs'), `await import(${JSON.stringify(`file://${register}`)})`)
    writeFileSync(
      join(home, 'app.mjs'),
      `import http from 'node:http'
http.createServer((req, res) => res.end(Object.hasOwn(req, 'emit') ? 'watched' : 'ok')).listen(0, 'localhost', function () {
  console.log('listening', this.address().port)
})`,
    )
    for (const [name, content] of Object.entries({ 'package.json': {}, ...files }))
      writeFileSync(join(home, name), typeof content === 'string' ? content : JSON.stringify(content))
    return home
  }
  const start = (home: string, env: Readonly<Record<string, string>> = {}) =>
    startApp(join(home, 'app.mjs'), { nodeArgs: ['--import', './start.mjs'], cwd: home, env })

  it.each([
    ['package.json', { rocksolid: { access: 'tiny', debugger: false } }],
    ['rocksolid.config.json', { access: 'tiny', debugger: false }],
    ['rocksolid.config.mjs', "export default { access: { format: 'tiny' }, debugger: false }"],
    ['rocksolid.config.cjs', "module.exports = { access: 'tiny', debugger: false }"],
  ])('is read from %s', async (name, content) => {
    const app = await start(project({ [name]: content }))
    try {
      await request({ port: app.port, path: '/' })
      await app.printed(/^GET \/ 200 2 - [\d.]+ ms$/m)
      expect(app.stderr()).toBe('')
    } finally {
      await app.stop()
    }
  })

  const [, modern] = RUNTIMES.find(([name]) => name === 'Node 24') ?? []
  it.runIf(modern !== undefined)('is read from rocksolid.config.ts by a runtime that reads it', async () => {
    const config = "const access: string = 'tiny'\nexport default { access, debugger: false }"
    const home = project({ 'rocksolid.config.ts': config })
    const nodeArgs = ['--import', './start.mjs']
    const app = await startApp(join(home, 'app.mjs'), { node: modern as string, nodeArgs, cwd: home })
    try {
      await request({ port: app.port, path: '/' })
      await app.printed(/^GET \/ 200 2 - [\d.]+ ms$/m)
    } finally {
      await app.stop()
    }
  })

  it('without debugger and log leaves requests as they are, with the debugger watches them', async () => {
    for (const [value, body] of [
      ['off', 'ok'],
      ['on', 'watched'],
    ] as const) {
      const app = await start(project({}), { ROCKSOLID_DEBUGGER: value })
      try {
        expect((await request({ port: app.port, path: '/' })).body).toBe(body)
        await app.printed(/"GET \/ HTTP\/1\.1" 200 /)
      } finally {
        await app.stop()
      }
    }
  })

  it('is overruled by the environment', async () => {
    const app = await start(project({ 'rocksolid.config.json': { access: 'tiny' } }), {
      ROCKSOLID_ACCESS: 'off',
      ROCKSOLID_LOG: 'app.log',
    })
    try {
      await request({ port: app.port, path: '/' })
      expect(app.stdout()).not.toMatch(/GET/)
      await app.printed(/console PIN/)
    } finally {
      await app.stop()
    }
  })

  it.each([
    [{ 'rocksolid.config.json': { acess: false } }, {}, /unknown option "acess"\. Did you mean "access"\?/],
    [{ 'rocksolid.config.json': { access: { colour: true } } }, {}, /Did you mean "color"\?/],
    [{ 'rocksolid.config.json': { debugger: { evlaex: true } } }, {}, /Did you mean "evalex"\?/],
    [{ 'rocksolid.config.json': '{' }, {}, /rocksolid\.config\.json cannot be loaded/],
    [{ 'rocksolid.config.json': {}, 'rocksolid.config.mjs': '' }, {}, /several configurations/],
    [{ 'rocksolid.config.mjs': 'await 1\nexport default {}' }, {}, /top-level await/],
    [{}, { ROCKSOLID_ACESS: 'off' }, /ROCKSOLID_ACESS\. Did you mean ROCKSOLID_ACCESS\?/],
    [{}, { ROCKSOLID_DEBUGGER: 'maybe' }, /Allowed: "on" or "off"/],
    [{}, { ROCKSOLID_CONFIG: 'nowhere.json' }, /there is no such file/],
  ])('%j %j ends the start with advice', async (files, env, message) => {
    await expect(
      start(project(files as Record<string, unknown>), env as Record<string, string>),
    ).rejects.toThrow(message)
  })
})
