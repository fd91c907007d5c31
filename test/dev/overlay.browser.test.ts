import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { makeCertificate } from '../support/certificate.ts'
import { connected, panel, pill, streamedPage } from './overlay-page.ts'
import { openWorkshop, type Project, type Running } from './runner.ts'

const workshop = openWorkshop()
const pictures = resolve(import.meta.dirname, '..', '..', '.artifacts', 'overlay')
let browser: Browser

beforeAll(async () => {
  mkdirSync(pictures, { recursive: true })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await workshop.close()
})

const SERVER = `
import fs from 'node:fs'
import http from 'node:http'
import { pipeline } from 'node:stream'
import { text } from './text.mjs'
const html = (body, head = '') => '<!doctype html><html lang="en"><head><title>t</title>' + head + '</head><body>' + body + '</body></html>'
http.createServer(async (req, res) => {
  const path = req.url.split('?')[0]
  if (path === '/style.css') {
    res.setHeader('content-type', 'text/css')
    return pipeline(fs.createReadStream('style.css'), res, () => {})
  }
  if (path === '/page.html') {
    res.setHeader('content-type', 'text/html')
    return pipeline(fs.createReadStream('page.html'), res, () => {})
  }
  if (path === '/api') throw new TypeError('the api is broken')
  if (path === '/data.html') return res.end('data')
  res.setHeader('content-type', 'text/html; charset=utf-8')
  if (path === '/strict') res.setHeader('content-security-policy', "default-src 'none'; script-src 'nonce-abc123'; connect-src 'self'")
  if (path === '/closed') res.setHeader('content-security-policy', "default-src 'none'")
  if (path === '/off') res.setHeader('x-rocksolid-overlay', 'off')
  if (path === '/download') res.setHeader('content-disposition', 'attachment; filename=a.html')
  if (path === '/stream') {
    res.write(html('first').replace('</body></html>', ''))
    return setTimeout(() => res.end('<p>second</p></body></html>'), 1500)
  }
  if (path === '/cut') {
    res.write(html('half a page').replace('</body></html>', ''))
    await new Promise((resolve) => setTimeout(resolve, 200))
    throw new RangeError('the page broke off')
  }
  if (path === '/late') {
    res.write('half')
    await new Promise((resolve) => setImmediate(resolve))
    throw new RangeError('too late for an answer')
  }
  const page = html('<h1>' + text + '</h1><form method="post" action="/form"><button>Send</button></form>', '<link rel="stylesheet" href="/style.css">')
  if (path === '/same') {
    res.setHeader('etag', '"same"')
    if (req.headers['if-none-match'] === '"same"') return res.writeHead(304).end()
    return res.end(html('<h1>same</h1>'))
  }
  if (path === '/length') res.setHeader('content-length', Buffer.byteLength(page))
  res.end(page)
}).listen(0, '127.0.0.1')`

async function open(path = '/'): Promise<{ project: Project; running: Running; page: Page; origin: string }> {
  const project = workshop.project({
    'package.json': '{ "type": "module" }',
    'server.mjs': SERVER,
    'text.mjs': 'export const text = "one"',
    'style.css': 'h1 { color: rgb(1, 2, 3) }',
  })
  const running = await workshop.start(project)
  await running.printed(/Serving on/)
  const page = await browser.newPage()
  const origin = `http://localhost:${running.port()}`
  await page.goto(origin + path)
  return { project, running, page, origin }
}

