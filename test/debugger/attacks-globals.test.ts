import { afterEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { sendRaw } from '../support/raw-socket.ts'

let app: AppProcess
afterEach(() => app?.stop())

const ask = (path: string, ...headers: readonly string[]): Promise<string> =>
  sendRaw(app.port, [`GET ${path} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'))

describe('a prototype that somebody has written into', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['the host', { host: 'localhost' }],
    ['the authority', { ':authority': 'localhost' }],
    ['where a request comes from', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate' }],
    ['what it is for', { 'sec-fetch-dest': 'document', origin: 'http://localhost' }],
    ['what the guard finds', { allowed: true, unlocked: true, option: 'x', need: 'reload' }],
    [
      'a token and a session',
      { 'x-rocksolid-token': 'x', 'x-rocksolid-proof': 'x', cookie: 'rocksolid_x=1' },
    ],
  ])('says nothing of %s', async (_what, pollution) => {
    app = await startApp('globals.mjs', { env: { POLLUTION: JSON.stringify(pollution) } })
    const rebound = await ask('/', 'Host: evil.example', 'Accept: text/html')
    const foreign = await ask('/', 'Host: localhost', 'Sec-Fetch-Site: cross-site', 'Accept: text/html')
    const action = await sendRaw(
      app.port,
      'POST /__rocksolid/errors HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}',
    )
    for (const answer of [rebound, foreign]) {
      expect(answer).toMatch(/^HTTP\/1\.1 500 /)
      expect(answer).not.toContain('for its owner alone')
    }
    expect(action).toMatch(/^HTTP\/1\.1 40[13] /)
  })
})

describe('stacks that somebody formats', () => {
  it.each(['throws', 'sites', 'number', 'nothing', 'again'])(
    'so that formatting %s: the page is there',
    async (kind) => {
      app = await startApp('globals.mjs')
      for (const accept of ['text/html', 'text/plain', 'application/json', 'text/markdown']) {
        const answer = await ask(`/${kind}`, 'Host: localhost', `Accept: ${accept}`)
        expect([accept, answer]).toEqual([accept, expect.stringContaining('for its owner alone')])
        expect(answer).not.toContain('never seen')
      }
    },
  )
})
