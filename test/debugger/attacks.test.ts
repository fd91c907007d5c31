import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

/**
 * A developer's browser that is unlocked, and pages of others in it. Names of others lead to this machine, as a DNS
 * server of theirs would make them. The attacker is even given the token and the id of the error.
 */
const ATTACKERS = [
  ['another site', 'evil.example'],
  ['another port of localhost', 'localhost'],
  ['a subdomain of localhost', 'evil.localhost'],
  ['another name of this machine', '127.0.0.1'],
] as const

let app: AppProcess
let owner: DebuggerClient
let attackerServer: http.Server
let attackerPort: number
/** What browsers have told the attacker's server. */
const seenCookies: string[] = []
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  app = await startApp('frames.mjs')
  owner = await openErrorPage(app.port, '/sync')
  const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
  await owner.unlock({ pin })
  attackerServer = http.createServer((req, res) => {
    if (req.headers.cookie !== undefined) seenCookies.push(req.headers.cookie)
    res.setHeader('content-type', 'text/html')
    res.end('<!doctype html><title>attacker</title><body>attacker</body>')
  })
  attackerServer.listen(0, '127.0.0.1')
  await once(attackerServer, 'listening')
  attackerPort = (attackerServer.address() as AddressInfo).port
  browser = await openBrowser(
    '--host-resolver-rules=MAP *.example 127.0.0.1, MAP *.localhost 127.0.0.1, MAP localhost 127.0.0.1',
  )
})

afterAll(async () => {
  await browser?.close()
  attackerServer?.close()
  await app?.stop()
})

beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
  page.setDefaultTimeout(8000)
  const key = (await app.printed(/#unlock=([\w-]{22})/))[1] as string
  await page.goto(`${app.origin}/__rocksolid/#unlock=${key}`)
  await page.getByText('This browser is unlocked').waitFor()
})

afterEach(async () => {
  expect(JSON.stringify(await owner.evaluate('0.0', 'globalThis.pwned'))).toContain('"undefined"')
  await context.close()
})

/** The body of an evaluation that would leave a trace. */
const attackBody = (): string =>
  JSON.stringify({ error: owner.data.error, frame: '0.0', code: 'globalThis.pwned = 1' })

/** Runs code in the attacker's page with what it knows as `target`, `body` and `token`. */
function attack(code: string): Promise<unknown> {
  const known = { target: app.origin, body: attackBody(), token: owner.data.token }
  return page.evaluate(`(async ({ target, body, token }) => { ${code} })(${JSON.stringify(known)})`)
}

