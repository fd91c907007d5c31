import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'
import { pageData } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let app: AppProcess
let browser: Browser
let context: BrowserContext | undefined
let pin: string

beforeAll(async () => {
  app = await startApp('story.mjs', { env: { ROCKSOLID_EDITOR: 'vscode' } })
  pin = (await app.printed(/PIN (\S+)/))[1] as string
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await app?.stop()
})
afterEach(() => context?.close())

/** An error of a POST that printed, logged and asked others before it failed. */
async function failedOrder(): Promise<string> {
  const body = '{"good":"hat","password":"hunter2"}'
  const headers = {
    accept: 'text/html',
    'content-type': 'application/json',
    'content-length': String(body.length),
  }
  const reply = await request({ port: app.port, method: 'POST', path: '/orders/7', headers, body })
  return pageData(reply.body).error
}

async function open(error: string, options: BrowserContextOptions = {}): Promise<Page> {
  context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  await page.goto(`${app.origin}/__rocksolid/errors/${error}`)
  await page.locator('[role="tab"]').first().waitFor()
  return page
}

const focusedText = (page: Page): Promise<string> =>
  page.evaluate('document.activeElement?.textContent?.trim() ?? ""')

describe('the page by keys alone', () => {
  let page: Page
  beforeEach(async () => {
    page = await open(await failedOrder())
  })

  it('goes through the tabs by digits and arrows, each showing its own part only', async () => {
    const tabs = await page.locator('[role="tab"]').allInnerTexts()
    expect(tabs.map((tab) => tab.replace(/ \d+$/, ''))).toEqual([
      'Request',
      'Route',
      'Logs',
      'Timeline',
      'Environment',
      'App',
    ])
    await page.keyboard.press('3')
    expect(await focusedText(page)).toBe('Logs 3')
    expect(await page.locator('[role="tabpanel"]:visible').innerText()).toContain('placing order 7')
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('[role="tabpanel"]:visible').innerText()).toContain('pg: select * from users')
    await page.keyboard.press('End')
    await page.keyboard.press('ArrowRight')
    expect(await focusedText(page)).toBe('Request')
    expect(await page.locator('[role="tab"][tabindex="0"]').count()).toBe(1)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement?.getAttribute("role")')).toBe('tabpanel')
  })

  it('unlocks, uses a console, replays after showing the body, and opens the error that follows', async () => {
    await page.keyboard.press('j')
    await page.keyboard.press('`')
    await page.keyboard.type(pin)
    await page.keyboard.press('Enter')
    await page.locator('textarea').first().waitFor()
    await page.keyboard.type('req.method')
    await page.keyboard.press('Enter')
    await page.locator('.rs-console-result').first().waitFor()
    expect(await page.locator('.rs-console-result').first().innerText()).toBe("'POST'")
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('r')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    expect(await dialog.innerText()).toContain('{"good":"hat","password":"[masked]"}')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.keyboard.press('r')
    await dialog.waitFor()
    for (let tries = 0; tries < 6 && (await focusedText(page)) !== 'Send it again'; tries++) {
      await page.keyboard.press('Tab')
    }
    await page.keyboard.press('Enter')
    const link = page.getByRole('link', { name: 'its error' })
    await link.waitFor()
    expect(await page.locator('#rs-status').innerText()).toMatch(/^Replayed: 409 in \d+ ms its error$/)
    const before = page.url()
    await link.press('Enter')
    await page.waitForURL((url) => url.href !== before)
    await page.locator('[role="tab"]').first().waitFor()
    await page.keyboard.press('[')
    await page.waitForURL(before)
  })

  it('lists its keys, and leaves them alone in a dialog', async () => {
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog')
    const keys = await dialog.locator('dt').allInnerTexts()
    expect(keys).toEqual(['j', 'k', 'e', '`', 'o', 'a', '1', '[', ']', 'r', 'c', 's', 't', '?'])
    await page.keyboard.press('3')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.locator('[role="tab"][aria-selected="true"]').innerText()).toBe('Request')
  })

  it('saves itself as a file', async () => {
    const waiting = page.waitForEvent('download')
    await page.keyboard.press('s')
    const download = await waiting
    expect(download.suggestedFilename()).toMatch(/^Error-[\d-]+\.html$/)
    const folder = mkdtempSync(join(tmpdir(), 'saved-'))
    const file = join(folder, 'saved.html')
    await download.saveAs(file)
    const saved = await browser.newPage()
    await saved.goto(pathToFileURL(file).href)
    expect(await saved.locator('h1').innerText()).toContain('no such good')
    await saved.getByText('Timeline').click()
    expect(await saved.getByText('pg: select * from users').isVisible()).toBe(true)
    await saved.close()
    rmSync(folder, { recursive: true })
  })
})

describe('no fault that axe finds', () => {
  const LOOKS: Record<string, BrowserContextOptions> = {
    light: { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
    dark: { colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
    narrow: { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
    'zoomed to 200 %': { viewport: { width: 640, height: 430 }, deviceScaleFactor: 2 },
  }

  async function faults(page: Page): Promise<string[]> {
    await page.addScriptTag({ content: axeSource }).catch(() => {})
    const found = await page.evaluate('typeof axe')
    // A strict policy lets no foreign script in; the inspector may.
    if (found === 'undefined') await page.evaluate(axeSource)
    return page.evaluate(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html.slice(0, 120)).join(" | ")}`))',
    )
  }

  it.each(Object.keys(LOOKS))('in the page and in the list, %s, with every tab', async (look) => {
    const page = await open(await failedOrder(), LOOKS[look])
    const count = await page.locator('[role="tab"]').count()
    for (let tab = 0; tab < count; tab++) {
      await page.keyboard.press(String(tab + 1))
      expect(await faults(page)).toEqual([])
    }
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await page.goto(`${app.origin}/__rocksolid/`)
    await page.locator('.rs-pin').waitFor()
    expect(await faults(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  })

  it.each(['light', 'narrow'])(
    'in the page and in the list without JavaScript, %s, all parts opened',
    async (look) => {
      const error = await failedOrder()
      context = await browser.newContext(LOOKS[look])
      const page = await context.newPage()
      // A browser without scripts runs no axe either: here it is the page's own script alone that never comes.
      let refused = 0
      await page.route(/\/assets\/\w+-js$/, (route) => {
        refused++
        return route.abort()
      })
      for (const path of [`/__rocksolid/errors/${error}`, '/__rocksolid/']) {
        await page.goto(app.origin + path)
        await page.evaluate('for (const part of document.querySelectorAll("details")) part.open = true')
        expect(await faults(page)).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      }
      expect(refused).toBe(2)
      expect(await page.locator('[role="tab"], textarea, .rs-pin').count()).toBe(0)
    },
  )

  it('on paper, where all parts stand below each other under their names', async () => {
    const page = await open(await failedOrder())
    await page.emulateMedia({ media: 'print', colorScheme: 'light' })
    expect(await faults(page)).toEqual([])
    expect(await page.locator('[role="tabpanel"]:visible').count()).toBe(6)
    expect(await page.locator('[role="tablist"]').isVisible()).toBe(false)
    expect(await page.locator('#rs-toolbar').isVisible()).toBe(false)
  })
})
