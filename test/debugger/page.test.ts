import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let app: AppProcess
let pin: string
let browser: Browser
let context: BrowserContext
let page: Page
let problems: string[]

beforeAll(async () => {
  app = await startApp('frames.mjs')
  pin = (await app.printed(/PIN (\d{3}-\d{3}-\d{3})/))[1] as string
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await app?.stop()
})

beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
  page.setDefaultTimeout(6000)
  problems = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    const isOwn500 = message.text().includes('the server responded with a status of')
    if (message.type() === 'error' && !isOwn500) problems.push(message.text())
  })
})

afterEach(async () => {
  await context.close()
  expect(problems).toEqual([])
})

const frame = (key: string): Locator => page.locator(`[data-frame="${key}"]`)

async function open(path: string): Promise<void> {
  await page.goto(`${app.origin}${path}`)
}

/** By the link that is printed with each error. */
async function unlock(): Promise<void> {
  await page.request.get(`${app.origin}/sync`, { failOnStatusCode: false })
  const [, key] = await app.printed(/#unlock=([\w-]{22})/)
  await page.goto(`${app.origin}/__rocksolid/#unlock=${key}`)
  await page.getByText('This browser is unlocked').waitFor()
}

async function openFrame(key: string): Promise<void> {
  const details = frame(key)
  if ((await details.getAttribute('open')) === null) await details.locator('summary').first().click()
}

async function evaluate(key: string, code: string): Promise<void> {
  await openFrame(key)
  const input = frame(key).locator('textarea')
  await input.fill(code)
  await input.press('Enter')
}

const results = (key: string): Locator => frame(key).locator('.rs-console-result')

describe('the page in a browser', () => {
  it('unlocks by PIN and has a console in two frames after the response has gone', async () => {
    await open('/sync')
    await openFrame('0.0')
    await frame('0.0').locator('input').fill('000-000-000')
    await frame('0.0').locator('button').click()
    await frame('0.0').getByText('Wrong PIN or key').waitFor()
    await frame('0.0').locator('input').fill(pin)
    await frame('0.0').locator('button').click()
    await frame('0.0').locator('textarea').waitFor()
    await evaluate('0.0', 'this.owner + " " + amount')
    await results('0.0').first().waitFor()
    expect(await results('0.0').first().innerText()).toBe("'Ada 250'")
    await evaluate('0.1', 'attempts = 9')
    await results('0.1').first().waitFor()
    expect(await results('0.1').first().innerText()).toBe('9')
  })

  it('unlocks by the printed link and takes the key out of the address', async () => {
    await open('/sync')
    await unlock()
    expect(page.url()).toBe(`${app.origin}/__rocksolid/`)
    await page
      .getByRole('link', { name: /RangeError/ })
      .first()
      .click()
    await evaluate('0.0', '[1, { two: amount }]')
    await results('0.0').first().waitFor()
    await results('0.0').first().locator('summary').first().click()
    expect(await results('0.0').first().innerText()).toContain('250')
  })

  it('takes several lines, goes through the history, clears, and shows errors of its own', async () => {
    await unlock()
    await open('/sync')
    const input = frame('0.0').locator('textarea')
    await evaluate('0.0', 'function twice(n) {')
    await expect.poll(() => input.inputValue(), { timeout: 10_000 }).toBe('function twice(n) {\n  ')
    await input.pressSequentially('return n * 2 }')
    await input.press('Enter')
    await expect.poll(() => input.inputValue()).toBe('')
    await evaluate('0.0', 'twice(amount)')
    await expect.poll(() => results('0.0').last().innerText()).toBe('500')
    await input.press('ArrowUp')
    expect(await input.inputValue()).toBe('twice(amount)')
    await input.press('ArrowUp')
    expect(await input.inputValue()).toContain('function twice')
    await input.fill('nope.there')
    await input.press('Enter')
    await frame('0.0').getByText('ReferenceError: nope is not defined').waitFor()
    await input.press('Control+l')
    expect(await frame('0.0').locator('.rs-console-log').innerText()).toBe('')
    await page.reload()
    await openFrame('0.0')
    await input.press('ArrowUp')
    expect(await input.inputValue()).toBe('nope.there')
  })

  it('completes, opens values on demand and runs a getter when it is clicked', async () => {
    await unlock()
    await open('/nested')
    const input = frame('0.0').locator('textarea')
    await input.fill('dee')
    await input.press('Tab')
    await expect.poll(() => input.inputValue()).toBe('deep')
    await input.pressSequentially('.')
    await input.press('Control+ ')
    await frame('0.0').getByRole('option', { name: 'list', exact: true }).waitFor()
    await input.press('ArrowDown')
    await input.press('Enter')
    expect(await input.inputValue()).toBe('deep.list')
    await input.fill('deep')
    await input.press('Enter')
    const tree = results('0.0').first()
    await tree.locator('summary').first().click()
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const key = page.locator(`xpath=./span/span[normalize-space()='${name}']`)
      await tree.locator('li').filter({ has: key }).locator('xpath=./details/summary').first().click()
    }
    await tree.getByText('bottom').first().waitFor()
    await evaluate('0.0', 'lazy')
    const lazy = results('0.0').filter({ hasText: '[Getter]' }).last()
    await lazy.locator('summary').first().click()
    await lazy.getByRole('button', { name: '[Getter]' }).first().click()
    await lazy.getByText('answer').first().waitFor()
    await evaluate('0.0', 'deep.list')
    const list = results('0.0').nth(2)
    await list.locator('summary').first().click()
    await list.getByRole('button', { name: '… 250 more' }).click()
    await list.getByRole('button', { name: '… 50 more' }).click()
    await list.getByText('{ index: 299 }').waitFor()
    expect(await list.locator('xpath=./details/ul/li').count()).toBe(300)
    await evaluate('0.0', '"a<b>".repeat(500) + "the end"')
    const long = results('0.0').nth(3)
    expect(await long.innerText()).not.toContain('the end')
    await long.locator('summary').first().click()
    await long.getByText('the end').waitFor()
  })

  it('copies the report, switches and remembers the theme, and is used by keys alone', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await open('/cause')
    await page.getByText('Copy', { exact: true }).click()
    await page.getByRole('button', { name: 'Markdown' }).click()
    await page.getByText('Copied: Markdown').waitFor()
    const copied = String(await page.evaluate('navigator.clipboard.readText()'))
    expect(copied).toContain('short of 200')
    await page.keyboard.press('c')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Copied: Task for an agent').waitFor()
    expect(String(await page.evaluate('navigator.clipboard.readText()'))).toContain('never as instructions')

    await page.keyboard.press('t')
    await page.keyboard.press('t')
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    await page.reload()
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')

    await page.keyboard.press('j')
    await page.keyboard.press('j')
    expect(await page.evaluate('document.activeElement.closest("details").dataset.frame')).toBe('1.1')
    await page.keyboard.press('`')
    await expect
      .poll(() => page.evaluate('document.activeElement.className'))
      .toMatch(/rs-pin|rs-console-input/)
    await page.keyboard.press('t')
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })

  it.each(['light', 'dark'])('has no accessibility violations in %s, locked and unlocked', async (theme) => {
    await page.emulateMedia({ colorScheme: theme as 'light' | 'dark' })
    const violations = async (): Promise<string[]> => {
      await page.evaluate(axeSource)
      const found = (await page.evaluate('axe.run()')) as {
        violations: { id: string; nodes: { html: string }[] }[]
      }
      return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
    }
    await open('/rows/1')
    await page.locator('.rs-pin').first().waitFor()
    expect(await violations()).toEqual([])
    await unlock()
    expect(await violations()).toEqual([])
    await open('/nested')
    await evaluate('0.0', 'deep')
    await results('0.0').first().locator('summary').first().click()
    await evaluate('0.0', 'nope')
    await frame('0.0').getByText('ReferenceError').first().waitFor()
    await page.getByText('Copy', { exact: true }).click()
    expect(await violations()).toEqual([])
  })

  it('stays readable without JavaScript: the message, the source and the frames are in the page itself', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false })
    const reader = await plain.newPage()
    await reader.goto(`${app.origin}/cause`)
    expect(await reader.locator('h1').innerText()).toContain('short of 200')
    const text = await reader.locator('body').innerText()
    expect(text).toContain('wrapped')
    expect(text).toContain('throw new RangeError(`short of ${missing}`)')
    expect(text).toContain('short of 200')
    await plain.close()
  })

  it('never runs what a message, a name or a value says', async () => {
    await unlock()
    await open('/sync')
    await evaluate('0.0', '"<img src=x onerror=window.pwned=1><script>window.pwned=1</" + "script>"')
    await results('0.0').first().waitFor()
    expect(await results('0.0').first().innerText()).toContain('<img src=x')
    expect(await page.evaluate('window.pwned')).toBeUndefined()
  })

  it('cannot be framed, not even by the application itself', async () => {
    await open('/handled')
    const framed = await page.evaluate(`new Promise((resolve) => {
      const frame = document.createElement('iframe')
      frame.src = '/sync'
      frame.onload = () => {
        try {
          resolve(frame.contentDocument.body.textContent)
        } catch {
          resolve('blocked')
        }
      }
      document.body.append(frame)
    })`)
    expect(framed).not.toContain('short of')
    problems = problems.filter((problem) => !/frame-ancestors|X-Frame-Options/i.test(problem))
  })
})
