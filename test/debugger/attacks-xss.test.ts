import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createLogger, htmlSink } from '../../src/logger.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'
import { pageData } from '../support/debugger-client.ts'
import { sendRaw } from '../support/raw-socket.ts'

const apps = resolve(import.meta.dirname, '..', 'apps')
const corpus = JSON.parse(readFileSync(join(apps, 'xss-corpus.json'), 'utf8')) as readonly string[]

let app: AppProcess
let folder: string
let browser: Browser
let page: Page
let shown = ''
/** Dialogs, errors and refusals of a policy: each would mean that something was tried at least. */
let happened: string[]

beforeAll(async () => {
  folder = mkdtempSync(join(apps, '..', '..', '.artifacts', 'hostile-'))
  app = await startApp('hostile.mjs', { env: { HOSTILE_FOLDER: folder } })
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
  await app?.stop()
  rmSync(folder, { recursive: true })
})

beforeEach(async () => {
  happened = []
  page = await browser.newPage()
  page.setDefaultTimeout(15_000)
  page.on('dialog', (dialog) => {
    happened.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => happened.push(`error ${error.message}`))
  page.on('framenavigated', (frame) => {
    if (frame !== page.mainFrame()) happened.push(`frame ${frame.url()}`)
  })
  await page.addInitScript(`addEventListener('securitypolicyviolation', (event) => {
    window.violations = [...(window.violations ?? []), event.violatedDirective + ' ' + event.blockedURI]
  })`)
})

afterEach(async () => {
  await page.close()
  expect(happened).toEqual([])
})

/** What a page of ours is made of, and what it never is. */
async function expectIntact(what: string): Promise<void> {
  const found = await page.evaluate(`({
    ran: window.__xss,
    violations: window.violations,
    foreign: document.querySelectorAll(
      'img,svg:not([viewBox="0 0 100 2"]),math,iframe,object,embed,base,frame,video,audio,link:not([href^="/__rocksolid/assets/"]),form:not(.rs-unlock),[srcdoc],[style],meta[http-equiv=refresh]',
    ).length,
    handlers: [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].filter(({ name }) => name.startsWith('on')).map(({ name }) => name),
    ),
    schemes: [...document.querySelectorAll('[href],[src],[action]')]
      .map((element) => (element.getAttribute('href') ?? element.getAttribute('src') ?? '').trim())
      .filter((url) => !/^(?:#|\\/|https:\\/\\/)/.test(url)),
    bodies: document.querySelectorAll('body').length,
    mains: document.querySelectorAll('main').length,
    scripts: document.querySelectorAll('script').length,
    end: [...document.querySelectorAll('*')].at(-1)?.tagName,
  })`)
  expect([what, found]).toEqual([
    what,
    {
      ran: undefined,
      violations: undefined,
      foreign: 0,
      handlers: [],
      schemes: [],
      bodies: 1,
      mains: 1,
      scripts: 2,
      end: 'SCRIPT',
    },
  ])
}

/** The attack as far as it may stand in a header or a request line. */
const inHeader = (attack: string): string =>
  [...attack].filter((character) => character >= ' ' && character <= '~').join('')

/** The page as the server sends it for a request that carries the attack in URL, headers and cookies too. */
async function fetchPage(path: string, attack = ''): Promise<string> {
  const text = inHeader(attack)
  const inUrl = text.replaceAll(' ', '\t').replace(/\t/g, '%20')
  const answer = await sendRaw(
    app.port,
    `GET ${path}?${inUrl} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nUser-Agent: ${text}\r\nX-Attack: ${text}\r\nCookie: a=${text}; ${text}=1\r\nReferer: ${text}\r\nConnection: close\r\n\r\n`,
  )
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  if (!head.startsWith('HTTP/1.1 500')) throw new Error(`${path}: ${head.split('\r\n')[0]}`)
  return Buffer.from(rest.join('\r\n\r\n'), 'latin1').toString('utf8')
}

/** Shows HTML without any of the policies it was sent with: escaping alone must do. */
async function show(html: string): Promise<void> {
  shown = html
  if (page.url() !== 'about:blank') {
    await page.reload()
    return
  }
  await page.route('**/*', (route) => {
    if (route.request().isNavigationRequest())
      return route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: shown })
    const { pathname } = new URL(route.request().url())
    return pathname.startsWith('/__rocksolid/assets/')
      ? route.continue({ url: app.origin + pathname })
      : route.abort()
  })
  await page.goto('http://page.test/')
}