describe.each(ATTACKERS)('from %s', (_name, host) => {
  beforeEach(async () => {
    page = await context.newPage()
    page.setDefaultTimeout(8000)
    await page.goto(`http://${host}:${attackerPort}/`)
  })

  it('no fetch runs code or reads anything, with the right token and the owner’s cookies', async () => {
    const results = await attack(`
      const outcomes = {}
      const attempt = async (name, options, path = '/__rocksolid/evaluate') => {
        try {
          const response = await fetch(target + path, options)
          outcomes[name] = response.type === 'opaque' ? 'opaque' : 'read ' + (await response.text()).slice(0, 40)
        } catch { outcomes[name] = 'refused' }
      }
      const json = { 'content-type': 'application/json' }
      await attempt('json with token', { method: 'POST', credentials: 'include', headers: { ...json, 'x-rocksolid-token': token }, body })
      await attempt('json', { method: 'POST', credentials: 'include', headers: json, body })
      await attempt('simple', { method: 'POST', credentials: 'include', headers: { 'content-type': 'text/plain' }, body })
      await attempt('no-cors', { method: 'POST', mode: 'no-cors', credentials: 'include', body })
      await attempt('no-cors get', { mode: 'no-cors', credentials: 'include' }, '/sync')
      await attempt('page', { credentials: 'include', headers: { accept: 'text/html' } }, '/sync')
      await attempt('page of an app with cors', { headers: { accept: 'text/html' } }, '/cors')
      await attempt('list', { credentials: 'include' }, '/__rocksolid/')
      return outcomes
    `)
    expect(results).toEqual({
      'json with token': 'refused',
      json: 'refused',
      simple: 'refused',
      'no-cors': 'refused',
      'no-cors get': 'opaque',
      page: 'refused',
      // The application allows every origin here: what can be read is the bare answer, without a word of the error.
      'page of an app with cors': expect.stringMatching(/^read <!DOCTYPE html>/),
      list: 'refused',
    })
  })

  it('no form, beacon, script tag, frame, popup, EventSource or WebSocket does', async () => {
    const results = await attack(`
      const outcomes = {}
      const frame = document.createElement('iframe')
      frame.name = 'sink'
      document.body.append(frame)
      for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
        const form = document.createElement('form')
        Object.assign(form, { method: 'post', action: target + '/__rocksolid/evaluate', enctype: type, target: 'sink' })
        const input = document.createElement('input')
        Object.assign(input, { name: body.slice(0, -1) + ',"x":"', value: '"}' })
        form.append(input)
        document.body.append(form)
        form.submit()
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
      outcomes.beacon = navigator.sendBeacon(target + '/__rocksolid/evaluate', new Blob([body], { type: 'text/plain' }))
      const script = document.createElement('script')
      script.src = target + '/sync'
      const loaded = new Promise((resolve) => { script.onload = () => resolve('ran'); script.onerror = () => resolve('refused') })
      document.body.append(script)
      outcomes.script = await loaded
      const framed = document.createElement('iframe')
      framed.src = target + '/sync'
      const shown = new Promise((resolve) => { framed.onload = resolve })
      document.body.append(framed)
      await shown
      try { outcomes.frame = framed.contentDocument ? framed.contentDocument.body.textContent : 'closed' } catch { outcomes.frame = 'closed' }
      outcomes.events = await new Promise((resolve) => {
        const source = new EventSource(target + '/__rocksolid/evaluate', { withCredentials: true })
        source.onerror = () => { source.close(); resolve('refused') }
        source.onopen = () => resolve('open')
      })
      outcomes.socket = await new Promise((resolve) => {
        const socket = new WebSocket(target.replace('http', 'ws') + '/__rocksolid/evaluate')
        socket.onerror = () => resolve('refused')
        socket.onopen = () => resolve('open')
      })
      return outcomes
    `)
    expect(results).toEqual({
      beacon: true,
      script: 'refused',
      frame: expect.not.stringContaining('short of'),
      events: 'refused',
      socket: 'refused',
    })
  })

  it('a window it opens on the page tells it nothing', async () => {
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      attack(`window.victim = window.open(target + '/sync'); return true`),
    ])
    await popup.waitForLoadState()
    const seen = await attack(`
      try { return victim.document.body.textContent } catch { return victim.closed ? 'closed' : 'another origin' }
    `)
    expect(['closed', 'another origin']).toContain(seen)
  })
})

describe('from a name that was rebound to this machine', () => {
  it('the application answers, the debugger does not', async () => {
    page = await context.newPage()
    await page.goto(`http://rebound.example:${app.port}/handled`)
    const results = await attack(`
      const headers = { 'content-type': 'application/json', 'x-rocksolid-token': token }
      const evaluated = await fetch('/__rocksolid/evaluate', { method: 'POST', headers, body })
      const page = await fetch('/sync', { headers: { accept: 'text/html' } })
      return { evaluated: evaluated.status, page: await page.text(), app: await (await fetch('/handled')).text() }
    `)
    expect(results).toMatchObject({ evaluated: 403, app: 'fine', page: expect.stringContaining('Error id') })
    expect((results as { page: string }).page).not.toMatch(/short of|rocksolid-data|frames\.mjs/)
  })
})

