import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { consoleRoutes } from '../../src/debugger/console-routes.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { sendRaw } from '../support/raw-socket.ts'
import { request } from '../support/request.ts'

/** Whoever has got past the guard, with values that no page sends. */
let app: AppProcess
let owner: DebuggerClient
let pin: string

beforeAll(async () => {
  app = await startApp('guarded.mjs', { env: { DEBUGGER_OPTIONS: '{"console":true}' } })
  owner = await openErrorPage(app.port, '/fail')
  pin = (await app.printed(/PIN (\d\S+)/))[1] as string
  await owner.unlock({ pin })
})
afterAll(() => app?.stop())

afterEach(async () => {
  const { pwned } = JSON.parse((await request({ port: app.port, path: '/canary' })).body)
  expect(pwned).toBe(false)
  expect(
    await owner.evaluate('0.0', '[({}).polluted, [].polluted, (() => {}).polluted].join()'),
  ).toMatchObject({
    value: { text: "',,'" },
  })
})

const TRAVERSALS = [
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%2e%2e/%2e%2e/etc/passwd',
  '..\\..\\windows\\win.ini',
  '/etc/passwd',
  'file:///etc/passwd',
  '..;/..;/etc/passwd',
  '%00/etc/passwd',
  'package.json',
  '.env',
]
const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '__defineGetter__',
  '0',
  '-',
  '_',
]

const routes = consoleRoutes({} as never)

