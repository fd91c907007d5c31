import { existsSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { request } from '../support/request.ts'
import { connected, panel, pill, streamedPage } from './overlay-page.ts'
import { openWorkshop, type Project, type Running } from './runner.ts'

const packages = resolve(import.meta.dirname, '..', '..', 'tools', 'frameworks', 'node_modules')
const workshop = openWorkshop()
let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await workshop.close()
})

/** Handlers of the fetch kind, as both runtimes take them. */
const HANDLER = `
import { gzipSync } from 'node:zlib'
import { text } from './text.ts'
const html = (body: string) => '<!doctype html><html lang="en"><head><title>t</title></head><body>' + body + '</body></html>'
const type = { 'content-type': 'text/html; charset=utf-8' }
const sleep = (ms: number) => new Promise((go) => setTimeout(go, ms))
const bytes = (text: string) => new TextEncoder().encode(text)
const inPieces = (then: (to: ReadableStreamDefaultController) => void) => new ReadableStream({
  async start(to) { to.enqueue(bytes(html('first').replace('</body></html>', ''))); await sleep(1500); then(to) },
})
const handler = async (req: Request): Promise<Response> => {
  const { pathname } = new URL(req.url)
  const page = html('<h1>' + text + '</h1>')
  if (pathname === '/api') throw new TypeError('the api is broken')
  if (pathname === '/own') return new Response('no', { status: 503 })
  if (pathname === '/data') return Response.json({ page })
  if (pathname === '/empty') return new Response(null, { status: 204, headers: type })
  if (pathname === '/off') return new Response(page, { headers: { ...type, 'x-rocksolid-overlay': 'off' } })
  if (pathname === '/download') return new Response(page, { headers: { ...type, 'content-disposition': 'attachment; filename=a.html' } })
  if (pathname === '/gzip') return new Response(gzipSync(page), { headers: { ...type, 'content-encoding': 'gzip' } })
  if (pathname === '/asked') return new Response(html(String(req.headers.get('accept-encoding'))), { headers: type })
  if (pathname === '/closed') return new Response(page, { headers: { ...type, 'content-security-policy': "default-src 'none'" } })
  if (pathname === '/strict') {
    const headers = new Headers({ ...type, 'x-own': 'kept', 'content-security-policy': "default-src 'none'; script-src 'nonce-abc123'; connect-src 'self'" })
    headers.append('set-cookie', 'a=1'); headers.append('set-cookie', 'b=2')
    return new Response(page, { status: 201, headers })
  }
  if (pathname === '/length') return new Response(page, { headers: { ...type, 'content-length': String(bytes(page).length) } })
  if (pathname === '/stream') return new Response(inPieces((to) => { to.enqueue(bytes('<p>second</p></body></html>')); to.close() }), { headers: type })
  if (pathname === '/cut') return new Response(inPieces((to) => to.error(new RangeError('the page broke off'))), { headers: type })
  if (pathname === '/feed') return new Response(inPieces((to) => to.error(new RangeError('the feed broke off'))))
  if (pathname === '/left') return new Response(new ReadableStream({
    start(to) {
      to.enqueue(bytes('first'))
      req.signal.addEventListener('abort', () => { try { to.error(new Error('nobody is there')) } catch {} console.log('was left') })
    },
  }))
  if (pathname === '/same') {
    const headers = { ...type, etag: '"same"' }
    return req.headers.get('if-none-match') === '"same"' ? new Response(null, { status: 304, headers }) : new Response(page, { headers })
  }
  return new Response(page, { headers: type })
}`

const SERVERS = [
  {
    runtime: 'Bun.serve',
    binary: join(packages, '@oven', 'bun-linux-x64', 'bin', 'bun'),
    server: `${HANDLER}\nBun.serve({ port: 0, hostname: '127.0.0.1', fetch: handler })`,
  },
  {
    runtime: 'Bun.serve with routes alone',
    binary: join(packages, '@oven', 'bun-linux-x64', 'bin', 'bun'),
    server: `${HANDLER}\nBun.serve({ port: 0, hostname: '127.0.0.1', routes: { '/:name': { GET: handler }, '/': handler, '/fixed': new Response(html('<h1>fixed</h1>'), { headers: type }), '/plain': new Response('plain') } })`,
  },
  {
    runtime: 'Deno.serve',
    binary: join(packages, '@deno', 'linux-x64-glibc', 'deno'),
    server: `${HANDLER}\nDeno.serve({ port: 0, hostname: '127.0.0.1', onListen() {} }, handler)`,
  },
] as const