describe('the page of an error, without its policy', () => {
  it('is only text, whatever comes', async () => {
    for (let number = 0; number < corpus.length; number += 2) {
      await show(await fetchPage(`/all/${number},${number + 1}`, corpus.slice(number, number + 2).join(' ')))
      await expectIntact(`${number}`)
    }
  }, 180_000)

  it.each(['error', 'stack', 'aggregate', 'object', 'string', 'evaluated'])(
    'is only text when all comes at once as %s',
    async (variant) => {
      await show(await fetchPage(`/${variant}/joined`, corpus.join(' ')))
      await expectIntact(variant)
    },
  )

  it('is only text when the file’s path is the attack', async () => {
    await show(await fetchPage('/file/0'))
    await expectIntact('file')
    expect(await page.locator('.rs-file').first().innerText()).toContain('<img src=x')
  })

  it.each([1, 10, 31, 34])('stays small and whole with 10 MB of attack %i', async (number) => {
    const startedAt = performance.now()
    const html = await fetchPage(`/huge/${number}`)
    expect(performance.now() - startedAt).toBeLessThan(15_000)
    expect(html.length).toBeLessThan(1_500_000)
    await show(html)
    await expectIntact(`huge ${number}`)
  })
})

describe('the page of an error, as it is sent', () => {
  it('needs its policy for nothing, and its console shows attacks as text', async () => {
    const key = (await app.printed(/#unlock=([\w-]{22})/))[1] as string
    await page.goto(`${app.origin}/error/1#unlock=${key}`)
    const prompt = page.locator('[data-console] textarea').first()
    await prompt.waitFor()
    const results = page.locator('.rs-console-result')
    const some = corpus.filter((_attack, number) => number % 3 === 0)
    for (const [count, attack] of some.entries()) {
      const text = JSON.stringify(attack)
      const code = `console.log(${text}); console.error(${text}); ({ [${text}]: ${text}, map: new Map([[${text}, Symbol(${text})]]) })`
      await prompt.fill(code)
      await prompt.press('Enter')
      await results.nth(count).waitFor()
    }
    for (const details of await page.locator('.rs-console-result details').all())
      await details.evaluate('(element) => { element.open = true }')
    await prompt.fill(
      `throw Object.assign(new Error(${JSON.stringify(corpus[1])}), { [${JSON.stringify(corpus[10])}]: 1 })`,
    )
    await prompt.press('Enter')
    await page.locator('.rs-console-error').first().waitFor()
    await prompt.fill(`<script>window.__xss=1</script>`)
    await prompt.press('Enter')
    await page.getByText('SyntaxError').first().waitFor()
    await expectIntact('console')
  })

  it('lists errors as text, on the locked page, the unlocked one, and that of an error that is gone', async () => {
    for (const number of [1, 7, 10, 31, 34]) await fetchPage(`/error/${number}`, corpus[number])
    for (const path of ['/__rocksolid/', '/__rocksolid/errors/gone']) {
      await page.goto(`${app.origin}${path}`)
      await page.getByText('</script>').first().waitFor()
      await page.locator('.rs-unlock').waitFor()
      await expectIntact(path)
    }
  })
})

describe('what is no page of an error', () => {
  it('refuses in text', async () => {
    for (let number = 0; number < corpus.length; number += 2) {
      const text = inHeader(corpus.slice(number, number + 2).join(' '))
      const target = `/__rocksolid/${text.replaceAll(' ', '%20')}`
      const asHost = [text.replaceAll(' ', '') || 'x', '']
      for (const [host, origin] of number % 6 === 0 ? [['localhost', text], asHost] : [['localhost', text]]) {
        const lines = [`GET ${target} HTTP/1.1`, `Host: ${host}`, `Origin: ${origin}`, 'Accept: text/html']
        const answer = await sendRaw(app.port, `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`)
        const [head = '', html = ''] = answer.split('\r\n\r\n')
        expect(head).toMatch(/^HTTP\/1\.1 (?:400|403|404) /)
        if (!head.includes('text/html')) continue
        expect(head).toContain("default-src 'none'")
        await show(html)
        expect([
          number,
          await page.evaluate(`({
            ran: window.__xss,
            made: [...document.body.querySelectorAll('*')].map(({ tagName }) => tagName).join(' '),
          })`),
        ]).toEqual([number, { ran: undefined, made: expect.stringMatching(/^H1 P P CODE(?: P CODE)?$/) }])
      }
    }
  }, 180_000)

  it('writes HTML files that are text', async () => {
    const files = join(folder, 'files')
    const logger = createLogger({ sinks: [htmlSink(files)] })
    for (let number = 0; number < corpus.length; number += 3) {
      const attack = corpus.slice(number, number + 3).join(' ')
      const error = Object.assign(new Error(attack, { cause: attack }), { name: attack, [attack]: attack })
      logger.error(error, attack)
      await logger.flush()
    }
    const names = readdirSync(files).filter((name) => name.endsWith('.html'))
    expect(names.length).toBe(corpus.length / 3)
    for (const name of names) {
      await page.goto(pathToFileURL(join(files, name)).href)
      expect(
        await page.evaluate(`({
          ran: window.__xss,
          scripts: document.querySelectorAll('script,img,svg,iframe,base,form').length,
          mains: document.querySelectorAll('main').length,
        })`),
      ).toEqual({ ran: undefined, scripts: 0, mains: 1 })
    }
    await logger.close()
  })

  it('gives data to scripts that no text can leave', async () => {
    const html = await fetchPage('/error/1', corpus[1])
    expect(pageData(html).again).toContain('</script><script>window.__xss=1</script>')
    expect(html.match(/<script/g)?.length).toBe(2)
  })
})