describe('an id in an address', () => {
  const withIds = routes
    .filter(({ path }) => path.endsWith('/:id'))
    .map(({ path }) => path.replace(':id', ''))

  it.each(withIds)('%s leads to nothing but what it names', async (path) => {
    for (const id of [
      ...TRAVERSALS,
      ...NAMES,
      'a'.repeat(64),
      'a'.repeat(5000),
      '<script>',
      '\ud800',
      ' ',
      '%ff',
    ]) {
      const target = `/__rocksolid${path}${encodeURI(id.replace(/[\ud800-\udfff]/g, '%ED%A0%80'))}`
      const reply = await request({ port: app.port, path: target, headers: { accept: 'text/html' } })
      expect([id, [200, 404].includes(reply.status)]).toEqual([id, true])
      expect(reply.body).not.toMatch(/root:x:0|"name": "rocksolid"|function toString|native code|<script>"/)
      if (reply.status === 200) expect(reply.body).toContain('no longer kept')
    }
  })
})

describe('a member of a body', () => {
  const HOSTILE: readonly unknown[] = [
    ...TRAVERSALS,
    ...NAMES,
    '',
    ' ',
    '0.0.0',
    '-1.-1',
    '1e3.0',
    '0.99999999999999999999',
    'NaN.Infinity',
    '\0',
    '\ud800',
    '\u2028',
    '</script>',
    'x'.repeat(200_000),
    null,
    true,
    -1,
    0.5,
    1e21,
    [],
    [['a']],
    {},
    { toString: 'x', valueOf: 'y', length: 1e9 },
    JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  ]
  const whole = (): Record<string, unknown> => ({
    error: owner.data.error,
    frame: '0.0',
    code: '1',
    cursor: 1,
    result: 0,
    path: [],
    run: false,
    form: 'text',
    send: false,
  })
  /** What each action reads. */
  const READ: Readonly<Record<string, readonly string[]>> = {
    state: [],
    errors: [],
    copy: ['error', 'form'],
    report: ['error'],
    frames: ['error'],
    locals: ['error', 'frame'],
    replay: ['error'],
    evaluate: ['error', 'frame', 'code'],
    open: ['error', 'frame', 'result', 'path', 'run'],
    preview: ['error', 'frame', 'code'],
    complete: ['error', 'frame', 'code', 'cursor'],
    release: ['error'],
  }
  // Locking would end the attack; unlocking has its own test.
  const actions = routes
    .filter(({ method, path }) => method === 'POST' && !['/lock', '/unlock'].includes(path))
    .map(({ path }) => path.slice(1))

  it('is known for each action', () => expect(Object.keys(READ).sort()).toEqual([...actions].sort()))

  it.each(actions)('%s says what is wrong with it, and goes on', async (action) => {
    for (const name of Object.keys(whole())) {
      if (action === 'release' && name !== 'error') continue
      for (const value of HOSTILE) {
        const code =
          name === 'code' && typeof value === 'string' ? `/*${value.replaceAll('*/', '')}*/ 1` : value
        const reply = await owner.post(action, { ...whole(), [name]: code })
        const what = [action, name, JSON.stringify(value)?.slice(0, 40)]
        expect([...what, reply.status]).toEqual([...what, expect.toSatisfy((status) => status < 500)])
        expect(reply.body).not.toMatch(/root:x:0/)
        expect(JSON.parse(reply.body)).toBeTypeOf('object')
      }
    }
  })

  it('unlocks nothing', async () => {
    const fresh = await openErrorPage(app.port, '/fail')
    for (const value of HOSTILE.filter((one) => typeof one !== 'string'))
      for (const name of ['pin', 'key']) {
        const reply = await fresh.post('unlock', { [name]: value })
        expect([name, reply.status]).toEqual([name, 400])
        expect(reply.headers['set-cookie']).toBeUndefined()
      }
    // Both at once: the key decides, and is wrong.
    expect((await fresh.post('unlock', { key: '', pin })).status).toBe(403)
    expect((await fresh.post('state', {})).body).toBe('{"unlocked":false}')
    await owner.unlock({ pin })
  })
})

describe('a cookie', () => {
  it('of the owner is found behind as many as a header holds, put in front by another port', async () => {
    const { cookie = '' } = owner.credentials()
    const [name = '', value = ''] = cookie.split('=')
    const forged = `${name}=9999999999999.${'A'.repeat(22)}.${'A'.repeat(43)}`
    const body = { error: owner.data.error, frame: '0.0', code: '1' }
    for (const tossed of [
      Array(500).fill(`${name}=x`),
      Array(140).fill(forged),
      [`${name}=${value.slice(1)}`],
    ]) {
      const reply = await owner.post('evaluate', body, { cookie: [...tossed, cookie].join('; ') })
      expect(reply.status).toBe(200)
    }
    const alone = await owner.post('evaluate', body, { cookie: Array(140).fill(forged).join('; ') })
    expect(alone.status).toBe(401)
    await owner.unlock({ pin })
  })

  it.each([
    ['of a name that only begins alike', (name: string) => `${name}x`],
    ['of a name in another case', (name: string) => name.toUpperCase()],
    ['with the prefix of a host', (name: string) => `__Host-${name}`],
    ['in quotes', (name: string) => `"${name}"`],
  ])('%s is none of ours', async (_name, change) => {
    const { cookie = '' } = owner.credentials()
    const [name = '', value = ''] = cookie.split('=')
    const body = { error: owner.data.error, frame: '0.0', code: 'globalThis.pwned = true' }
    const reply = await owner.post('evaluate', body, { cookie: `${change(name)}=${value}` })
    expect(reply.status).toBe(401)
  })
})

describe('a browser that sends no fetch metadata', () => {
  const evaluation = (lines: readonly string[], code: string): string => {
    const body = JSON.stringify({ error: owner.data.error, frame: '0.0', code })
    const own = Object.entries(owner.credentials()).map(([name, value]) => `${name}: ${value}`)
    const head = ['POST /__rocksolid/evaluate HTTP/1.1', `Host: localhost:${app.port}`, ...lines, ...own]
    return `${head.join('\r\n')}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`
  }

  it('is served its own page’s requests', async () => {
    const origin = `Origin: http://localhost:${app.port}`
    expect(await sendRaw(app.port, evaluation([origin], '20 + 1'))).toMatch(/^HTTP\/1\.1 200 [\s\S]*21/)
  })

  it.each([
    'https://evil.example',
    'null',
    '',
    'http://localhost',
    'http://localhost:1',
    'https://localhost:PORT',
    'http://127.0.0.1:PORT',
    'http://[::1]:PORT',
    'http://evil.localhost:PORT',
    'http://localhost.evil.example:PORT',
    'http://localhost:PORT.evil.example',
    'http://localhost:PORT@evil.example',
    'http://localhost:PORT/',
    'http://localhost:PORT http://evil.example',
    'http://evil.example, http://localhost:PORT',
    'file://',
    'moz-extension://x',
    'localhost:PORT',
  ])('is refused those of the origin %j', async (origin) => {
    const line = `Origin: ${origin.replace('PORT', String(app.port))}`
    const answer = await sendRaw(app.port, evaluation([line], 'globalThis.pwned = true'))
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).toContain('Another origin')
  })
})
