import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { baseOf } from '../../src/debugger/mount.ts'
import { mountOf } from '../../src/http/mount.ts'
import { startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

const BASE = '/shop/now'

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

describe('below a path the page, its links, its cookie and its consoles work', () => {
  it.each([
    ['mounted in Express', 'express'],
    ['mounted in connect', 'connect'],
    ['as error middleware of an application that is mounted', 'middleware'],
    ['behind a proxy that takes a prefix off', 'proxy'],
  ])('%s', async (_name, mounted) => {
    const app = await startApp('mounted.mjs', { env: { MOUNTED: mounted } })
    const context = await browser.newContext()
    try {
      const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
      const page = await context.newPage()
      const missing: string[] = []
      page.on('response', (response) => {
        if (response.status() === 404) missing.push(response.url())
      })
      const answer = await page.goto(`${app.origin}${BASE}/orders/7/crash?now=1`)
      expect(answer?.headers()['x-debug-url']).toMatch(/^\/shop\/now\/__rocksolid\/errors\/[\w-]{22}$/)
      const frame = page.locator('[data-frame="0.0"]')
      await frame.locator('input').fill(pin)
      await frame.locator('button').click()
      await frame.locator('textarea').fill('order.id = 8, order')
      await frame.locator('textarea').press('Enter')
      await frame.locator('.rs-console-result').getByText('id: 8').first().waitFor()
      const [cookie] = await context.cookies(`${app.origin}${BASE}/__rocksolid/`)
      expect(cookie?.path).toBe(`${BASE}/__rocksolid`)
      await page.goto(`${app.origin}${BASE}/crash`)
      await page.locator('a[rel="prev"]').click()
      await page.waitForURL(`${app.origin}${BASE}/__rocksolid/errors/*`)
      await page.getByRole('link', { name: /^All/ }).click()
      await page.waitForURL(`${app.origin}${BASE}/__rocksolid/`)
      await page
        .getByRole('link', { name: /RangeError/ })
        .first()
        .click()
      await page.locator('[data-frame="0.0"] textarea').waitFor()
      expect(missing).toEqual([])
    } finally {
      await context.close()
      await app.stop()
    }
  })

  it('and the address in the terminal leads there', async () => {
    const app = await startApp('mounted.mjs', { env: { MOUNTED: 'express' } })
    try {
      await request({ port: app.port, path: `${BASE}/crash` })
      const [, path = ''] = await app.printed(/http:\/\/localhost:\d+(\S+\/errors\/[\w-]+)/)
      const { status, body } = await request({ port: app.port, path, headers: { accept: 'text/html' } })
      expect([status, body.includes('no stock for 7')]).toEqual([200, true])
    } finally {
      await app.stop()
    }
  })

  it("and the actions stay the debugger's own in any spelling", async () => {
    const app = await startApp('mounted.mjs', { env: { MOUNTED: 'express' } })
    try {
      const client = await openErrorPage(app.port, `${BASE}/crash`)
      expect(client.data.base).toBe(BASE)
      for (const path of [
        '/__ROCKSOLID/errors',
        '/%5f_rocksolid/nothing',
        '//__rocksolid/x',
        '/a/../__rocksolid/',
      ]) {
        const { body } = await request({ port: app.port, path: `${BASE}${path}` })
        expect(body, path).not.toContain('nothing in the shop')
      }
    } finally {
      await app.stop()
    }
  })
})

describe('the path that links begin with', () => {
  const asked = (fields: object, headers: object = {}): never => ({ headers, ...fields }) as never

  it.each([
    ['/sub', { url: '/x', originalUrl: '/sub/x' }],
    ['/sub', { url: '/?q', originalUrl: '/sub?q', baseUrl: '/sub' }],
    ['', { url: '/x', originalUrl: '/x' }],
    ['', { url: '/x' }],
    ['', { url: '/rewritten', originalUrl: '/sub/x' }],
    ['', { url: '/x', originalUrl: '//evil.example/x' }],
    ['', { url: '/x', originalUrl: '/a/../x', baseUrl: '/a/..' }],
  ])('is %j for a mount', (expected, fields) => {
    expect(mountOf(asked(fields))).toBe(expected)
  })

  it.each([
    ['/api', '/api/'],
    ['/api/v1', '/api/v1'],
    ['', '//evil.example'],
    ['', 'https://evil.example'],
    ['', '/a"onload=x'],
    ['', '/../..'],
    ['', '/a; Path=/'],
  ])("is %j for a proxy's prefix of %j", (expected, prefix) => {
    expect(baseOf(asked({ url: '/x' }, { 'x-forwarded-prefix': prefix }))).toBe(expected)
  })
})
