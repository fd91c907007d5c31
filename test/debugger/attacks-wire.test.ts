import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { sendRaw } from '../support/raw-socket.ts'
import { request } from '../support/request.ts'

/**
 * The attacker of this file knows everything an unlocked browser knows: token, cookie, proof and the id of an error.
 * What is wrong with its requests is their shape alone.
 */
let app: AppProcess
let owner: DebuggerClient
let host: string

beforeAll(async () => {
  app = await startApp('guarded.mjs')
  host = `localhost:${app.port}`
  owner = await openErrorPage(app.port, '/fail')
  await owner.unlock({ pin: (await app.printed(/PIN (\d\S+)/))[1] as string })
})

afterAll(() => app?.stop())

const canary = async (): Promise<{ pwned: unknown; reached: string[] }> =>
  JSON.parse((await request({ port: app.port, path: '/canary' })).body)

afterEach(async () => {
  expect((await canary()).pwned).toBe(false)
})

const bodyOf = (code: string): string => JSON.stringify({ error: owner.data.error, frame: '0.0', code })

/** A whole evaluation that would succeed, with changes. */
function evaluation(
  change: {
    readonly code?: string
    readonly target?: string
    readonly hosts?: readonly string[]
    readonly headers?: readonly string[]
    readonly version?: string
    readonly length?: readonly string[]
    readonly body?: string
  } = {},
): string {
  const { code = 'globalThis.pwned = true', target = '/__rocksolid/evaluate', version = '1.1' } = change
  const body = change.body ?? bodyOf(code)
  const lines = [
    `POST ${target} HTTP/${version}`,
    ...(change.hosts ?? [host]).map((name) => `Host: ${name}`),
    'Content-Type: application/json',
    ...Object.entries(owner.credentials()).map(([name, value]) => `${name}: ${value}`),
    ...(change.headers ?? []),
    ...(change.length ?? [`Content-Length: ${body.length}`]),
    'Connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

const statuses = (answer: string): number[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map((match) => Number(match[1]))

describe('the same request as an attacker would shape it, unchanged', () => {
  it.each([
    ['as it is', {}],
    ['with a query', { target: '/__rocksolid/evaluate?x=1' }],
    ['in another case of the host', { hosts: ['LOCALHOST'] }],
    ['with the host’s trailing dot', { hosts: ['localhost.'] }],
    ['to 127.0.0.1', { hosts: ['127.0.0.1'] }],
    ['to [::1]', { hosts: ['[::1]:80'] }],
    ['in absolute form', { target: 'http://LOCALHOST/__rocksolid/evaluate', hosts: ['localhost'] }],
  ])('runs %s, so that the refusals below mean something', async (_name, change) => {
    const answer = await sendRaw(app.port, evaluation({ ...change, code: 'globalThis.control = "ran"' }))
    expect(statuses(answer)).toEqual([200])
    expect(answer).toContain("'ran'")
  })
})

describe('a path that is not spelled as ours', () => {
  it.each([
    '/__rocksolid/evaluate/',
    '/__rocksolid//evaluate',
    '//__rocksolid/evaluate',
    '///__rocksolid/evaluate',
    '//localhost/__rocksolid/evaluate',
    '/__ROCKSOLID/evaluate',
    '/__rocksolid/EVALUATE',
    '/__rocksolid/%65valuate',
    '/%5f%5frocksolid/evaluate',
    '/%5F%5Frocksolid/evaluate',
    '/%255f%255frocksolid/evaluate',
    '/__rocksolid%2fevaluate',
    '/__rocksolid%5cevaluate',
    '/__rocksolid\\evaluate',
    '\\__rocksolid\\evaluate',
    '/./__rocksolid/evaluate',
    '/x/../__rocksolid/evaluate',
    '/x/%2e%2e/__rocksolid/evaluate',
    '/__rocksolid/./evaluate',
    '/__rocksolid/../__rocksolid/evaluate',
    '/__rocksolid/errors/../evaluate',
    '/__rocksolid;x=1/evaluate',
    '/__rocksolid/evaluate;x=1',
    '/__rocksolid/evaluate%00',
    '/__rocksolid/evaluate%20',
    '/__rocksolid./evaluate',
    '/__rocksolid/evaluate.',
    '/__rocksolid/evaluate.json',
    '/\u00f5\u00f5rocksolid/evaluate',
    '*',
    'localhost/__rocksolid/evaluate',
    'http://evil.example/__rocksolid/evaluate',
    'http://localhost@evil.example/__rocksolid/evaluate',
    'https://localhost.evil.example/__rocksolid/evaluate',
    'javascript://localhost/__rocksolid/evaluate%0aalert(1)',
    'file:///__rocksolid/evaluate',
  ])('runs nothing at %s', async (target) => {
    const answer = await sendRaw(app.port, evaluation({ target }))
    const [status = 0] = statuses(answer)
    expect(statuses(answer).length).toBe(1)
    expect([400, 403, 404, 405, 200]).toContain(status)
    // Only what no router takes for the prefix is the application's own business.
    if (status === 200) expect(target).toMatch(/^\*$|;|rocksolid\.\/|\u00f5|\/\/localhost\/|^file/)
    if (status === 200) expect(answer).toContain('the application')
  })

  it('reaches the application in no spelling that a lenient router would fold into the prefix', async () => {
    const { reached } = await canary()
    expect(reached.filter((url) => /__rocksolid\/|%5f%5f|__rocksolid%|__rocksolid\\/i.test(url))).toEqual([
      '//localhost/__rocksolid/evaluate',
    ])
  })
})

describe('a host that is not this machine’s', () => {
  it.each([
    ['a rebound name', ['evil.example']],
    ['a name below one of ours', ['localhost.evil.example']],
    ['a name that ends like ours', ['evillocalhost']],
    ['an address below a name', ['127.0.0.1.evil.example']],
    ['0.0.0.0, which some systems connect to themselves', ['0.0.0.0']],
    ['an address in short', ['127.1']],
    ['an address as a number', ['2130706433']],
    ['an address in hexadecimal', ['0x7f000001']],
    ['an address in octal', ['0177.0.0.1']],
    ['[::]', ['[::]']],
    ['userinfo', ['localhost@evil.example']],
    ['userinfo the other way', ['evil.example@localhost']],
    ['a path', ['localhost/evil.example']],
    ['a fragment', ['localhost#evil.example']],
    ['two ports', ['localhost:1:2']],
    ['no port', ['localhost:']],
    ['two names', ['localhost evil.example']],
    ['a list', ['localhost, evil.example']],
    ['two dots', ['localhost..']],
    ['nothing', ['']],
    ['letters of other scripts', ['loc\u00e1lhost']],
    ['a zone', ['[::1%eth0]']],
    ['sent twice', ['localhost', 'evil.example']],
    ['sent twice alike', ['localhost', 'localhost']],
    ['not sent', []],
  ])('%s', async (_name, hosts) => {
    const answer = await sendRaw(app.port, evaluation({ hosts }))
    expect([400, 403]).toContain(statuses(answer)[0])
    expect(statuses(answer).length).toBe(1)
  })

  it('not sent by HTTP/1.0', async () => {
    const answer = await sendRaw(app.port, evaluation({ hosts: [], version: '1.0' }))
    expect(statuses(answer)).toEqual([403])
  })

  it('in headers that proxies write', async () => {
    for (const header of [
      'X-Forwarded-Host: localhost',
      'X-Forwarded-For: 127.0.0.1',
      'X-Forwarded-Proto: http',
      'X-Forwarded-Server: localhost',
      'Forwarded: for=127.0.0.1;host=localhost',
      'X-Real-IP: 127.0.0.1',
      'Client-IP: 127.0.0.1\r\nVia: 1.1 tunnel',
      'CF-Connecting-IP: 127.0.0.1',
      'True-Client-IP: 127.0.0.1',
      'X-Original-Host: localhost',
    ]) {
      const answer = await sendRaw(app.port, evaluation({ headers: [header] }))
      expect([header, ...statuses(answer)]).toEqual([header, 403])
      expect(answer).toContain('allowedPeers: [\\"127.0.0.1\\"]')
    }
  })
})

describe('a request within another', () => {
  const smuggled = (): string => evaluation()
  const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`
  const outer = (lines: readonly string[], body: string, target = '/__rocksolid/state'): string =>
    `POST ${target} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: text/plain\r\n${lines.join('\r\n')}\r\n\r\n${body}`
  const both = (te: string) => (): string =>
    outer([`Content-Length: ${smuggled().length + 5}`, te], `0\r\n\r\n${smuggled()}`)

  it.each<[string, () => string]>([
    [
      'as the body of a form of another site that is refused unread',
      () => outer([`Content-Length: ${smuggled().length}`, 'Origin: https://evil.example'], smuggled()),
    ],
    [
      'as a chunked body that is refused unread',
      () => outer(['Transfer-Encoding: chunked'], chunked(smuggled())),
    ],
    [
      'as the body of a request to the application',
      () => outer([`Content-Length: ${smuggled().length}`], smuggled(), '/'),
    ],
    [
      'as the body of a request that fails',
      () => outer([`Content-Length: ${smuggled().length}`], smuggled(), '/fail'),
    ],
    [
      'as the body of a GET',
      () => outer([`Content-Length: ${smuggled().length}`], smuggled(), '/').replace('POST', 'GET'),
    ],
    ['by two ways to tell the length', both('Transfer-Encoding: chunked')],
    ['by an encoding with a tab', both('Transfer-Encoding:\tchunked')],
    ['by an encoding with a vertical tab', both('Transfer-Encoding: \x0bchunked')],
    ['by an encoding nobody knows', both('Transfer-Encoding: xchunked')],
    ['by an encoding sent twice', both('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity')],
    ['by a blank before the colon', both('Transfer-Encoding : chunked')],
    ['by a folded header', both('X: y\r\n Transfer-Encoding: chunked')],
    ['by a bare line feed', both('X: y\nTransfer-Encoding: chunked')],
    ['by a bare carriage return', both('X: y\rTransfer-Encoding: chunked')],
    ['by a NUL in a header', both('X: \0\r\nTransfer-Encoding: chunked')],
    [
      'by two lengths',
      () => outer([`Content-Length: ${smuggled().length}`, 'Content-Length: 0'], smuggled()),
    ],
    ['by a list of lengths', () => outer([`Content-Length: 0, ${smuggled().length}`], smuggled())],
    ['by a signed length', () => outer([`Content-Length: +${smuggled().length}`], smuggled())],
    [
      'by a hexadecimal length',
      () => outer([`Content-Length: 0x${smuggled().length.toString(16)}`], smuggled()),
    ],
    ['by a chunk size with a sign', () => outer(['Transfer-Encoding: chunked'], `+0\r\n\r\n${smuggled()}`)],
    [
      'by a chunk extension with a line end',
      () => outer(['Transfer-Encoding: chunked'], `3;a\n\r\nabc\r\n0\r\n${smuggled()}`),
    ],
  ])('runs nothing: %s', async (_name, bytes) => {
    const last = `GET /last HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
    const answer = await sendRaw(app.port, bytes(), last)
    // One answer, and, where the connection was still good for it, that to the last request.
    expect(answer).toMatch(/^HTTP\/1\.1 [45]\d\d |the application$/)
    expect(statuses(answer).length).toBeLessThanOrEqual(2)
    expect(answer).not.toMatch(/"kind":"value"|Locked/)
  })
})

describe('headers sent twice', () => {
  it.each([
    ['the token', () => [`X-Rocksolid-Token: ${'A'.repeat(22)}`]],
    ['the proof', () => [`X-Rocksolid-Proof: ${'A'.repeat(43)}`]],
    ['the origin', () => [`Origin: http://${host}`, 'Origin: https://evil.example']],
    ['the site', () => ['Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site']],
  ])('%s', async (_name, headers) => {
    const answer = await sendRaw(app.port, evaluation({ headers: headers() }))
    expect([401, 403]).toContain(statuses(answer)[0])
  })
})

describe('methods', () => {
  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'LINK'])(
    '%s runs nothing',
    async (method) => {
      const answer = await sendRaw(app.port, evaluation().replace('POST', method))
      expect([400, 405]).toContain(statuses(answer)[0])
    },
  )

  it('CONNECT, an upgrade and a method named in a header run nothing', async () => {
    await sendRaw(app.port, evaluation().replace('POST /__rocksolid/evaluate', `CONNECT ${host}`))
    const upgrade = evaluation({ headers: ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'] })
    expect(
      await sendRaw(app.port, upgrade.replace('POST', 'GET').replace('close', 'Upgrade, close')),
    ).toMatch(/^HTTP\/1\.1 405 /)
    const overridden = evaluation({ headers: ['X-HTTP-Method-Override: POST'] }).replace('POST', 'GET')
    expect(statuses(await sendRaw(app.port, overridden))).toEqual([405])
  })
})
