import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let app: AppProcess

async function open(path: string): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, path)
  const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
  await client.unlock({ pin })
  return client
}

describe.each(RUNTIMES)('what an input is worth while it is typed, on %s', (_name, node) => {
  beforeAll(async () => {
    app = await startApp('frames.mjs', { node })
  })
  afterAll(() => app.stop())

  async function previewed(client: DebuggerClient, code: string): Promise<string | undefined> {
    const reply = await client.post('preview', { error: client.data.error, frame: '0.0', code })
    expect(reply.status).toBe(200)
    return (JSON.parse(reply.body) as { value?: { text: string } }).value?.text
  }

  it('is shown for expressions without side effects', async () => {
    const client = await open('/sync')
    for (const [code, text] of [
      ['amount', '250'],
      ['amount * 2 // twice', '500'],
      ['this.#balance', '100'],
      ['this', "Account { owner: 'Ada' }"],
      ['{ amount }', '{ amount: 250 }'],
      ['[3, 1, 2].map((one) => one * amount)', '[750, 250, 500]'],
      ['this.balance()', '100'],
      ['typeof nothing', "'undefined'"],
      ['undefined', 'undefined'],
      ['_error.message', "'short of 150'"],
      ['Symbol.iterator', 'Symbol(Symbol.iterator)'],
      ['10n ** 3n', '1000n'],
    ] as const)
      await expect.poll(() => previewed(client, code), { message: code }).toBe(text)
  })

  it('is not shown for others, and they do nothing', async () => {
    const client = await open('/sync')
    await client.evaluate(
      '0.0',
      'let touched = 0; const touch = () => touched++; const sneaky = { get it() { return touch() } }',
    )
    for (const code of [
      'touch()',
      'touched++',
      'touched = 5',
      'sneaky.it',
      'delete this.owner',
      'let x = 1',
      'amount +',
      'if (amount) 1',
      'nothing',
      '(() => { for (;;); })()',
      'await amount',
      'import("node:fs")',
      'process.exit(1)',
      'console.log(1)',
      'fetch("http://127.0.0.1:9")',
      'new Proxy({}, { get: touch }).x',
      `[${'1,'.repeat(400)}]`,
      '1); touch(); (1',
      '',
    ])
      expect([code, await previewed(client, code)]).toEqual([code, undefined])
    expect(await client.evaluate('0.0', 'touched + this.owner')).toMatchObject({
      value: { text: "'0Ada'" },
      output: [],
    })
    expect(app.exitCode()).toBeNull()
  })
})

describe('under the prompt of the page', () => {
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    app = await startApp('frames.mjs')
    browser = await openBrowser()
    page = await browser.newPage()
    const [, key = ''] = await app.printed(/#unlock=([\w-]{22})/)
    await page.goto(`${app.origin}/__rocksolid/#unlock=${key}`)
    await page.getByText('This browser is unlocked').waitFor()
    await page.goto(`${app.origin}/sync`)
  })
  afterAll(async () => {
    await browser.close()
    await app.stop()
  })

  it('the value stands dim as one types, and goes with the input', async () => {
    const prompt = page.locator('[data-console="0.0"] textarea')
    const shown = page.locator('[data-console="0.0"] .rs-console-preview')
    await prompt.fill('amount * 3')
    await shown.getByText('750').waitFor()
    await prompt.fill('amount * 3 + ')
    await shown.waitFor({ state: 'hidden' })
    await prompt.fill('amount')
    await shown.getByText('250').waitFor()
    await prompt.press('Enter')
    await shown.waitFor({ state: 'hidden' })
  })
})
