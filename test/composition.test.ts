import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { accessLog } from '../src/access.ts'
import { type LogRecord, withLogging } from '../src/logger.ts'
import { type AppProcess, startApp } from './support/app-process.ts'
import { openErrorPage } from './support/debugger-client.ts'
import { request } from './support/request.ts'

const folder = mkdtempSync(join(tmpdir(), 'rocksolid-compose-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ORDERS = [
  'access,debugger,logging',
  'access,logging,debugger',
  'debugger,access,logging',
  'debugger,logging,access',
  'logging,access,debugger',
  'logging,debugger,access',
]

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

async function withApp(
  order: string,
  kind: string,
  use: (app: AppProcess, log: () => string) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const file = join(mkdtempSync(join(folder, 'run-')), 'app.log')
  const app = await startApp('compose.mjs', { args: [order, kind], env: { LOG_FILE: file, ...env } })
  try {
    await use(app, () => readFileSync(file, 'utf8'))
  } finally {
    await app.stop()
  }
}

describe.each(['http', 'express'])('around %s', (kind) => {
  it.each(ORDERS)('%s: each piece does its work once', async (order) => {
    await withApp(order, kind, async (app, log) => {
      const hello = await request({ port: app.port, path: '/' })
      expect([hello.status, hello.body]).toEqual([200, 'Hello World!'])
      await app.printed(/ACCESS GET \/ 200 12\n/)
      await app.printed(/printed by the application/)

      for (const [path, word] of [
        ['/crash', 'a throw'],
        ['/crash/async', 'a rejection'],
      ] as const) {
        const page = await openErrorPage(app.port, path)
        expect(page.page.status).toBe(500)
        expect(page.page.body).toContain(`crashed with ${word}`)
        const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
        await page.unlock({ pin })
        expect(await page.evaluate(page.live[0] as string, 'local')).toMatchObject({
          value: { text: `'${word}'` },
        })
        const bytes = Buffer.byteLength(page.page.body)
        await app.printed(new RegExp(`ACCESS GET ${path} 500 ${bytes}\n`))
      }
      await expect.poll(() => count(log(), /Error: crashed with a rejection/g)).toBe(1)
      expect(count(log(), /Error: crashed with a throw/g)).toBe(1)
      expect(count(log(), /printed by the application/g)).toBe(1)
      expect(log()).not.toMatch(/PIN|unlock=|ACCESS/)
      expect(count(app.stdout(), /ACCESS GET \/crash 500/g)).toBe(1)
    })
  })

  it.each(ORDERS)('%s: somebody else gets a bare 500, and everything is still logged', async (order) => {
    await withApp(order, kind, async (app, log) => {
      const reply = await request({
        port: app.port,
        path: '/crash',
        headers: { host: 'evil.example', accept: 'text/html' },
      })
      expect(reply.status).toBe(500)
      expect(reply.body).not.toContain('crashed')
      await expect.poll(() => count(log(), /Error: crashed with a throw/g)).toBe(1)
      await app.printed(/ACCESS GET \/crash 500/)
    })
  })

  it.each(['debugger', 'logging'])(
    '%s asks an error for its status without running its code',
    async (name) => {
      await withApp(name, 'http', async (app) => {
        const status = async (path: string): Promise<number> =>
          (await request({ port: app.port, path })).status
        expect([await status('/asks/404'), await status('/asks/200')]).toEqual([404, 500])
        expect(await status('/asks/getter')).toBe(500)
        expect(await status('/asks/proxy')).toBe(500)
        expect(app.stdout() + app.stderr()).not.toContain('code of the error ran')
      })
    },
  )

  it.each(['access', 'debugger', 'logging'])('%s works alone', async (name) => {
    await withApp(name, kind, async (app, log) => {
      expect((await request({ port: app.port, path: '/' })).body).toBe('Hello World!')
      if (name === 'access') await app.printed(/ACCESS GET \/ 200 12/)
      if (name === 'debugger') {
        const page = await openErrorPage(app.port, '/crash')
        expect(page.live.length).toBeGreaterThan(0)
        await app.printed(/crashed with a throw/)
      }
      if (name === 'logging') {
        const reply = await request({ port: app.port, path: '/crash' })
        expect([reply.status, reply.body.trim()]).toEqual([500, 'Server got itself in trouble'])
        await expect.poll(log).toMatch(/printed by the application[\s\S]*Error: crashed with a throw/)
      }
    })
  })

  it('logging with toHtml shows the report to this machine only', async () => {
    await withApp(
      'logging',
      kind,
      async (app) => {
        const own = await request({ port: app.port, path: '/crash', headers: { accept: 'text/html' } })
        expect(own.status).toBe(500)
        expect(own.body).toContain('crashed with a throw')
        expect(own.body.replace(/<[^>]+>/g, '')).toContain('const local = word')
        expect(own.body).not.toContain('data-console')
      },
      { TO_HTML: '1' },
    )
  })

  it.each(['debugger,logging', 'logging,debugger'])(
    '%s: a line for people has the values that the debugger knows, below the failing line',
    async (order) => {
      await withApp(
        order,
        kind,
        async (app) => {
          await request({ port: app.port, path: '/crash', headers: { accept: 'text/html' } })
          await app.printed(
            /ERROR +rocksolid +Server got itself in trouble: GET \/crash[^\n]*\n {4}Error: crashed with a throw\n {8}at crash \([^\n]*compose\.mjs:\d+:\d+\)\n {10}│ +throw new Error[^\n]*\n {10}│ +└ 'a throw'\n/,
          )
        },
        { PRETTY: '1' },
      )
    },
  )

  it('a request that no piece is asked to change passes through all three unchanged', async () => {
    const bare = await startApp('compose.mjs', { args: ['', kind] })
    try {
      await withApp('access,debugger,logging', kind, async (app) => {
        const [wrapped, plain] = await Promise.all(
          [app, bare].map(async ({ port }) => {
            const { status, headers, body } = await request({
              port,
              path: kind === 'express' ? '/missing' : '/',
            })
            const { date: _date, ...rest } = headers
            return { status, rest, body }
          }),
        )
        expect(wrapped).toEqual(plain)
      })
    } finally {
      await bare.stop()
    }
  })
})

it.each([
  ['one that we make', {}, /^[\da-f]{16}$/],
  ['the one of a proxy', { 'x-request-id': 'edge-7' }, /^edge-7$/],
  ['one that we make in place of an unreadable one', { 'x-request-id': 'a b "c' }, /^[\da-f]{16}$/],
])('the line of a request and its records have the same id: %s', async (_which, headers, expected) => {
  const lines: string[] = []
  const records: LogRecord[] = []
  const log = accessLog('json', { to: { write: (line: string) => lines.push(line) } })
  const logged = withLogging(
    (req, res) => {
      Reflect.get(req, 'log').info('working')
      res.end('hello')
    },
    { sinks: [(record) => void records.push(record)] },
  )
  const server = createServer((req, res) => log(req, res, () => logged(req, res))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await request({ port: (server.address() as AddressInfo).port, path: '/', headers })
    await expect.poll(() => lines).toHaveLength(1)
    const id: unknown = records[0]?.fields.requestId
    expect(id).toMatch(expected)
    expect(JSON.parse(lines[0] as string)).toMatchObject({ request_id: id })
  } finally {
    server.close()
    await logged.close()
  }
})
