import { once } from 'node:events'
import { existsSync, lstatSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

// Next with its compiler takes 340 MB, so it is not among the frameworks that the tests install:
// npm ci --prefix tools/next
const root = resolve(import.meta.dirname, '..', '..')
const hasNext = existsSync(join(root, 'tools', 'next', 'node_modules', 'next', 'package.json'))

it('names what Next needs to be tested', () => {
  expect(existsSync(join(root, 'tools', 'next', 'package-lock.json'))).toBe(true)
})

describe.runIf(hasNext)('rocksolid/register with a custom server of Next', { timeout: 300_000 }, () => {
  let app: AppProcess

  beforeAll(async () => {
    const link = join(root, 'test', 'apps', 'next', 'node_modules')
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync('../../../tools/next/node_modules', link)
    app = await startApp('next/server.mjs', {
      nodeArgs: ['--import', 'rocksolid/register'],
      env: { NEXT_TELEMETRY_DISABLED: '1' },
      cwd: root,
    })
    // Next compiles what is asked for the first time, which takes longer than a print is waited for.
    for (const path of ['/ok?id=0', '/fail?id=0', '/api/fail?id=0', '/api/own', '/missing'])
      await request({ port: app.port, path })
  }, 300_000)
  afterAll(() => app?.stop())

  it('leaves a page alone, and logs it once', async () => {
    const page = await request({ port: app.port, path: '/ok?id=7', headers: { accept: 'text/html' } })
    expect([page.status, page.body.includes('hello'), page.headers['x-debug-url']]).toEqual([
      200,
      true,
      undefined,
    ])
    await app.printed(/"GET \/ok\?id=7 HTTP\/1\.1" 200 \d+ /)
    await app.printed(/printed by 7/)
    expect(app.stdout().match(/"GET \/ok\?id=7 /g)).toHaveLength(1)
  })

  it.each([
    ['page', '/fail', 'page'],
    ['route', '/api/fail', 'route'],
  ])('shows the error of a %s with a live console, and prints it once', async (_what, path, kind) => {
    const page = await openErrorPage(app.port, `${path}?id=9`)
    expect([page.page.status, page.page.body.includes(`${kind} 9`)]).toEqual([500, true])
    const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
    await page.unlock({ pin })
    expect(await page.evaluate(page.live[0] as string, 'local')).toMatchObject({
      value: { text: "'local of 9'" },
    })
    await app.printed(new RegExp(`"GET ${path}\\?id=9 HTTP/1.1" 500 `))
    expect(`${app.stdout()}${app.stderr()}`.match(new RegExp(`TypeError: ${kind} 9\\n`, 'g'))).toHaveLength(1)
  })

  it("leaves an application's own 503 and Next's 404 alone", async () => {
    const own = await request({ port: app.port, path: '/api/own', headers: { accept: 'text/html' } })
    expect([own.status, own.body]).toEqual([503, 'try again later'])
    const missing = await request({ port: app.port, path: '/missing', headers: { accept: 'text/html' } })
    expect([missing.status, missing.headers['x-debug-url']]).toEqual([404, undefined])
  })

  it('logs a client that leaves', async () => {
    const socket = connect(app.port, 'localhost')
    socket.write('GET /api/stream?id=4 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
    await app.printed(/"GET \/api\/stream\?id=4 HTTP\/1\.1" \d+ /)
  })
})