describe('the overlay in a browser', () => {
  it('loads the page again after a restart, shows what does not start, and goes away when it is cured', async () => {
    const { project, running, page } = await open()
    await page.locator('h1', { hasText: 'one' }).waitFor()
    project.write({ 'text.mjs': 'export const text = "two"' })
    await page.locator('h1', { hasText: 'two' }).waitFor()

    project.write({ 'text.mjs': 'export const text = ;' })
    await page.getByText('This page goes away by itself').waitFor()
    expect(await page.title()).toContain('SyntaxError')
    await page.screenshot({ path: join(pictures, 'does-not-start.png') })

    project.write({ 'text.mjs': 'export const text = "three"' })
    await page.locator('h1', { hasText: 'three' }).waitFor()
    expect(await pill(page).count()).toBe(0)
    await page.close()
    expect(running.output()).not.toMatch(/__rocksolid\/dev/)
  })

  it('exchanges a style sheet without loading the page again or restarting the server', async () => {
    const { project, running, page } = await open()
    const color = () => page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    expect(await color()).toBe('rgb(1, 2, 3)')
    await page.evaluate('window.stays = true')
    await connected(page)
    project.write({ 'style.css': 'h1 { color: rgb(4, 5, 6) }' })
    await expect.poll(color, { timeout: 10_000 }).toBe('rgb(4, 5, 6)')
    expect(await page.evaluate('window.stays')).toBe(true)
    expect(running.output()).not.toContain('Restarting')
    await page.close()
  })

  it('loads a page again whose file was streamed, without restarting the server', async () => {
    const { project, running, page, origin } = await open()
    project.write({ 'page.html': '<!doctype html><title>t</title><h1>first</h1>' })
    await page.goto(`${origin}/page.html`)
    await connected(page)
    project.write({ 'page.html': '<!doctype html><title>t</title><h1>second</h1>' })
    await page.locator('h1', { hasText: 'second' }).waitFor()
    expect(running.output()).not.toContain('Restarting')
    await page.close()
  })

  it('loads a page again whose file changed before its event stream began', async () => {
    const { project, page, origin } = await open()
    project.write({ 'page.html': '<!doctype html><title>t</title><h1>first</h1>' })
    let begin = (): void => {}
    const mayBegin = new Promise<void>((resolve) => {
      begin = resolve
    })
    await page.route('**/__rocksolid/dev/events', async (route) => {
      await mayBegin
      await route.continue()
    })
    await page.goto(`${origin}/page.html`)
    await connected(page)
    project.write({ 'page.html': '<!doctype html><title>t</title><h1>second</h1>' })
    const told = async (): Promise<string | undefined> => {
      const { first, rest } = await streamedPage(`${origin}/`)
      return /data-changes="(\d+)"/.exec(first + rest)?.[1]
    }
    await expect.poll(told, { timeout: 15_000 }).toBe('1')
    begin()
    await page.locator('h1', { hasText: 'second' }).waitFor()
    await page.close()
  })

  it('stays where a page’s file is first read after it was written', async () => {
    const { project, page, origin } = await open()
    project.write({ 'page.html': '<!doctype html><title>t</title><link rel="stylesheet" href="/style.css">' })
    // No tick of the file system's clock between the two is left to doubt.
    await page.waitForTimeout(50)
    await page.goto(`${origin}/page.html`)
    await connected(page)
    await page.evaluate('window.stays = true')
    project.write({ 'style.css': 'h1 { color: rgb(4, 5, 6) } body { color: rgb(7, 8, 9) }' })
    await expect
      .poll(() => page.evaluate('getComputedStyle(document.body).color'), { timeout: 10_000 })
      .toBe('rgb(7, 8, 9)')
    expect(await page.evaluate('window.stays')).toBe(true)
    await page.close()
  })

  it('shows errors of background requests and of the page itself, by mouse and by keyboard', async () => {
    const { running, page } = await open()
    await connected(page)
    await page.evaluate(() => fetch('/api'))
    await pill(page).waitFor()
    expect(await pill(page).textContent()).toBe('1 error')
    await page.screenshot({ path: join(pictures, 'pill.png') })
    await pill(page).focus()
    await page.keyboard.press('Enter')
    await panel(page).waitFor()
    expect(await panel(page).locator('h2').textContent()).toBe('TypeError: the api is broken')
    expect(await panel(page).locator('.origin').textContent()).toBe('In GET /api')
    expect(await panel(page).locator('pre').textContent()).toContain('server.mjs:')
    expect(await panel(page).getByText('Open in the debugger').getAttribute('href')).toMatch(
      /^\/__rocksolid\/errors\//,
    )
    await page.screenshot({ path: join(pictures, 'panel.png') })
    await page.keyboard.press('Escape')
    await pill(page).waitFor()

    await page.evaluate(
      () =>
        void setTimeout(() => {
          throw new RangeError('in the page')
        }),
    )
    await expect.poll(() => pill(page).textContent()).toBe('2 errors')
    await running.printed(/browser RangeError: in the page \(on \/\)/)
    await pill(page).click()
    await panel(page).getByText('Dismiss').click()
    await expect.poll(() => pill(page).isVisible()).toBe(false)
    // What was put away stays away until the code changes, on a page that is loaded again too.
    const isQuiet = async (): Promise<void> => {
      await page.evaluate(() => fetch('/api'))
      await page.waitForTimeout(300)
      expect(await pill(page).isVisible()).toBe(false)
    }
    await isQuiet()
    await page.reload()
    await connected(page)
    await isQuiet()
    await page.close()
  })

  it('shows errors of answers that had begun, which nothing else on the page can show', async () => {
    const { running, page } = await open()
    await connected(page)
    await page.evaluate(() =>
      fetch('/late')
        .then((answer) => answer.text())
        .catch(() => {}),
    )
    await pill(page).click()
    await panel(page).getByText('too late for an answer').first().waitFor()
    const shown = (await panel(page).textContent()) ?? ''
    expect(shown).toContain('GET /late, after its answer had begun')
    expect(shown).toContain('server.mjs')
    await running.printed(/too late for an answer/)
    await page.close()
  })

  it('shows the error of a page that broke off on that very page', async () => {
    const { page } = await open()
    await page.goto(new URL('/cut', page.url()).href, { waitUntil: 'commit' })
    await pill(page).click()
    await panel(page).getByText('the page broke off').first().waitFor()
    await page.close()
  })

  it('loads a page that is the same as before once, and not for ever, though the browser has kept it', async () => {
    const { project, running, page } = await open('/same')
    await connected(page)
    running.mark()
    project.write({ 'text.mjs': 'export const text = "two"' })
    await running.printed(/again after/)
    await running.printed(/GET \/same HTTP/)
    await page.waitForTimeout(1000)
    expect(running.output().match(/GET \/same HTTP\/1\.1" 200/g)).toHaveLength(2)
    expect(running.output()).not.toContain('"GET /same HTTP/1.1" 304')
    await page.close()
  })

  it('does not load a page for ever that comes out of a cache, and says so', async () => {
    const { project, page, origin } = await open()
    const kept = await (await page.goto(`${origin}/`))?.body()
    let loads = 0
    await page.route(`${origin}/`, (route) => {
      loads++
      return route.fulfill({ contentType: 'text/html', body: kept ?? '' })
    })
    await connected(page)
    project.write({ 'text.mjs': 'export const text = "two"' })
    await expect
      .poll(() => pill(page).textContent(), { timeout: 10_000 })
      .toBe('This page comes from a cache: reload')
    expect(loads).toBe(1)
    await page.close()
  })

  it('shows errors of timers: of a server that lives on in the page, of one that does not in its place', async () => {
    const timer = `
      let isArmed = false
      process.on('SIGUSR2', () => { isArmed = true })
      setInterval(() => { if (isArmed) { isArmed = false; throw new RangeError('in a timer') } }, 10)`
    const { project, running, page } = await open()
    const boot = (): Promise<string> =>
      page.evaluate('document.querySelector("script[data-rocksolid]")?.dataset.rocksolid ?? ""')
    await connected(page)
    const first = await boot()
    running.mark()
    project.write({
      'server.mjs': `${SERVER}\nconsole.log('pid', process.pid)\n${timer}\nprocess.on('uncaughtException', () => {})`,
    })
    // The line of the runner may come before the one of the server.
    await running.printed(/again after/)
    const living = Number((await running.printed(/pid (\d+)/))[1])
    await expect.poll(() => boot().catch(() => first), { timeout: 10_000 }).not.toBe(first)
    process.kill(living, 'SIGUSR2')
    await pill(page).click()
    await panel(page).getByText('in a timer').first().waitFor()
    expect(await panel(page).locator('.origin').textContent()).toBe('In a timer or event')

    running.mark()
    project.write({ 'server.mjs': `${SERVER}\nconsole.log('pid', process.pid)\n${timer}` })
    await running.printed(/again after/)
    const dying = Number((await running.printed(/pid (\d+)/))[1])
    process.kill(dying, 'SIGUSR2')
    await page.getByText('The server crashed.').first().waitFor()
    expect(await page.title()).toContain('RangeError')
    project.write({ 'server.mjs': SERVER })
    await page.locator('h1', { hasText: 'one' }).waitFor()
    await page.close()
  })

  it('asks before it sends a form again', async () => {
    const { project, page } = await open()
    await page.getByText('Send').click()
    await page.waitForURL('**/form')
    await connected(page)
    project.write({ 'text.mjs': 'export const text = "two"' })
    await expect
      .poll(() => pill(page).textContent(), { timeout: 10_000 })
      .toBe('The server has new code: reload')
    await page.close()
  })

  it('uses the nonce of a policy, and stays away where it may not run or is not wanted', async () => {
    const { page, origin } = await open('/strict')
    const scripts = () => page.locator('script[data-rocksolid]').count()
    expect(await scripts()).toBe(1)
    await connected(page)
    expect(await page.evaluate("document.querySelector('script').nonce")).toBe('abc123')
    for (const path of ['/closed', '/off', '/data.html']) {
      const reply = await page.goto(origin + path)
      expect(await scripts(), path).toBe(0)
      expect(reply?.headers()['x-rocksolid-overlay']).toBeUndefined()
    }
    await page.goto(`${origin}/length`)
    expect(await scripts()).toBe(1)
    expect(await page.locator('h1').textContent()).toBe('one')
    await page.close()
  })

  it('leaves answers to scripts, downloads and other clients alone, and holds no stream back', async () => {
    const { running, page, origin } = await open()
    const asDocument = { 'sec-fetch-dest': 'document', accept: 'text/html' }
    const marked = async (path: string, headers: Record<string, string> = {}) =>
      (await running.get(path, headers)).includes('data-rocksolid')
    expect(await marked('/', asDocument)).toBe(true)
    expect(await marked('/')).toBe(false)
    expect(await marked('/', { 'sec-fetch-dest': 'empty', accept: 'text/html' })).toBe(false)
    expect(await marked('/download', asDocument)).toBe(false)

    const { first, rest, restMs } = await streamedPage(`${origin}/stream`)
    expect(first).toMatch(/<head><script async src="\/__rocksolid\/dev\/client\.js\?/)
    expect(first).toContain('first')
    expect(rest).toBe('<p>second</p></body></html>')
    expect(restMs).toBeGreaterThan(100)
    await page.close()
  })
})

describe('the overlay over HTTP/2', () => {
  const { folder: pems, remove } = makeCertificate()
  afterAll(remove)

  it('loads the page again after a restart and shows errors of background requests', async () => {
    const server = SERVER.replace("import http from 'node:http'", "import http2 from 'node:http2'").replace(
      'http.createServer(',
      `http2.createSecureServer({ key: fs.readFileSync('${pems}/key.pem'), cert: fs.readFileSync('${pems}/cert.pem') }, `,
    )
    const project = workshop.project({
      'package.json': '{ "type": "module" }',
      'server.mjs': server,
      'text.mjs': 'export const text = "one"',
      'style.css': 'h1 { color: rgb(1, 2, 3) }',
    })
    const running = await workshop.start(project)
    const [, port] = await running.printed(/Serving on https:\/\/localhost:(\d+)/)
    const page = await browser.newPage({ ignoreHTTPSErrors: true })
    await page.goto(`https://localhost:${port}/`)
    const protocol = 'performance.getEntriesByType("navigation")[0].nextHopProtocol'
    expect(await page.evaluate(protocol)).toBe('h2')
    expect(await page.locator('h1').textContent()).toBe('one')
    await connected(page)
    await page.evaluate(() => fetch('/api').catch(() => {}))
    await pill(page).click()
    await panel(page).getByText('the api is broken').first().waitFor()
    expect(await panel(page).locator('.origin').textContent()).toBe('In GET /api')

    project.write({ 'text.mjs': 'export const text = "two"' })
    await page.locator('h1', { hasText: 'two' }).waitFor()
    // A page that is not connected yet learns of the change too late to swap the sheet, and is loaded again.
    await connected(page)
    project.write({ 'style.css': 'h1 { color: rgb(4, 5, 6) }' })
    const color = () => page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    await expect.poll(color, { timeout: 10_000 }).toBe('rgb(4, 5, 6)')
    expect(await page.evaluate(protocol)).toBe('h2')
    await page.close()
  })
})
