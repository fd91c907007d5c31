import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { overlay } from '../../src/dev/overlay/intercept.ts'
import { noteFailure } from '../../src/http/failures.ts'

/** The events of the overlay show source and values of errors: who is not the developer gets none. */
let server: http.Server
let port: number

beforeAll(async () => {
  const start = { overlay: true, boot: 'boot' }
  const intercept = overlay(start as never, { on() {} } as never)
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
  server.closeAllConnections()
  server.close()
})

/** Opens the stream and collects what it says. */
async function listen(headers: Readonly<Record<string, string>>): Promise<{ text: string }> {
  const heard = { text: '' }
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
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
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
