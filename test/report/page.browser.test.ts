import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReport } from '../../src/report/build-report.ts'
import { EDITORS } from '../../src/report/editors.ts'
import { lineValues } from '../../src/report/line-values.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { openBrowser } from '../support/browser.ts'
import { hostileValues } from './hostile-values.ts'
import { typicalErrors } from './typical-errors.ts'

const valuesOf = (_error: unknown, _frame: unknown, line: string) =>
  lineValues(line, (name) => (name === 'item' ? { value: { count: 2 } } : { value: undefined }))
const SECTIONS = [
  { name: 'Logs', text: '\x1b[33mWARN\x1b[39m no price for hat' },
  { name: 'Registered', rows: [['GET /checkout/:user', 'shop.mjs:44:7']] as const },
]

let browser: Browser
let pages: Map<string, string>

beforeAll(async () => {
  browser = await openBrowser()
  pages = new Map()
  for (const [name, { error, req }] of Object.entries(await typicalErrors())) {
    const report = await buildReport(error, { ...(req ? { req } : {}), valuesOf, sections: SECTIONS })
    pages.set(name, await renderHtml(report, { editor: EDITORS.vscode, banner: 'A note.' }))
  }
})
afterAll(() => browser.close())

async function withPage<T>(
  html: string,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext(options)
  try {
    const page = await context.newPage()
    await page.setContent(html)
    return await use(page)
  } finally {
    await context.close()
  }
}

const DESKTOP = { width: 1280, height: 860 }
const MODES: readonly (readonly [string, BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light', viewport: DESKTOP }],
  ['dark', { colorScheme: 'dark', viewport: DESKTOP }],
  ['narrow', { colorScheme: 'light', viewport: { width: 390, height: 844 } }],
]
/** Between them they have every part that a page can have. */
const EXEMPLARY = ['type-error-with-cause', 'aggregate', 'terminal-colours', 'long-message', 'thrown-string']

const FAULTS =
  'axe.run().then((r) => r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).slice(0, 3).join(" | ")}`))'
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
const OPEN_ALL = 'for (const d of document.querySelectorAll("details")) d.open = true'

describe.each(MODES)('in a %s window', (_mode, options) => {
  it.each(EXEMPLARY)(
    '%s has no fault that axe finds and fits the width, with everything opened',
    async (name) => {
      await withPage(pages.get(name) ?? '', options, async (page) => {
        await page.evaluate(OPEN_ALL)
        expect(await page.evaluate(OVERFLOW)).toBe(0)
        await page.evaluate(axe.source)
        expect(await page.evaluate(FAULTS)).toEqual([])
      })
    },
  )
})

it('every page fits a window of 320 pixels, which is 1280 at 400 %', async () => {
  for (const [name, html] of pages) {
    const overflow = await withPage(html, { viewport: { width: 320, height: 256 } }, async (page) => {
      await page.evaluate(OPEN_ALL)
      return page.evaluate(OVERFLOW)
    })
    expect([name, overflow]).toEqual([name, 0])
  }
}, 60_000)

describe('the first screen', () => {
  it('holds type, message and the failing line without scrolling', async () => {
    const bottoms = await withPage(pages.get('type-error-with-cause') ?? '', MODES[0]?.[1] ?? {}, (page) =>
      page.evaluate(
        '["h1", ".rs-message", ".rs-path", ".rs-frame[open] .rs-failing"].map((s) => document.querySelector(s).getBoundingClientRect().bottom)',
      ),
    )
    for (const bottom of bottoms as number[]) expect(bottom).toBeLessThan(860)
  })

  it('opens and closes a frame by keyboard, without any script', async () => {
    const html = pages.get('type-error-with-cause') ?? ''
    await withPage(html, { javaScriptEnabled: false }, async (page) => {
      const frame = page.locator('.rs-frames > .rs-frame:not([open])').first()
      const key = await frame.getAttribute('data-frame')
      await page.locator(`[data-frame="${key}"] > summary`).focus()
      await page.keyboard.press('Enter')
      expect(await page.locator(`[data-frame="${key}"] .rs-code`).isVisible()).toBe(true)
      await page.keyboard.press('Enter')
      expect(await page.locator(`[data-frame="${key}"] .rs-code`).isVisible()).toBe(false)
    })
  })

  it('leads from the chain to the other error and opens it', async () => {
    await withPage(pages.get('type-error-with-cause') ?? '', {}, async (page) => {
      await page.locator('.rs-path a', { hasText: 'CheckoutError' }).click()
      await page.waitForSelector('#rs-error-0 .rs-message', { state: 'visible', timeout: 3000 })
      expect(await page.locator('#rs-error-0 .rs-message').innerText()).toContain('could not be priced')
    })
  })
})

describe('hostile text in a real browser', () => {
  it('runs nothing and loads nothing', async () => {
    const names = Object.keys(hostileValues).filter((name) => /markup|patterns|colours|turn text/.test(name))
    expect(names.length).toBeGreaterThan(5)
    for (const name of names) {
      const html = await renderHtml(await buildReport(hostileValues[name]?.()), { nonce: 'x' })
      const context = await browser.newContext()
      const page = await context.newPage()
      const events: string[] = []
      page.on('dialog', (dialog) => {
        events.push(`dialog ${dialog.message()}`)
        void dialog.dismiss()
      })
      page.on('request', (request) => events.push(`request ${request.url()}`))
      await page.setContent(html)
      await page.evaluate(OPEN_ALL)
      await page.waitForTimeout(50)
      expect([name, events]).toEqual([name, []])
      expect(
        await page.evaluate('document.querySelectorAll("script, img, iframe, base, [onclick]").length'),
      ).toBe(0)
      await context.close()
    }
  }, 60_000)

  it('shows the failing line right under a strict policy', async () => {
    const html = pages.get('type-error-with-cause') ?? ''
    const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-abc'">`
    const page = html.replace('<head>', () => `<head>${policy}`).replace('<style>', '<style nonce="abc">')
    await withPage(page, {}, async (opened) => {
      const border = await opened.evaluate(
        'getComputedStyle(document.querySelector(".rs-failing")).borderLeftStyle',
      )
      expect(border).toBe('solid')
    })
  })
})
