// `npm run screenshots`: draws the pictures of the documentation anew, from the demo in a real browser.

import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const root = join(import.meta.dirname, '..')
const images = join(root, 'docs', 'images')
mkdirSync(images, { recursive: true })

const demo = spawn(process.execPath, [join(root, 'examples', 'article', 'server.mjs')], {
  cwd: root,
  env: { ...process.env, PORT: '5600', NO_COLOR: '1' },
  stdio: ['ignore', 'pipe', 'pipe'],
})
let printed = ''
for (const stream of [demo.stdout, demo.stderr])
  stream.on('data', (text) => {
    printed += text
  })

const browser = await chromium.launch({
  executablePath: readFileSync(join(root, '.artifacts', 'chromium-path'), 'utf8'),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
try {
  const origin = await printedMatch(/on (http:\/\/localhost:\d+)\n/)
  const pin = await printedMatch(/PIN (\S+)/)
  for (const scheme of ['light', 'dark'])
    await crash(scheme, { width: 1120, height: 900 }, `crash-${scheme}.png`, origin, pin)
  await crash('light', { width: 390, height: 844 }, 'crash-narrow.png', origin, pin)
} finally {
  await browser.close()
  demo.kill()
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

async function printedMatch(pattern) {
  for (let tries = 0; tries < 500; tries++) {
    const match = pattern.exec(printed)
    if (match !== null) return match[1]
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`The demo did not print ${pattern}:\n${printed}`)
}
