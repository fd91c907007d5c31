import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { showsStack } from '../../src/dev/register-strangers.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { cpuMs } from '../support/growth.ts'
import { request } from '../support/request.ts'

const STRANGER = { 'x-forwarded-for': '10.0.0.1' }
const SHOWN = /strangers\.mjs|node_modules|express|\bat\s|<br>|__rocksolid|rocksolid-|a local of/i

describe.each([
  ['as it is', {}],
  ['compressed', { COMPRESS: '1' }],
])('what Express answers in development under rocksolid/register, %s', (_title, env) => {
  let app: AppProcess
  beforeAll(async () => {
    app = await startApp('frameworks/strangers.mjs', {
      nodeArgs: ['--import', 'rocksolid/register'],
      env,
      cwd: resolve(import.meta.dirname, '..', '..'),
    })
  })
  afterAll(() => app?.stop())

  const get = (path: string, headers: Record<string, string>, method = 'GET') =>
    request({
      port: app.port,
      path,
      method,
      headers: { 'accept-encoding': 'gzip', ...headers },
      ...(method === 'POST' ? { body: '{"not json' } : {}),
    })

  it.each([
    ['/throws', 500, 'Internal Server Error'],
    ['/rejects', 500, 'Internal Server Error'],
    ['/passes', 500, 'Internal Server Error'],
    ['/teapot', 418, "I'm a Teapot"],
    ['/json', 400, 'Bad Request'],
  ])('%s gives strangers its status, %i, and no stack', async (path, status, title) => {
    const method = path === '/json' ? 'POST' : 'GET'
    for (const accept of ['text/html', 'application/json', '*/*']) {
      const headers = { accept, 'content-type': 'application/json', ...STRANGER }
      const reply = await get(path, headers, method)
      expect([accept, reply.status, reply.headers['x-debug-url']]).toEqual([accept, status, undefined])
      expect(reply.body).toContain(title)
      expect(reply.body).not.toMatch(SHOWN)
      expect(reply.headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
    }
    await app.printed(path === '/json' ? /listening/ : /failed with 20|passed to next|teapot/)
  })

  it('programs of this machine get the answer of Express, as ever', async () => {
    const reply = await get('/throws', { accept: 'application/json', 'accept-encoding': 'identity' })
    expect(reply.status).toBe(500)
    expect(reply.body).toMatch(/TypeError: failed with 20<br>.*strangers\.mjs/)
    expect(reply.headers['x-debug-url']).toMatch(/^\/__rocksolid\/errors\//)
  })

  it.each([
    ['/own', 500, 'we are sorry'],
    ['/caught', 503, '{"sorry":true}'],
    ['/missing', 404, 'at home (nobody) is at 12:30:00'],
    ['/nowhere', 404, 'Cannot GET /nowhere'],
    ['/fine', 200, 'fine'],
  ])(
    '%s, which the application or Express answers without a stack, is left alone',
    async (path, status, text) => {
      const reply = await get(path, { ...STRANGER, 'accept-encoding': 'identity' })
      expect([reply.status, reply.body]).toEqual([status, expect.stringContaining(text)])
    },
  )
})

describe('a stack in an answer', () => {
  it.each([
    'Error: x\n    at fail (/srv/app.js:1:2)',
    '<pre>Error: x<br> &nbsp; &nbsp;at fail (file:///srv/app.mjs:10:9)</pre>',
    JSON.stringify({ stack: 'Error: x\n    at /srv/app.js:1:2' }),
    JSON.stringify({ stack: ['at fail (C:\\srv\\app.js:1:2)'] }),
    'Error: x at async Promise.all (node:internal/x:1:2)',
  ])('is seen in %j', (body) => expect(showsStack(body)).toBe(true))

  it.each([
    '',
    'Not found',
    'meet at 12:30:45',
    'we are at /home',
    'look at (/srv/app.js)',
    '{"message":"at least 1:1:1"}',
  ])('is not seen in %j', (body) => expect(showsStack(body)).toBe(false))

  it('takes no time to be looked for', async () => {
    const took = await cpuMs(() => {
      for (const unit of ['at ', ' at (', 'at /', 'at a (/', '\n    at ', 'at /a:1', ' at ((((/'])
        showsStack(unit.repeat(100_000))
    })
    expect(took).toBeLessThan(3000)
  })
})
