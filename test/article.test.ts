import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from './support/app-process.ts'
import { openErrorPage } from './support/debugger-client.ts'
import { request } from './support/request.ts'

const server = resolve(import.meta.dirname, '..', 'examples', 'article', 'server.mjs')
const folder = mkdtempSync(join(tmpdir(), 'rocksolid-article-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function start(kind: string, port: number): Promise<AppProcess & { log(): string }> {
  const cwd = mkdtempSync(join(folder, 'run-'))
  const app = await startApp(server, {
    args: [kind],
    cwd,
    env: { PORT: String(port) },
    ready: /on http:\/\/localhost:(\d+)\n/,
  })
  return { ...app, log: () => readFileSync(join(cwd, 'app.log'), 'utf8') }
}

describe.each(['http', 'express'])('the article’s scene around %s', (kind) => {
  it('has its access log, prints, errors, consoles and log file', async () => {
    const app = await start(kind, 5610)
    try {
      expect((await request({ port: app.port, path: '/' })).body).toBe('Hello World!\n')
      await app.printed(
        /^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\] REQUES GET 200 \/ \(127\.0\.0\.1\) 13$/m,
      )

      await request({ port: app.port, path: '/print' })
      await app.printed(/^printed with console\.log while answering \/print$/m)

      const crash = await openErrorPage(app.port, '/crash')
      expect(crash.page.status).toBe(500)
      const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
      await crash.unlock({ pin })
      const inPay = crash.live.filter((frame) => frame.startsWith('1.'))[0] as string
      expect(await crash.evaluate(inPay, 'bill')).toMatchObject({
        value: { text: "{ total: 31.25, currency: 'GBP' }" },
      })
      const inCheckout = crash.live.filter((frame) => frame.startsWith('0.'))[0] as string
      expect(await crash.evaluate(inCheckout, 'withTax(100)')).toMatchObject({ value: { text: '125' } })

      const later = await openErrorPage(app.port, '/crash/async')
      expect(later.page.body).toContain('loadDashboard')
      expect((await request({ port: app.port, path: '/slow' })).body).toBe(
        'Rock solid, one piece at a time.\n',
      )
      expect((await request({ port: app.port, path: '/user/1' })).body).toBe('Hello Ada, visit number 37\n')
      expect((await request({ port: app.port, path: '/user/3' })).status).toBe(500)
      expect((await request({ port: app.port, path: '/user/bob' })).status).toBe(404)

      await expect.poll(app.log).toContain('There is no user called "bob"')
      const log = app.log()
      expect(log).toContain('printed with console.log while answering /print')
      expect(log).toContain('The order of 2 items was not placed')
      expect(log).toContain("Cannot read properties of undefined (reading 'charge')")
      expect(log).toContain("Cannot read properties of undefined (reading 'city')")
      expect(log).not.toMatch(/unlock=|PIN \d/)
    } finally {
      await app.stop()
    }
  })
})

describe('the article’s scene', () => {
  it('takes the next port when its own is taken, and says so', async () => {
    const taken = createServer().listen(5620, 'localhost')
    await once(taken, 'listening')
    const app = await start('http', 5620)
    try {
      expect(app.port).toBeGreaterThan(5620)
      expect(app.stdout()).toContain('Port 5620 is taken, trying 5621.')
    } finally {
      await app.stop()
      taken.close()
    }
  })

  it('refuses another server than it knows', async () => {
    const child = spawn(process.execPath, [server, 'tornado'], { stdio: ['ignore', 'ignore', 'pipe'] })
    let printed = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(1)
    expect(printed).toBe('Unknown server "tornado". Allowed: http, express.\n')
  })

  it('stops when it is asked to', async () => {
    const app = await start('http', 5630)
    await request({ port: app.port, path: '/' })
    expect(await app.stop('SIGTERM')).toBe(0)
  })
})
