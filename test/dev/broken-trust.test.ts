import { afterAll, beforeAll, expect, it } from 'vitest'
import { request } from '../support/request.ts'
import { openWorkshop, type Running, until } from './runner.ts'

const WORDS = 'nobody else reads this line'
const server = (broken: string): string => `import http from 'node:http'
console.log('started')
${broken}
http.createServer((_req, res) => res.end('fine')).listen(0, 'localhost')
`

const workshop = openWorkshop()
let running: Running

/** A server whose new code does not start: the reason, with source, is served in its place. */
beforeAll(async () => {
  const project = workshop.project({ 'server.mjs': server('') })
  running = await workshop.start(project)
  await running.printed(/Serving on/)
  await running.answers('fine')
  project.write({ 'server.mjs': server(`throw new Error('${WORDS}')`) })
  await until(async () => (await running.get('/')).includes(WORDS) || undefined)
})
afterAll(() => workshop.close())

it.each<[string, Readonly<Record<string, string>>]>([
  ['a rebound name', { host: 'evil.example' }],
  ['a proxy', { 'x-forwarded-for': '127.0.0.1' }],
  ['a tunnel', { via: '1.1 tunnel' }],
  ['a script of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'script' }],
  ['a script of another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }],
  ['another origin', { origin: 'https://evil.example' }],
  ['the null origin', { origin: 'null' }],
])('why a server does not start is not told to %s', async (_name, headers) => {
  for (const accept of ['text/html', 'application/json', 'text/markdown', '*/*']) {
    const reply = await request({ port: running.port(), path: '/', headers: { accept, ...headers } })
    expect([reply.status, reply.body]).toEqual([503, 'The server did not start.\n'])
    expect(reply.headers['cache-control']).toBe('no-store')
  }
})

it('and told to the developer, in forms that nothing else can embed', async () => {
  for (const accept of ['text/html', 'application/json', 'text/markdown', '*/*']) {
    const reply = await request({ port: running.port(), path: '/', headers: { accept } })
    expect([reply.status, reply.body]).toEqual([503, expect.stringContaining(WORDS)])
    expect(reply.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
  }
})
