import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, type MockInstance, vi } from 'vitest'
import { interceptFor } from '../../src/dev/overlay/intercept.ts'
import { Overlay } from '../../src/dev/overlay/overlay.ts'
import { OVERLAY_ROUTES } from '../../src/dev/overlay/routes.ts'
import { noteFailure } from '../../src/http/failures.ts'
import { request } from '../support/request.ts'

/** The events of the overlay show source and values of errors: who is not the developer gets none. */
let server: http.Server
let port: number
/** What was printed in the terminal. */
let written: MockInstance<typeof process.stderr.write>
const printed = (): string => written.mock.calls.map(([text]) => String(text)).join('')

beforeAll(async () => {
  written = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  const intercept = interceptFor(new Overlay({ boot: 'boot' }, { on() {} } as never))
  server = http.createServer((req, res) => {
    if (intercept(req, res)) return
    noteFailure(req, new Error('for the developer alone'))
    res.statusCode = 500
    res.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})

afterAll(() => {
  written.mockRestore()
  server.closeAllConnections()
  server.close()
})

/** Opens the stream and collects what it says, until it ends. */
async function listen(
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly text: string; readonly isOver: boolean }> {
  const heard = { text: '', isOver: false }
  const sent = { host: `localhost:${port}`, ...headers }
  const req = http.get({
    host: '127.0.0.1',
    port,
    path: '/__rocksolid/dev/events',
    headers: sent,
    agent: false,
  })
  const [res] = (await once(req, 'response')) as [http.IncomingMessage]
  res.setEncoding('utf8').on('data', (chunk: string) => {
    heard.text += chunk
  })
  res.on('error', () => {})
  res.on('close', () => {
    heard.isOver = true
  })
  req.on('error', () => {})
  await expect.poll(() => heard.text).toContain('event: hello')
  return heard
}

it('tells errors to the developer’s own pages only', async () => {
  const strangers = await Promise.all(
    [
      { host: 'evil.example' },
      { 'x-forwarded-for': '127.0.0.1' },
      { 'x-forwarded-host': 'localhost' },
      { via: '1.1 tunnel' },
      { 'cf-connecting-ip': '127.0.0.1' },
    ].map(listen),
  )
  const owner = await listen({ 'sec-fetch-site': 'same-origin' })
  http
    .get({ host: '127.0.0.1', port, path: '/fails', headers: { accept: 'application/json' } })
    .on('error', () => {})
  await expect.poll(() => owner.text, { timeout: 10_000 }).toContain('for the developer alone')
  // They are told in the order they came, so the owner's, the last, means that all were.
  expect(strangers.filter(({ text }) => text.includes('problem'))).toEqual([])
})

it('keeps the developer’s streams, however many others open theirs, and fifty in all', async () => {
  const owner = await listen({ 'sec-fetch-site': 'same-origin' })
  const strangers = await Promise.all(
    Array.from({ length: 120 }, () => listen({ 'x-forwarded-for': '10.0.0.1' })),
  )
  await expect.poll(() => strangers.filter(({ isOver }) => !isOver).length).toBeLessThan(50)
  expect(owner.isOver).toBe(false)
  const later = await Promise.all(
    Array.from({ length: 60 }, () => listen({ 'sec-fetch-site': 'same-origin' })),
  )
  await expect.poll(() => later.filter(({ isOver }) => !isOver).length).toBe(50)
  expect(strangers.every(({ isOver }) => isOver)).toBe(true)
  http
    .get({ host: '127.0.0.1', port, path: '/fails', headers: { accept: 'application/json' } })
    .on('error', () => {})
  await expect.poll(() => later.at(-1)?.text, { timeout: 10_000 }).toContain('for the developer alone')
})

const PREFIX = '/__rocksolid/dev'
const JSON_TYPE = { 'content-type': 'application/json' }

/** Others' pages in the developer's browser, and whoever is not the developer. */
const OTHER_SITES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['another port or subdomain', { 'sec-fetch-site': 'same-site' }],
  ['another origin', { origin: 'https://evil.example' }],
  ['the null origin', { origin: 'null' }],
]
const STRANGERS: typeof OTHER_SITES = [
  ...OTHER_SITES,
  ['a rebound name', { host: 'evil.example' }],
  ['a name that looks like ours', { host: 'localhost.evil.example' }],
  ['a proxy', { 'x-forwarded-for': '127.0.0.1' }],
  ['a forwarded name', { 'x-forwarded-host': 'localhost' }],
  ['a tunnel', { via: '1.1 tunnel' }],
]

describe('the routes of the overlay', () => {
  it('are these and no others, each with what it needs', () => {
    expect(OVERLAY_ROUTES.map(({ method, path, need }) => `${method} ${path} ${need}`)).toEqual([
      'GET /client.js reload',
      'GET /events reload',
      'POST /problem own-script',
    ])
  })

  it.each(OVERLAY_ROUTES.map(({ method, path }) => [method, path] as const))(
    '%s %s answers no other site, and tells nothing in the refusal',
    async (method, path) => {
      for (const [name, headers] of OTHER_SITES) {
        const reply = await request({
          port,
          method,
          path: PREFIX + path,
          headers: { ...JSON_TYPE, ...headers },
          body: method === 'POST' ? '{"title":"forged"}' : undefined,
        } as never)
        expect([name, reply.status, JSON.parse(reply.body)]).toEqual([
          name,
          403,
          {
            error: expect.stringMatching(/^Another/),
            explanation: expect.any(String),
            refused: `${method} ${PREFIX}${path}`,
          },
        ])
        expect(reply.headers).toMatchObject({
          'cache-control': 'no-store',
          'cross-origin-resource-policy': 'same-origin',
        })
      }
      expect(printed()).not.toContain('forged')
    },
  )

  it.each(STRANGERS)('%s prints nothing in the terminal', async (_name, headers) => {
    const body = '{"title":"forged","stack":"","page":"/"}'
    const reply = await request({
      port,
      method: 'POST',
      path: `${PREFIX}/problem`,
      headers: { ...JSON_TYPE, ...headers },
      body,
    })
    expect(reply.status).toBe(403)
    expect(printed()).not.toContain('forged')
  })

  it.each(STRANGERS)('%s does not learn which addresses there are', async (_name, headers) => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PUT', '/problem'],
      ['GET', '/problem'],
      ['POST', '/'],
    ] as const) {
      const reply = await request({ port, method, path: PREFIX + path, headers })
      expect([path, reply.status]).toEqual([path, 403])
    }
  })

  it('a form and a link of another site print nothing either', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
      for (const headers of [
        { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
        { 'sec-fetch-site': 'none' },
        {},
      ]) {
        const body = '{"title":"forged","x":"="}'
        const reply = await request({
          port,
          method: 'POST',
          path: `${PREFIX}/problem`,
          headers: { 'content-type': type, ...headers },
          body,
        })
        expect([403, 415]).toContain(reply.status)
      }
    expect(printed()).not.toContain('forged')
  })

  it('are taken by their method only, and by their exact path', async () => {
    const statuses = []
    for (const [method, path] of [
      ['PUT', '/problem'],
      ['POST', '/events'],
      ['GET', '/Problem'],
      ['POST', '/problem/'],
    ] as const)
      statuses.push((await request({ port, method, path: PREFIX + path })).status)
    expect(statuses).toEqual([405, 405, 404, 404])
  })
})

