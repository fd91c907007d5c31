// Every screen there is, in every window that looks different: to be looked at, not kept.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, start, terminalPage } from './stage.mjs'

const WIDE = { width: 1280, height: 860 }
const WINDOWS = {
  light: { colorScheme: 'light', viewport: WIDE },
  dark: { colorScheme: 'dark', viewport: WIDE },
  narrow: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
  'narrow-dark': { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  // 200 %: half as many pixels of the style sheet, each twice as large.
  zoom: { colorScheme: 'light', viewport: { width: 640, height: 430 }, deviceScaleFactor: 2 },
  'no-js': { colorScheme: 'light', viewport: WIDE, javaScriptEnabled: false },
  print: { colorScheme: 'light', viewport: { width: 800, height: 1130 } },
}

/** Draws the screens whose names begin with `wanted` to `folder`; gives their number. */
export async function walk(browser, folder, wanted = '') {
  if (wanted === '') rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const studio = { browser, folder, wanted, count: 0 }
  await errorPages(studio)
  await brokenCode(studio)
  await terminals(studio)
  return studio.count
}

async function shoot(studio, name, windows, visit) {
  for (const window of windows) {
    const file = `${name}.${window}.png`
    if (!file.startsWith(studio.wanted)) continue
    const context = await studio.browser.newContext(WINDOWS[window])
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    if (window === 'print') await page.emulateMedia({ media: 'print' })
    const { full = true } = (await visit(page)) ?? {}
    await page.waitForTimeout(100)
    await page.screenshot({ path: join(studio.folder, file), fullPage: full })
    await context.close()
    studio.count++
  }
}

const SCREENS = Object.keys(WINDOWS)
const BOTH = ['light', 'dark']
const FEW = ['light', 'dark', 'narrow']

async function errorPages(studio) {
  const shop = start([join(import.meta.dirname, 'shop.mjs')], { env: { NO_COLOR: '1', PORT: '0' } })
  try {
    const origin = `http://localhost:${await shop.printed(/listening (\d+)/)}`
    const pin = await shop.printed(/PIN (\S+)/)
    const go = (path) => (page) => page.goto(origin + path).then(() => {})
    await shoot(studio, 'list-empty', BOTH, go('/__rocksolid/'))
    await shoot(studio, 'page', SCREENS, go('/orders/12/pay'))
    await shoot(studio, 'first-screen', FEW, async (page) => {
      await page.goto(`${origin}/orders/12/pay`)
      return { full: false }
    })
    for (const path of ['one', 'deep', 'long', 'wide', 'colours', 'several', 'text'])
      await shoot(studio, path, FEW, go(`/${path}`))
    await shoot(studio, 'console', FEW, (page) => useConsole(page, origin, pin))
    for (const [tab, key] of Object.entries({ route: '2', logs: '3', timeline: '4', app: '6' }))
      await shoot(studio, `tab-${tab}`, FEW, async (page) => {
        await page.goto(`${origin}/orders/12/pay`)
        await page.locator('[role="tab"]').first().waitFor()
        await page.keyboard.press(key)
      })
    for (const [dialog, key] of Object.entries({ keys: '?', copy: 'c' }))
      await shoot(studio, `dialog-${dialog}`, FEW, async (page) => {
        await page.goto(`${origin}/orders/12/pay`)
        await page.locator('[role="tab"]').first().waitFor()
        await page.keyboard.press(key)
        return { full: false }
      })
    await shoot(studio, 'list', [...FEW, 'no-js', 'print'], go('/__rocksolid/'))
    await shoot(studio, 'wrong-pin', FEW, async (page) => {
      await page.goto(`${origin}/__rocksolid/`)
      await page.locator('.rs-pin').fill('000-000-000')
      await page.locator('.rs-pin').press('Enter')
      await page.waitForTimeout(1500)
    })
    await shoot(studio, 'gone', BOTH, go('/__rocksolid/errors/aaaaaaaaaaaaaaaaaaaaaa'))
    await shoot(studio, 'standalone', FEW, async (page) => {
      await page.goto(`${origin}/__rocksolid/console`)
      await page.locator('.rs-pin').fill(pin)
      await page.locator('.rs-pin').press('Enter')
      await page.locator('textarea').fill('goods')
      await page.locator('textarea').press('Enter')
      await page.locator('.rs-console-result').waitFor()
    })
    await shoot(studio, 'not-found', FEW, go('/user/7'))
    await shoot(studio, 'refused', FEW, (page) =>
      page.goto(`${origin.replace('localhost', '127.0.0.1')}/__rocksolid/nowhere`).then(() => {}),
    )
  } finally {
    shop.stop()
  }
}

async function useConsole(page, origin, pin) {
  await page.goto(`${origin}/orders/12/pay`)
  await page.locator('.rs-pin').first().fill(pin)
  await page.locator('.rs-pin').first().press('Enter')
  const input = page.locator('.rs-frame[open] textarea').first()
  await input.waitFor()
  for (const code of ['rates', 'Object.keys(rates)', 'currency.missing.deep', 'rates[currency]']) {
    await input.fill(code)
    await input.press('Enter')
    await page.waitForTimeout(200)
  }
  await input.pressSequentially('ra', { delay: 20 })
  await input.press('Tab')
  await page.waitForTimeout(300)
}

const WORKING = `
import http from 'node:http'
import { greeting } from './greeting.mjs'
http.createServer((req, res) => {
  if (req.url === '/fail') throw new TypeError('the api is broken')
  res.setHeader('content-type', 'text/html')
  res.end('<!doctype html><title>Shop</title><body style="font:16px system-ui;margin:3rem"><h1>' + greeting + '</h1><p>A page of the application, which goes on below.</p></body>')
}).listen(process.env.PORT ?? 0, 'localhost')
`

async function brokenCode(studio) {
  const project = mkdtempSync(join(tmpdir(), 'screens-'))
  writeFileSync(join(project, 'package.json'), '{ "name": "shop", "type": "module" }')
  writeFileSync(join(project, 'server.mjs'), WORKING)
  writeFileSync(join(project, 'greeting.mjs'), "export const greeting = 'The shop'\n")
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(root, join(project, 'node_modules', 'rocksolid'))
  const runner = start([join(root, 'dist', 'cli.js'), 'server.mjs'], {
    cwd: project,
    env: { NO_COLOR: '1', PORT: '0' },
  })
  try {
    const origin = await runner.printed(/Serving on (http:\S+)/)
    await shoot(studio, 'overlay-error', FEW, async (page) => {
      await page.goto(`${origin}/`)
      await page.waitForTimeout(500)
      await page.evaluate("fetch('/fail').then(() => {})")
      await page.locator('rocksolid-overlay .pill').waitFor()
      await page.waitForTimeout(300)
      return { full: false }
    })
    await shoot(studio, 'overlay-panel', FEW, async (page) => {
      await page.goto(`${origin}/`)
      await page.waitForTimeout(500)
      await page.evaluate("setTimeout(() => { undefined.total }); fetch('/fail').then(() => {})")
      await page.locator('rocksolid-overlay .pill').waitFor()
      await page.waitForTimeout(300)
      if (await page.locator('rocksolid-overlay .pill').isVisible())
        await page.locator('rocksolid-overlay .pill').click()
      return { full: false }
    })
    writeFileSync(join(project, 'greeting.mjs'), "export const greeting = 'The shop\nexport const more = 1\n")
    await runner.printed(/(SyntaxError)/)
    await shoot(studio, 'broken', [...FEW, 'no-js', 'zoom'], async (page) => {
      await page.goto(`${origin}/`)
    })
  } finally {
    runner.stop()
    rmSync(project, { recursive: true, force: true })
  }
}

async function terminals(studio) {
  const shop = start([join(import.meta.dirname, 'shop.mjs')], { env: { FORCE_COLOR: '1', PORT: '0' } })
  const help = start([join(root, 'dist', 'cli.js'), '--help'], { env: { FORCE_COLOR: '1' } })
  const wrong = start([join(root, 'dist', 'cli.js'), '--prot', '5000', 'server.mjs'], {
    env: { FORCE_COLOR: '1' },
  })
  try {
    const origin = `http://localhost:${await shop.printed(/listening (\d+)/)}`
    for (const path of ['/stock/hat', '/users/7', '/orders/12/pay', '/several', '/colours', '/nothing'])
      await fetch(origin + path).then((answer) => answer.text())
    await help.printed(/(--version)/)
    await wrong.printed(/(prot)/)
    await new Promise((resolve) => setTimeout(resolve, 500))
    const texts = { traceback: shop.text(), help: help.text(), 'wrong-option': wrong.text() }
    for (const [name, text] of Object.entries(texts))
      await shoot(studio, `terminal-${name}`, BOTH, async (page) => {
        const scheme = await page.evaluate(
          "matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'",
        )
        await page.setContent(terminalPage(text, scheme))
      })
  } finally {
    for (const one of [shop, help, wrong]) one.stop()
  }
}
