import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { enterMount, mountOf, pathOfPattern, takenOff } from '../../src/http/mount.ts'
import { startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

const BELOW = '/shop/now'
const CRASH = `${BELOW}/crash`

const start = (mounted: string) => startApp('mounted-adapters.mjs', { env: { MOUNTED: mounted } })

describe('the debugger of an adapter that is added below a path answers there', () => {
  it.each([
    'koa-mount',
    'koa-mount twice',
    'koa-mount in Express',
    'an app in an app of Express',
    'a router in a router of Express',
    'Express, watched in the mount and answered outside',
    'a path of Express',
    'a prefix of Fastify',
    'a prefix of Fastify with a parameter',
    'app.route of Hono',
    'basePath of Hono with a parameter',
    'a path of Hono',
    'app.mount of Hono',
    'app.mount of h3',
    'withBase of h3',
    'a path of h3, with the option',
    'a function of a request, with the option',
    'a router of its own, with the option',
  ])('%s', async (mounted) => {
    await expectConsole(mounted, BELOW)
  })
})

describe('where the whole server hands its requests to the adapter it answers at the root', () => {
  it.each([
    'Express, watched outside and answered in the mount',
    'a prefix of hapi',
    'the global prefix of Nest',
    'plugins of Fastify without a prefix',
  ])('%s', async (mounted) => {
    const printed = await expectConsole(mounted, '')
    expect(printed).not.toContain('is below')
  })
})

/** The page, its link in the terminal, the link that unlocks, the PIN, and a console that writes. */
async function expectConsole(mounted: string, base: string): Promise<string> {
  const app = await start(mounted)
  try {
    const client = await openErrorPage(app.port, CRASH)
    expect(client.page.status).toBe(500)
    expect(client.page.headers['x-debug-url']).toBe(`${base}/__rocksolid/errors/${client.data.error}`)
    expect(client.data.base ?? '').toBe(base)
    const { port } = app
    const [, link = ''] = await app.printed(/http:\/\/localhost:\d+(\/\S*errors\/[\w-]+)/)
    const kept = await request({ port, path: link, headers: { accept: 'text/html' } })
    expect([kept.status, kept.body.includes('no stock for 7')]).toEqual([200, true])
    const links = [...app.stderr().matchAll(/http:\/\/localhost:\d+(\S*\/__rocksolid\/)#unlock=(\S+)/g)]
    const [, start = '', key = ''] = links.at(-1) ?? []
    expect(start).toBe(`${base}/__rocksolid/`)
    expect((await request({ port, path: start, headers: { accept: 'text/html' } })).body).toContain(
      'RangeError',
    )
    expect((await client.unlock({ key })).status).toBe(200)
    const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
    const unlocked = await client.unlock({ pin })
    expect(unlocked.headers['set-cookie']?.[0]).toContain(`Path=${base}/__rocksolid;`)
    expect(JSON.stringify(await client.evaluate('0.0', '(order.id = 8, order)'))).toMatch(/"id".*\b8\b/)
    return app.stderr()
  } finally {
    await app.stop()
  }
}

describe('in a browser', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  it.each(['koa-mount', 'a prefix of Fastify', 'app.route of Hono', 'app.mount of h3'])(
    '%s: the link of the terminal unlocks, and the console of the page answers',
    async (mounted) => {
      const app = await start(mounted)
      const context = await browser.newContext()
      try {
        const page = await context.newPage()
        const missing: string[] = []
        page.on('response', (response) => {
          if (response.status() === 404) missing.push(response.url())
        })
        await request({ port: app.port, path: CRASH })
        const [, link = ''] = await app.printed(/(http:\/\/localhost:\S+\/errors\/\S+#unlock=\S+)/)
        await page.goto(link)
        const frame = page.locator('[data-frame="0.0"]')
        await frame.locator('textarea').fill('order')
        await frame.locator('textarea').press('Enter')
        await frame.locator('.rs-console-result').getByText('id: 7').first().waitFor()
        await page.goto(`${app.origin}${CRASH}`)
        await page.locator('a[rel="prev"]').click()
        await page.waitForURL(`${app.origin}${BELOW}/__rocksolid/errors/*`)
        await page.locator('[data-frame="0.0"] textarea').waitFor()
        expect(missing).toEqual([])
      } finally {
        await context.close()
        await app.stop()
      }
    },
  )
})

describe('what was taken off a URL', () => {
  it.each([
    ['/sub', '/sub/x?q', '/x?q'],
    ['/sub', '/sub?q', '/?q'],
    ['/sub', '/sub', '/'],
    ['/sub', '/sub/', '/'],
    ['', '/x', '/x'],
    ['', '/sub/x', '/rewritten'],
    ['', '/', '/'],
  ])('is %j of %j for %j', (expected, whole, rest) => {
    expect(takenOff(whole, rest)).toBe(expected)
  })

  it.each([
    ['/a', '/:tenant', '/a/b/c?q=/x'],
    ['/a/b', '/x/y', '/a/b'],
    ['/a', '/x/y', '/a'],
    ['', '', '/a'],
    ['', '/', '/a'],
  ])('is %j by the pattern %j', (expected, pattern, target) => {
    expect(pathOfPattern(target, pattern)).toBe(expected)
  })

  it('is kept as it was when the request came in, and never leads elsewhere', () => {
    const req = { url: '/x', originalUrl: '/sub/x', baseUrl: '/sub' }
    enterMount(req)
    req.baseUrl = ''
    expect(mountOf(req)).toBe('/sub')
    enterMount(req, '//evil.example')
    expect(mountOf(req)).toBe('')
  })
})
