import { afterEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let app: AppProcess
afterEach(() => app.stop())

const get = async (path: string): Promise<string> => (await request({ port: app.port, path })).body

async function open(path: string): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, path)
  const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
  await client.unlock({ pin })
  return client
}

describe.each(RUNTIMES)('beside a debugger of the developer’s own, on %s', (_name, node) => {
  it('no port is opened, and a debugger statement of the application goes on as without us', async () => {
    app = await startApp('real-debugger.mjs', { node })
    expect(await get('/url')).toBe('none')
    expect(await get('/statement')).toBe('went on after no time')
    const client = await open('/both')
    expect(await client.evaluate('0.0', 'local')).toMatchObject({ value: { text: "'own'" } })
    expect(await client.evaluate('0.0', 'debugger; local + 1')).toMatchObject({ value: { text: "'own1'" } })
    expect(await get('/url')).toBe('none')
    expect(app.stderr()).not.toContain('Debugger listening')
  })

  it('one that appears later has the pauses to itself: no frame is captured any more, and the page says so', async () => {
    app = await startApp('real-debugger.mjs', { node })
    const before = await open('/fail')
    expect(before.live).toContain('0.0')
    expect(await get('/open')).toMatch(/^ws:/)
    const after = await open('/fail')
    expect(after.live).toEqual([])
    expect(after.page.body).toContain('Another debugger is attached')
    expect(await get('/statement')).toBe('went on after no time')
    // What was captured before can still be looked into.
    expect(await before.evaluate('0.0', 'local')).toMatchObject({ value: { text: "'own'" } })
  })

  it('one that is there from the start is told of, and nothing pauses', async () => {
    app = await startApp('real-debugger.mjs', { node, nodeArgs: ['--inspect=127.0.0.1:0'] })
    const client = await openErrorPage(app.port, '/fail')
    expect(client.live).toEqual([])
    expect(client.page.body).toContain('Another debugger is attached')
    expect(await get('/statement')).toBe('went on after no time')
  })
})
