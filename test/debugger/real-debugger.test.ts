import { afterEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { attach, type InspectorClient } from '../support/inspector-client.ts'
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

  it('one that appears after we have passed over throws finds a process that goes on when that is over', async () => {
    app = await startApp('real-debugger.mjs', { node })
    for (let turn = 0; turn < 8; turn++) expect(await get('/tolerant')).toBe('undefined')
    expect(await get('/open')).toMatch(/^ws:/)
    await get('/fail')
    expect(await get('/minute')).toBe('over')
    expect(app.stderr()).not.toContain('ERR_INSPECTOR')
  })

  it('one that is there from the start is told of, and nothing pauses', async () => {
    app = await startApp('real-debugger.mjs', { node, nodeArgs: ['--inspect=127.0.0.1:0'] })
    const client = await openErrorPage(app.port, '/fail')
    expect(client.live).toEqual([])
    expect(client.page.body).toContain('Another debugger is attached')
    expect(await get('/statement')).toBe('went on after no time')
  })

  it('a client that is attached from the start has its breakpoints as without us, and no pause of ours', async () => {
    app = await startApp('real-debugger.mjs', { node, nodeArgs: ['--inspect=127.0.0.1:0'] })
    const [, url = ''] = (await app.printed(/Debugger listening on (ws:\S+)/)) as [string, string]
    const client = await attach(url)
    await client.send('Debugger.enable')
    await stopsAt(client, '/statement')
    expect((await openErrorPage(app.port, '/fail')).page.body).toContain('Another debugger is attached')
    expect(client.seen.filter((name) => name === 'Debugger.paused')).toHaveLength(1)
    // The developer's own wish to stop at throws is theirs.
    await client.send('Debugger.setPauseOnExceptions', { state: 'all' })
    const failing = get('/fail')
    expect((await client.event('Debugger.paused')).reason).toBe('exception')
    await client.send('Debugger.setPauseOnExceptions', { state: 'none' })
    await client.send('Debugger.resume')
    expect(await failing).toContain('Error: own')
    await client.close()
    expect(await get('/statement')).toBe('went on after no time')
    expect((await openErrorPage(app.port, '/fail')).page.status).toBe(500)
  })

  it('a client that attaches while we capture is not stopped by us, and nothing stays paused when it leaves', async () => {
    app = await startApp('real-debugger.mjs', { node })
    expect((await open('/fail')).live).toContain('0.0')
    const client = await attach(await get('/open'))
    await client.send('Debugger.enable')
    const after = await open('/fail')
    expect(after.live).toEqual([])
    expect(client.seen).not.toContain('Debugger.paused')
    await stopsAt(client, '/statement')
    // It leaves in the middle of a pause.
    const paused = client.event('Debugger.paused')
    const held = get('/statement')
    await paused
    await client.close()
    expect(await held).toMatch(/^went on/)
    expect(await get('/statement')).toBe('went on after no time')
    expect((await openErrorPage(app.port, '/fail')).page.status).toBe(500)
  })
})

describe.each(RUNTIMES)('a server that hangs, on %s', (_name, node) => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'in an endless loop is ended by %s, as without us',
    async (signal) => {
      app = await startApp('real-debugger.mjs', { node })
      await open('/fail')
      const held = get('/loop').catch(() => 'cut off')
      await app.printed(/looping/)
      expect(await app.stop(signal)).toBeNull()
      expect(await held).toBe('cut off')
    },
  )

  it('in the pause of a debugger is ended by SIGTERM, as without us', async () => {
    app = await startApp('real-debugger.mjs', { node })
    await open('/fail')
    const client = await attach(await get('/open'))
    await client.send('Debugger.enable')
    const paused = client.event('Debugger.paused')
    const held = get('/statement').catch(() => 'cut off')
    await paused
    expect(await app.stop('SIGTERM')).toBeNull()
    expect(await held).toBe('cut off')
  })
})

/** The client is stopped at the `debugger` statement, can look into the frame, and lets the request go on. */
async function stopsAt(client: InspectorClient, path: string): Promise<void> {
  const paused = client.event('Debugger.paused')
  const answer = get(path)
  const { callFrames } = (await paused) as { callFrames: readonly { callFrameId: string }[] }
  const evaluated = await client.send('Debugger.evaluateOnCallFrame', {
    callFrameId: callFrames[0]?.callFrameId,
    expression: 'req.url',
  })
  expect(evaluated).toMatchObject({ result: { value: path } })
  await client.send('Debugger.resume')
  expect(await answer).toMatch(/^went on/)
}
