import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { EvaluateAnswer, PageData } from '../../src/debugger/protocol.ts'
import { withDebugger } from '../../src/debugger/with-debugger.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openBrowser } from '../support/browser.ts'
import { pageData } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let app: AppProcess
afterEach(() => app?.stop())

const start = async (options: object, node = process.execPath): Promise<void> => {
  app = await startApp('frames.mjs', { node, env: { DEBUGGER_OPTIONS: JSON.stringify(options) } })
}

describe('the console beside the errors', () => {
  it('is off unless it is asked for, and says how', async () => {
    await start({})
    const reply = await request({
      port: app.port,
      path: '/__rocksolid/console',
      headers: { accept: 'application/json' },
    })
    expect([reply.status, JSON.parse(reply.body)]).toMatchObject([
      404,
      { error: 'No such console', option: 'console: true' },
    ])
    await app.stop()
    await start({ console: true, evalex: false })
    expect((await request({ port: app.port, path: '/__rocksolid/console' })).status).toBe(404)
  })

  it('stands behind the same lock and the same guard', async () => {
    await start({ console: true })
    const page = await request({ port: app.port, path: '/__rocksolid/console' })
    const data = pageData(page.body)
    const post = (headers: Record<string, string>) =>
      request({
        port: app.port,
        method: 'POST',
        path: '/__rocksolid/evaluate',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ error: data.error, frame: '0.0', code: 'process.exit()' }),
      })
    expect((await post({})).status).toBe(403)
    expect((await post({ 'x-rocksolid-token': data.token })).status).toBe(401)
    const foreign = await request({
      port: app.port,
      path: '/__rocksolid/console',
      headers: { host: 'evil.example' },
    })
    expect(foreign.status).toBe(403)
    expect(foreign.body).not.toContain(data.token)
    const script = await request({
      port: app.port,
      path: '/__rocksolid/console',
      headers: { 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' },
    })
    expect(script.body).not.toContain(data.token)
  })

  it('refuses a scope whose names cannot be names', () => {
    expect(() => withDebugger(() => {}, { console: { 'not a name': 1 } })).toThrow(
      /option "console".*names in scope/,
    )
    expect(() => withDebugger(() => {}, { console: { class: 1 } })).toThrow(/option "console"/)
    expect(() => withDebugger(() => {}, { console: 1 as never })).toThrow(/true or false, or an object/)
    withDebugger(() => {}, { console: { db: {}, $: 1 }, terminal: false }).close()
  })
})

describe.each(RUNTIMES)('typed into on %s', (_name, node) => {
  it('it has the app in scope, keeps names, awaits, imports from the working folder, and nothing hangs', async () => {
    await start({ console: { answer: 42 }, consoleTimeoutMs: 400 }, node)
    const page = await request({ port: app.port, path: '/__rocksolid/console' })
    const data: PageData = pageData(page.body)
    expect(page.body).toContain('In scope: <code>app</code>, <code>answer</code>')
    const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
    let session: Record<string, string> = {}
    const post = async (action: string, body: object): Promise<Record<string, unknown>> => {
      const reply = await request({
        port: app.port,
        method: 'POST',
        path: `/__rocksolid/${action}`,
        headers: { 'content-type': 'application/json', 'x-rocksolid-token': data.token, ...session },
        body: JSON.stringify({ error: data.error, frame: '0.0', ...body }),
      })
      expect(reply.status).toBe(200)
      const cookie = reply.headers['set-cookie']?.[0]?.split(';')[0]
      const value = JSON.parse(reply.body) as Record<string, string>
      if (cookie !== undefined) session = { cookie, 'x-rocksolid-proof': value.proof as string }
      return value
    }
    const run = async (code: string): Promise<string> => {
      const answer = (await post('evaluate', { code })) as unknown as EvaluateAnswer
      return answer.kind === 'value' ? answer.value.text : answer.kind
    }
    await post('unlock', { pin })
    expect(await run('typeof app + answer')).toBe("'function42'")
    expect(await run('answer = 43; const mine = await Promise.resolve(1)')).toBe('undefined')
    expect(await run('answer + mine')).toBe('44')
    expect(await run('(await import("./package.json", { with: { type: "json" } })).default.name')).toBe(
      "'rocksolid'",
    )
    expect(await run('for (;;);')).toBe('timeout')
    expect(await run('typeof $scope')).toBe("'undefined'")
    expect(await run('globalThis.currentUser()')).toBe('undefined')
    await expect.poll(() => post('preview', { code: 'answer * 2' })).toMatchObject({ value: { text: '86' } })
    expect(await post('complete', { code: 'currentU', cursor: 8 })).toMatchObject({ items: ['currentUser'] })
  })
})

describe('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  it('its page has one console, unlocked by the printed link', async () => {
    await start({ console: true })
    const page = await browser.newPage()
    const [, key = ''] = await app.printed(/#unlock=([\w-]{22})/)
    await page.goto(`${app.origin}/__rocksolid/console#unlock=${key}`)
    const prompt = page.locator('textarea')
    await prompt.fill('typeof app')
    await prompt.press('Enter')
    await page.getByRole('log').getByText("'function'").waitFor()
    await page.close()
  })
})