it('prints what its own page reports in lines that look like nothing else', async () => {
  const attack =
    '\u001b[2J\u001b]8;;http://evil.example\u0007\u009b2J\ndebugger http://evil.example/__rocksolid/#unlock=forged'
  const body = JSON.stringify({ title: attack, stack: attack, page: attack })
  const reply = await request({
    port,
    method: 'POST',
    path: `${PREFIX}/problem`,
    headers: { ...JSON_TYPE, 'sec-fetch-site': 'same-origin' },
    body,
  })
  expect(reply.status).toBe(204)
  const lines = printed().split('\n')
  expect(lines.filter((line) => line.includes('evil.example')).length).toBeGreaterThan(1)
  expect(lines.filter((line) => !/^(?:browser | {4}|$)/.test(line))).toEqual([])
  expect(printed()).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/)
})

it('prints ten errors of pages in ten seconds, however many are reported', async () => {
  const headers = { ...JSON_TYPE, 'sec-fetch-site': 'same-origin' }
  for (let number = 0; number < 15; number++) {
    const body = JSON.stringify({ title: `reported ${number}`, stack: '', page: '/' })
    expect((await request({ port, method: 'POST', path: `${PREFIX}/problem`, headers, body })).status).toBe(
      204,
    )
  }
  const lines = printed().match(/browser reported \d+/g)
  expect(lines?.length).toBeGreaterThan(5)
  expect(lines?.length).toBeLessThanOrEqual(10)
})