const TEXT = (text: string): string => `export const text: string = '${text}'\n`
const AS_DOCUMENT = { 'sec-fetch-dest': 'document', accept: 'text/html', 'accept-encoding': 'gzip, br' }

for (const { runtime, binary, server } of SERVERS) {
  describe.runIf(existsSync(binary))(`the overlay in pages of ${runtime}`, () => {
    const env = { PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ''}` }

    async function serving(...options: string[]): Promise<{ project: Project; running: Running }> {
      const files = { 'package.json': '{ "type": "module" }', 'server.ts': server, 'text.ts': TEXT('one') }
      const project = workshop.project(files)
      const running = await workshop.start(project, [...options, 'server.ts'], env)
      await running.printed(/Serving on/)
      return { project, running }
    }

    it('loads the page again after a save, shows what does not start, and errors of background requests', async () => {
      const { project, running } = await serving()
      const page = await browser.newPage()
      await page.goto(`http://localhost:${running.port()}/`)
      await page.locator('h1', { hasText: 'one' }).waitFor()
      await connected(page)
      await page.evaluate(() => fetch('/api'))
      await pill(page).click()
      await panel(page).getByText('the api is broken').first().waitFor()
      expect(await panel(page).locator('.origin').textContent()).toBe('In GET /api')
      expect(await panel(page).locator('pre').textContent()).toContain('server.ts:')
      expect(await panel(page).getByText('Open in the debugger').getAttribute('href')).toMatch(
        /^\/__rocksolid\/errors\//,
      )
      await page.keyboard.press('Escape')
      await page.evaluate(() => fetch('/own'))
      await expect.poll(() => pill(page).textContent()).toBe('2 errors')
      await page.evaluate(
        () =>
          void setTimeout(() => {
            throw new RangeError('in the page')
          }),
      )
      await running.printed(/browser RangeError: in the page \(on \/\)/)

      project.write({ 'text.ts': TEXT('two') })
      await page.locator('h1', { hasText: 'two' }).waitFor()
      project.write({ 'text.ts': 'export const text = ;' })
      await page.getByText('This page goes away by itself').waitFor()
      project.write({ 'text.ts': TEXT('three') })
      await page.locator('h1', { hasText: 'three' }).waitFor()
      expect(await pill(page).count()).toBe(0)
      expect(running.output()).not.toMatch(/__rocksolid\/dev/)
      await page.close()
    })

    it('is in pages alone, keeps status, headers and cookies, and holds no stream back', async () => {
      const { running } = await serving()
      const port = running.port()
      const get = (path: string, headers: Readonly<Record<string, string>> = AS_DOCUMENT) =>
        request({ port, path, headers })
      const marked = async (path: string, headers?: Readonly<Record<string, string>>) =>
        (await get(path, headers)).body.includes('data-rocksolid')
      expect(await marked('/')).toBe(true)
      expect(await marked('/', {})).toBe(false)
      expect(await marked('/', { 'sec-fetch-dest': 'empty', accept: 'text/html' })).toBe(false)
      for (const path of ['/data', '/empty', '/off', '/download', '/closed', '/gzip'])
        expect([path, await marked(path)]).toEqual([path, false])
      expect((await get('/off')).headers['x-rocksolid-overlay']).toBeUndefined()
      expect((await get('/empty')).status).toBe(204)
      const head = await request({ port, path: '/', method: 'HEAD', headers: AS_DOCUMENT })
      expect([head.status, head.body]).toEqual([200, ''])
      const packed = await fetch(`http://127.0.0.1:${port}/gzip`, {
        headers: { 'upgrade-insecure-requests': '1', accept: 'text/html' },
      })
      expect(await packed.text()).toContain('<h1>one</h1>')
      expect((await get('/asked')).body).toContain('null</body>')

      const strict = await get('/strict')
      expect(strict.body).toMatch(
        /<head><script async src="\/__rocksolid\/dev\/client\.js\?[^>]* nonce="abc123"><\/script>/,
      )
      expect([strict.status, strict.headers['x-own'], strict.headers['set-cookie']]).toEqual([
        201,
        'kept',
        ['a=1', 'b=2'],
      ])
      const sized = await get('/length')
      expect(sized.body).toMatch(/data-rocksolid.*<h1>one<\/h1><\/body><\/html>$/s)

      const { first, rest, restMs } = await streamedPage(`http://127.0.0.1:${port}/stream`)
      expect(first).toMatch(/<head><script async src="\/__rocksolid\/dev\/client\.js\?/)
      expect(rest).toBe('<p>second</p></body></html>')
      expect(restMs).toBeGreaterThan(100)
    })

    it.runIf(runtime.endsWith('alone'))('is in fixed pages too, each time they are asked for', async () => {
      const { running } = await serving()
      const get = async (path: string) =>
        (await request({ port: running.port(), path, headers: AS_DOCUMENT })).body
      for (let turn = 0; turn < 2; turn++)
        expect(await get('/fixed')).toMatch(/<head><script[^>]* data-rocksolid.*<h1>fixed<\/h1>/)
      expect(await get('/plain')).toBe('plain')
      await running.printed(/"GET \/fixed HTTP\/1\.1" 200/)
    })

    it('shows the error of a page that broke off, and loads a page the browser has kept once', async () => {
      const { project, running } = await serving()
      const page = await browser.newPage()
      const origin = `http://localhost:${running.port()}`
      await page.goto(`${origin}/cut`, { waitUntil: 'commit' })
      await pill(page).click()
      await panel(page).getByText('the page broke off').first().waitFor()
      await page.goto(`${origin}/same`)
      await connected(page)
      running.mark()
      project.write({ 'text.ts': TEXT('two') })
      await running.printed(/again after/)
      await running.printed(/GET \/same HTTP/)
      await page.waitForTimeout(1000)
      expect(running.output().match(/GET \/same HTTP\/1\.1" 200/g)).toHaveLength(2)
      expect(running.output()).not.toContain('"GET /same HTTP/1.1" 304')
      await page.close()
    })

    it('shows the error of a background answer that broke off, and none of one that the page has left', async () => {
      const { running } = await serving()
      const page = await browser.newPage()
      await page.goto(`http://localhost:${running.port()}/`)
      await connected(page)
      await page.evaluate(async () => {
        const leaving = new AbortController()
        const { body } = await fetch('/left', { signal: leaving.signal })
        await body?.getReader().read()
        leaving.abort()
      })
      await running.printed(/was left/)
      await page.evaluate(() => fetch('/feed').then((answer) => answer.text().catch(() => {})))
      await pill(page).click()
      await panel(page).getByText('the feed broke off').first().waitFor()
      expect(await panel(page).locator('.origin').textContent()).toBe(
        'In GET /feed, after its answer had begun',
      )
      expect(await panel(page).locator('pre').textContent()).toContain('server.ts:')
      expect(await panel(page).getByRole('button', { name: 'Next' }).count()).toBe(0)
      await page.close()
    })

    it('is there without access log and debugger, and is not with --no-overlay', async () => {
      const { running } = await serving('--no-access', '--no-debugger')
      const page = await browser.newPage()
      await page.goto(`http://localhost:${running.port()}/`)
      await connected(page)
      await page.evaluate(() => fetch('/api').catch(() => {}))
      await pill(page).click()
      await panel(page).getByText('the api is broken').first().waitFor()
      await page.close()
      const off = (await serving('--no-overlay')).running
      expect((await request({ port: off.port(), path: '/', headers: AS_DOCUMENT })).body).not.toContain(
        'rocksolid',
      )
      const own = await request({ port: off.port(), path: '/__rocksolid/dev/client.js' })
      expect(own.headers['content-type'] ?? '').not.toContain('javascript')
    })
  })
}

const BUN = SERVERS[0]

describe.runIf(existsSync(BUN.binary))(
  'handlers that Bun exchanges while it runs',
  { timeout: 60_000 },
  () => {
    it('have the access log, the error page and the overlay as the first ones had', async () => {
      const project = workshop.project({
        'package.json': '{ "type": "module" }',
        'text.ts': TEXT('one'),
        'server.ts': `${HANDLER}
        const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('old') })
        const told = server.reload({ fetch: handler, routes: { '/routed': { GET: handler } } })
        console.log('same', told === server, server.port > 0)`,
      })
      const env = { PATH: `${dirname(BUN.binary)}${delimiter}${process.env.PATH ?? ''}` }
      const running = await workshop.start(project, ['server.ts'], env)
      await running.printed(/Serving on/)
      await running.printed(/same true true/)
      const get = (path: string) => request({ port: running.port(), path, headers: AS_DOCUMENT })
      for (const path of ['/', '/routed'])
        expect((await get(path)).body).toMatch(/<head><script[^>]* data-rocksolid.*<h1>one<\/h1>/)
      await running.printed(/"GET \/routed HTTP\/1\.1" 200/)
      const failed = await get('/api')
      expect([failed.status, failed.body.includes('the api is broken')]).toEqual([500, true])
      expect((await get('/__rocksolid/')).status).toBe(200)
    })
  },
)