describe('from a page whose origin is null', () => {
  /** Runs in the frame; what it finds is posted to the page around it. */
  const INNER = `(async ({ target, body, token }) => {
    const outcomes = {}
    const attempt = async (name, options, path = '/__rocksolid/evaluate') => {
      try {
        const response = await fetch(target + path, options)
        outcomes[name] = response.type === 'opaque' ? 'opaque' : 'read'
      } catch { outcomes[name] = 'refused' }
    }
    const headers = { 'content-type': 'application/json', 'x-rocksolid-token': token }
    await attempt('json', { method: 'POST', credentials: 'include', headers, body })
    await attempt('simple', { method: 'POST', mode: 'no-cors', credentials: 'include', body })
    await attempt('page', { credentials: 'include' }, '/sync')
    await attempt('list', { mode: 'no-cors', credentials: 'include' }, '/__rocksolid/')
    outcomes.origin = self.origin
    parent.postMessage(outcomes, '*')
  })`

  it.each([
    ['a sandboxed frame', `frame.sandbox = 'allow-scripts allow-forms'; frame.srcdoc = html`],
    ['a data: URL', `frame.src = 'data:text/html,' + encodeURIComponent(html)`],
  ])('%s', async (_name, fill) => {
    page = await context.newPage()
    await page.goto(`http://localhost:${attackerPort}/`)
    const results = await attack(`
      const known = JSON.stringify({ target, body, token }).replaceAll('<', '\\\\u003c')
      const html = '<script>' + ${JSON.stringify(INNER)} + '(' + known + ')</scr' + 'ipt>'
      const frame = document.createElement('iframe')
      const told = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data)))
      ${fill}
      document.body.append(frame)
      return await told
    `)
    expect(results).toEqual({
      json: 'refused',
      simple: 'refused',
      page: 'refused',
      list: 'refused',
      origin: 'null',
    })
  })
})

describe('from a server on another port of the same host', () => {
  it('the cookie that browsers send it opens nothing: it has only half of the session', async () => {
    const victim = await context.newPage()
    await victim.goto(`http://localhost:${attackerPort}/__rocksolid/evaluate`)
    const stolen = seenCookies.find((cookie) => /rocksolid_\w+=/.test(cookie))
    // Cookies do not know ports: this is why there is another half.
    expect(stolen).toMatch(/^rocksolid_\w+=\d{13}\.[\w-]{22}\.[\w-]{43}$/)
    const body = { error: owner.data.error, frame: '0.0', code: 'globalThis.pwned = 1' }
    const thief = await openErrorPage(app.port, '/sync')
    expect((await thief.post('evaluate', body, { cookie: stolen as string })).status).toBe(401)
    const storage = await victim.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')
    expect(storage).toBe('{}')
  })
})

