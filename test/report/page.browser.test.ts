import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildReport } from '../../src/report/build-report.ts'
import { EDITORS } from '../../src/report/editors.ts'
import { lineValues } from '../../src/report/line-values.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import type { Report } from '../../src/report/report.ts'
import { openBrowser } from '../support/browser.ts'
import { hostileValues } from './hostile-values.ts'
import { typicalErrors } from './typical-errors.ts'

const valuesOf = (_error: unknown, lines: readonly { readonly line: string }[]) =>
  lines.map(({ line }) =>
    lineValues(line, (name) => (name === 'item' ? { value: { count: 2 } } : { value: undefined })),
  )
const SECTIONS = [
  { name: 'Logs', text: '\x1b[33mWARN\x1b[39m no price for hat' },
  { name: 'Registered', rows: [['GET /checkout/:user', 'shop.mjs:44:7']] as const },
  {
    name: 'Timeline',
    steps: [
      { at: 0, kind: 'request', text: 'GET /checkout/1', ms: 20.5 },
      { at: 3, kind: 'query', text: 'pg: select 1', ms: 4, failed: true },
      { at: 20, kind: 'http', text: 'GET http://localhost/' },
    ],
  },
]

let browser: Browser
let pages: Map<string, string>

beforeAll(async () => {
  browser = await openBrowser()
  pages = new Map()
  for (const [name, { error, req }] of Object.entries(await typicalErrors())) {
    const report = await buildReport(error, { ...(req ? { req } : {}), valuesOf, sections: SECTIONS })
    pages.set(name, await renderHtml(withCompiled(report), { editor: EDITORS.vscode, banner: 'A note.' }))
  }
})
afterAll(() => browser.close())

/** As if the main frame had come out of a compiled file. */
function withCompiled(report: Report): Report {
  const compiledSource = {
    startLine: 1,
    lines: ['"use strict";function a(b){return b.c}'],
    line: 1,
    column: 33,
  }
  const compiled = { file: '/srv/dist/app.js', line: 1, column: 33 }
  const errors = report.errors.map((error) => ({
    ...error,
    frames: error.frames.map((frame) =>
      frame.kind === 'app' && frame.source !== undefined ? { ...frame, compiled, compiledSource } : frame,
    ),
  }))
  return { ...report, errors }
}

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
})

describe('the first screen', () => {
  it('holds type, message and the failing line without scrolling', async () => {
    const bottoms = await withPage(pages.get('type-error-with-cause') ?? '', MODES[0]?.[1] ?? {}, (page) =>
      page.evaluate(
        '["h1", ".rs-message", ".rs-path", ".rs-frame[open] .rs-failing", ".rs-frame[open] .rs-caret", ".rs-frame[open] .rs-values", ".rs-hint-title"].map((s) => document.querySelector(s).getBoundingClientRect().bottom)',
      ),
    )
    for (const bottom of bottoms as number[]) expect(bottom).toBeLessThan(860)
  })

  it('names the part that failed, with the values of the line right under it', async () => {
    await withPage(pages.get('type-error-with-cause') ?? '', {}, async (page) => {
      expect(await page.locator('.rs-hint-title').first().innerText()).toBe(
        'price is undefined, so it has no toFixed.',
      )
      const values = page.locator('.rs-frame[open] .rs-values').first()
      expect(await values.innerText()).toMatch(/price\s+undefined/)
      const caret = await page.locator('.rs-frame[open] .rs-caret').first().boundingBox()
      const box = await values.boundingBox()
      expect(Math.abs((box?.y ?? 0) - ((caret?.y ?? 0) + (caret?.height ?? 0)))).toBeLessThan(3)
    })
  })

  it('switches between what was written and what ran, by keyboard and without any script', async () => {
    await withPage(pages.get('type-error-with-cause') ?? '', { javaScriptEnabled: false }, async (page) => {
      const frame = page.locator('.rs-frame[open]').first()
      const [written, ran] = [frame.locator('.rs-version-source'), frame.locator('.rs-version-compiled')]
      expect([await written.isVisible(), await ran.isVisible()]).toEqual([true, false])
      await frame.locator('input[type="radio"]').first().focus()
      await page.keyboard.press('ArrowRight')
      expect([await written.isVisible(), await ran.isVisible()]).toEqual([false, true])
      expect(await ran.innerText()).toContain('return b.c')
    })
  })

  it('opens and closes a frame by keyboard, without any script', async () => {
    const html = pages.get('type-error-with-cause') ?? ''
    await withPage(html, { javaScriptEnabled: false }, async (page) => {
      const frame = page.locator('.rs-frames > .rs-frame:not([open])').first()
      const key = await frame.getAttribute('data-frame')
      await page.locator(`[data-frame="${key}"] > summary`).focus()
      await page.keyboard.press('Enter')
      expect(await page.locator(`[data-frame="${key}"] .rs-code >> nth=0`).isVisible()).toBe(true)
      await page.keyboard.press('Enter')
      expect(await page.locator(`[data-frame="${key}"] .rs-code >> nth=0`).isVisible()).toBe(false)
    })
  })

  it('leads from the chain to the other error and opens it', async () => {
    await withPage(pages.get('type-error-with-cause') ?? '', {}, async (page) => {
      await page.locator('.rs-path a', { hasText: 'CheckoutError' }).click()
      await page.waitForSelector('#rs-error-0 .rs-message', { state: 'visible' })
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
  })

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
