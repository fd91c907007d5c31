/**
 * `npm run screenshots`: draws the pictures of the documentation anew, from the demo in a real browser. With `-- --all`
 * it draws every screen there is to `.artifacts/screenshots/` instead, in light and dark, wide and narrow, zoomed, on
 * paper and without script, to be looked at; `-- --all list` only those whose names begin so.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser } from '../test/support/browser.ts'
import { root, start } from './screenshots/stage.mjs'
import { walk } from './screenshots/walk.mjs'

const images = join(root, 'docs', 'images')
const [mode, wanted] = process.argv.slice(2)
const browser = await openBrowser()
try {
  if (mode === '--all') {
    const folder = join(root, '.artifacts', 'screenshots')
    console.log(`${await walk(browser, folder, wanted)} screens drawn to ${folder}`)
  } else await drawDocumentation()
} finally {
  await browser.close()
}

async function drawDocumentation() {
  mkdirSync(images, { recursive: true })
  const demo = start([join(root, 'examples', 'article', 'server.mjs')], {
    env: { PORT: '5600', NO_COLOR: '1' },
  })
  try {
    const origin = await demo.printed(/on (http:\/\/localhost:\d+)\n/)
    const pin = await demo.printed(/PIN (\S+)/)
    for (const scheme of ['light', 'dark'])
      await crash(scheme, { width: 1120, height: 900 }, `crash-${scheme}.png`, origin, pin)
    await crash('light', { width: 390, height: 844 }, 'crash-narrow.png', origin, pin)
  } finally {
    demo.stop()
  }
}

/** The demo's /crash with a console used in two frames. */
async function crash(colorScheme, viewport, file, origin, pin) {
  const page = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: 1 })
  await page.goto(`${origin}/crash`)
  const frame = (name) =>
    page.locator('details.rs-frame', { has: page.locator('summary', { hasText: name }) }).first()
  const open = async (name) => {
    if ((await frame(name).getAttribute('open')) === null)
      await frame(name).locator('summary').first().click()
  }
  const run = async (name, code) => {
    await open(name)
    await frame(name).locator('textarea').fill(code)
    await frame(name).locator('textarea').press('Enter')
    await page.waitForTimeout(250)
  }
  await open('pay')
  await frame('pay').locator('.rs-pin').fill(pin)
  await frame('pay').locator('button').click()
  await frame('pay').locator('textarea').waitFor()
  await run('pay', 'bill')
  await run('pay', 'Object.keys(bank)')
  await run('pay', "card.holder = 'Grace'; card")
  await run('checkout', 'withTax(100)')
  await run('checkout', 'basket.map((item) => item.price)')
  await page.evaluate('document.activeElement.blur(); scrollTo(0, 0)')
  await page.waitForTimeout(150)
  await page.screenshot({
    path: join(images, file),
    fullPage: viewport.width > 500,
    clip: viewport.width > 500 ? { x: 0, y: 0, width: viewport.width, height: 1400 } : undefined,
  })
  await page.close()
}