describe('from a script of the application itself, on the same origin', () => {
  beforeEach(async () => {
    page = await context.newPage()
    await page.goto(`${app.origin}/handled`)
  })

  it('no page it can read carries the token, and without it nothing runs', async () => {
    const results = await attack(`
      const read = {}
      const keep = (name, text) => { read[name] = /rocksolid-data|"token"|X-Rocksolid/i.test(text) ? 'token' : text.length > 100 ? 'page' : text }
      const html = { headers: { accept: 'text/html' } }
      keep('error page', await (await fetch('/sync', html)).text())
      keep('list', await (await fetch('/__rocksolid/', html)).text())
      const id = (await fetch('/sync', html)).headers.get('x-debug-url')
      keep('kept page', await (await fetch(id, html)).text())
      keep('as json', await (await fetch('/sync', { headers: { accept: 'application/json' } })).text())
      keep('by XMLHttpRequest', await new Promise((resolve) => {
        const request = new XMLHttpRequest()
        request.open('GET', '/__rocksolid/')
        request.setRequestHeader('accept', 'text/html')
        request.onload = () => resolve(request.responseText)
        request.send()
      }))
      for (const [tag, attribute] of [['iframe', 'src'], ['object', 'data'], ['embed', 'src']]) {
        const element = document.createElement(tag)
        element.setAttribute(attribute, '/sync')
        const loaded = new Promise((resolve) => { element.onload = resolve; element.onerror = resolve })
        document.body.append(element)
        await loaded
        let text = 'closed'
        try { text = element.contentDocument?.body.textContent ?? 'closed' } catch {}
        keep(tag, text === '' ? 'closed' : text)
      }
      const headers = { 'content-type': 'application/json' }
      const stored = localStorage.getItem('rocksolid.proof')
      const own = { ...headers, 'x-rocksolid-proof': stored ?? '' }
      const answer = await fetch('/__rocksolid/evaluate', { method: 'POST', headers: own, body })
      return { read, status: answer.status }
    `)
    expect(results).toEqual({
      read: {
        'error page': 'page',
        list: 'page',
        'kept page': 'page',
        'as json': 'page',
        'by XMLHttpRequest': 'page',
        iframe: 'closed',
        object: 'closed',
        embed: 'closed',
      },
      status: 403,
    })
  })

  it('a window it opens on the page is cut off from it', async () => {
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      attack(`window.victim = window.open('/sync'); return true`),
    ])
    await popup.locator('#rocksolid-data').waitFor({ state: 'attached' })
    expect(await attack(`return victim.closed`)).toBe(true)
  })
})

describe('with what was stolen', () => {
  it('a cookie and a token of a server that has restarted are worth nothing', async () => {
    const other = await startApp('frames.mjs')
    try {
      const fresh = await openErrorPage(other.port, '/sync')
      const cookies = await context.cookies(`${app.origin}/__rocksolid/`)
      expect(cookies.length).toBe(1)
      expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/__rocksolid' })
      const cookie = `${cookies[0]?.name}=${cookies[0]?.value}`
      const body = { error: fresh.data.error, frame: '0.0', code: '1' }
      expect((await fresh.post('evaluate', body, { cookie })).status).toBe(401)
      expect(
        (await fresh.post('evaluate', body, { cookie, 'x-rocksolid-token': owner.data.token })).status,
      ).toBe(403)
      const renamed = cookie.replace(/^rocksolid_\w+/, `rocksolid_${'0'.repeat(8)}`)
      expect((await fresh.post('evaluate', body, { cookie: renamed })).status).toBe(401)
    } finally {
      await other.stop()
    }
  })

  it('a token without the cookie, and a cookie without the token, evaluate nothing', async () => {
    const body = { error: owner.data.error, frame: '0.0', code: 'globalThis.pwned = 1' }
    expect((await owner.post('evaluate', body, { cookie: '' })).status).toBe(401)
    expect((await owner.post('evaluate', body, { 'x-rocksolid-token': '' })).status).toBe(403)
  })
})

describe('a page that cannot be trusted', () => {
  it.each([
    ['path traversal in the id of an error', '/__rocksolid/errors/../../../etc/passwd'],
    ['an encoded one', '/__rocksolid/errors/..%2f..%2fetc%2fpasswd'],
    ['a prototype for an id', '/__rocksolid/errors/__proto__'],
    ['a very long id', `/__rocksolid/errors/${'a'.repeat(5000)}`],
  ])('%s leads nowhere', async (_name, path) => {
    const reply = await request({ port: app.port, path, headers: { accept: 'text/html' } })
    expect([200, 404]).toContain(reply.status)
    expect(reply.body).not.toMatch(/root:x:0|not here/)
  })

  it('bodies that would change prototypes change none', async () => {
    const body =
      '{"error":"x","frame":"0.0","code":"1","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    const headers = { 'content-type': 'application/json', 'x-rocksolid-token': owner.data.token }
    await request({ port: app.port, method: 'POST', path: '/__rocksolid/evaluate', headers, body })
    expect(await owner.evaluate('0.0', '({}).polluted')).toMatchObject({ value: { type: 'undefined' } })
  })
})
