import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'
import { pageData } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

/**
 * A script that an attacker has got into the application itself runs on the origin of the debugger's pages, in a browser
 * that is unlocked: half of the session is in a storage it can read, the other half is sent along. What it must not get
 * is the token.
 */
let app: AppProcess
let browser: Browser
let context: BrowserContext
let page: Page
let token: string

beforeAll(async () => {
  app = await startApp('own-script.mjs')
  browser = await openBrowser()
  const shown = await request({ port: app.port, path: '/fail', headers: { accept: 'text/html' } })
  token = pageData(shown.body).token
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
})

beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const key = (await app.printed(/#unlock=([\w-]{22})/))[1] as string
  await page.goto(`${app.origin}/__rocksolid/#unlock=${key}`)
  await page.getByText('This browser is unlocked').waitFor()
})
afterEach(async () => {
  await context.close()
  expect((await request({ port: app.port, path: '/canary' })).body).toBe('false')
})

describe('a window that the application opens on the page of an error', () => {
  it.each([
    ['as it is', ''],
    ['where it isolates its windows, as helmet does', '?Cross-Origin-Opener-Policy=same-origin'],
    ['where it keeps its popups', '?Cross-Origin-Opener-Policy=same-origin-allow-popups'],
    [
      'where it embeds only what agrees',
      '?Cross-Origin-Opener-Policy=same-origin-allow-popups&Cross-Origin-Embedder-Policy=require-corp',
    ],
  ])('is cut off from it: %s', async (_name, query) => {
    await page.goto(`${app.origin}/page${query}`)
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate(`(() => { window.victim = window.open('/fail') })()`),
    ])
    // It is the whole page with its token: nobody but the person at the browser may get at it.
    await popup.locator('#rocksolid-data').waitFor({ state: 'attached' })
    expect(await page.evaluate('victim.closed')).toBe(true)
    const read = await page.evaluate(
      `(() => { try { return victim.document.documentElement.outerHTML } catch { return '' } })()`,
    )
    expect(read).not.toContain(token)
  })
})

describe('a service worker of the application', () => {
  it('gets no token, neither by passing a navigation on nor by its preload', async () => {
    await page.goto(`${app.origin}/page`)
    await page.evaluate(
      `navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)`,
    )
    await page.waitForFunction('navigator.serviceWorker.controller !== null')
    await page.goto(`${app.origin}/fail?through-worker`)
    expect(await page.locator('h1').innerText()).toContain('failed with')
    await page.goto(`${app.origin}/page`)
    const read = await page.evaluate(`new Promise((resolve) => {
      navigator.serviceWorker.onmessage = ({ data }) => resolve(data)
      navigator.serviceWorker.controller.postMessage('read')
    })`)
    // It saw both answers, so the check below means something.
    expect(String(read).match(/failed with/g)?.length).toBeGreaterThan(3)
    expect(read).not.toContain(token)
    expect(read).not.toContain('rocksolid-data')
  })

  it('cannot be a file of the debugger', async () => {
    await page.goto(`${app.origin}/page`)
    const html = (await request({ port: app.port, path: '/fail', headers: { accept: 'text/html' } })).body
    const [asset = ''] = /\/__rocksolid\/assets\/[\w-]+-js/.exec(html) ?? []
    for (const path of [asset, '/__rocksolid/', '/fail'])
      expect(
        await page.evaluate(
          `navigator.serviceWorker.register(${JSON.stringify(path)}, { scope: '/' }).then(() => 'registered', () => 'refused')`,
        ),
      ).toBe('refused')
  })
})

describe('middleware of the application that acts when the head is written', () => {
  it('cannot weaken the page, and what it adds beside stays', async () => {
    const plain = await request({ port: app.port, path: '/fail', headers: { accept: 'text/html' } })
    const worn = await request({ port: app.port, path: '/late', headers: { accept: 'text/html' } })
    expect(worn.body).toContain('failed late')
    const kept = [
      'content-type',
      'cache-control',
      'x-content-type-options',
      'x-frame-options',
      'referrer-policy',
    ]
    for (const name of [...kept, 'cross-origin-opener-policy', 'cross-origin-resource-policy'])
      expect([name, worn.headers[name]]).toEqual([name, plain.headers[name]])
    expect(worn.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'nonce-\w{32}';/)
    expect(worn.headers['access-control-allow-origin']).toBeUndefined()
    expect(worn.headers['set-cookie']).toEqual(['session=1'])
  })

  it('cannot weaken what strangers get either', async () => {
    const bare = await request({ port: app.port, path: '/late', headers: { 'x-forwarded-for': '10.0.0.1' } })
    expect(bare.body).not.toContain('failed late')
    expect(bare.headers['cache-control']).toBe('no-store')
  })
})
