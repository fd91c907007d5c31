import { afterEach, describe, expect, it } from 'vitest'
import type { ErrorSummary } from '../../src/debugger/protocol.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let app: AppProcess

async function start(options: object = {}, node?: string): Promise<void> {
  app = await startApp('store.mjs', {
    env: { DEBUGGER_OPTIONS: JSON.stringify(options) },
    ...(node === undefined ? {} : { node }),
  })
}

async function open(path: string): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, path)
  const [, pin = ''] = await app.printed(/PIN (\d{3}-\d{3}-\d{3})/)
  await client.unlock({ pin })
  return client
}

async function listed(client: DebuggerClient): Promise<readonly ErrorSummary[]> {
  return (JSON.parse((await client.post('errors', {})).body) as { errors: ErrorSummary[] }).errors
}

afterEach(() => app.stop())

describe('the errors that are kept', () => {
  it('say how often their bug was seen, and when first and last', async () => {
    await start()
    const before = Date.now()
    for (let time = 0; time < 3; time++) await openErrorPage(app.port, '/again')
    const client = await open('/other')
    const errors = await listed(client)
    expect(errors.map(({ name, count }) => `${name} ${count}`)).toEqual([
      'TypeError 1',
      'RangeError 3',
      'RangeError 3',
      'RangeError 3',
    ])
    const [, newest, , oldest] = errors
    expect(newest).toMatchObject({ message: 'the same bug', request: 'GET /again', last: newest?.at })
    expect(newest?.fingerprint).toMatch(/^[0-9a-f]{16}$/)
    expect(newest?.fingerprint).toBe(oldest?.fingerprint)
    expect(newest?.first).toBe(oldest?.at)
    expect(newest?.first).toBeGreaterThanOrEqual(before)
    expect(newest?.last).toBeLessThanOrEqual(Date.now())
    expect(new Set(errors.map(({ id }) => id)).size).toBe(4)
  })

  it('are counted on when they themselves are gone', async () => {
    await start({ maxErrors: 1 })
    for (let time = 0; time < 4; time++) await openErrorPage(app.port, '/again')
    await openErrorPage(app.port, '/other')
    const errors = await listed(await open('/again'))
    expect(errors.map(({ name, count }) => `${name} ${count}`)).toEqual(['RangeError 5'])
  })

  it('have the same fingerprint in another process', async () => {
    await start()
    const [first] = await listed(await open('/again'))
    await app.stop()
    await start()
    const [second] = await listed(await open('/again'))
    expect(second?.fingerprint).toBe(first?.fingerprint)
    expect(second?.id).not.toBe(first?.id)
  })

  it('are bounded by bytes: what their locals hold counts, the newest stays', async () => {
    await start({ maxBytes: 25_000_000 })
    const kept = async (path: string): Promise<readonly string[]> => {
      const client = await open(path)
      return (await listed(client)).map(({ message, request }) => `${request} ${message}`)
    }
    expect(await kept('/heavy/10')).toHaveLength(1)
    expect(await kept('/heavy/10')).toHaveLength(2)
    await expect.poll(() => kept('/heavy/10').then((all) => all.length)).toBe(2)
    await expect.poll(() => kept('/heavy/60')).toEqual(['GET /heavy/60 heavy 1'])
    const last = await open('/again')
    // Weighing comes after the answer.
    await expect.poll(() => listed(last).then((all) => all.map(({ name }) => name))).toEqual(['RangeError'])
  })

  it('leave their bytes to those that come after them', async () => {
    await start({ maxBytes: 25_000_000 })
    for (let time = 0; time < 5; time++) await open('/heavy/10')
    const last = await open('/again')
    await expect.poll(() => listed(last).then((all) => all.length)).toBe(3)
  })

  it('are gone for good once released, and say so', async () => {
    await start({ maxErrors: 1 })
    const client = await open('/again')
    await openErrorPage(app.port, '/other')
    const reply = await client.post('evaluate', { error: client.data.error, frame: '0.0', code: '1' })
    expect([reply.status, JSON.parse(reply.body)]).toMatchObject([
      410,
      { error: 'Expired', explanation: expect.stringContaining('no longer kept') },
    ])
  })
})

describe.each(RUNTIMES)('an error that is thrown again, on %s', (_name, node) => {
  it('keeps the frames of its first throw, and lists the later places', async () => {
    await start({}, node)
    const client = await open('/rethrown')
    expect(await client.evaluate('0.0', 'inDeepest')).toMatchObject({ value: { text: "'deep'" } })
    const report = JSON.parse(
      JSON.parse((await client.post('copy', { error: client.data.error, form: 'json' })).body).text,
    ) as {
      debug: { errors: { frames: { line: number }[]; rethrows: { function: string; line: number }[] }[] }
    }
    const [error] = report.debug.errors
    expect(error?.rethrows.map((one) => `${one.function}:${one.line}`)).toEqual([
      'passedOn:15',
      'passedOnLater:25',
    ])
    expect(error?.frames[0]?.line).toBe(7)
    for (const form of ['markdown', 'text'] as const) {
      const reply = await client.post('copy', { error: client.data.error, form })
      expect(JSON.parse(reply.body).text).toMatch(/thrown again at passedOn \(.*store\.mjs:15:/)
    }
    expect(client.page.body).toMatch(/Thrown again in <code>passedOn<\/code>/)
  })

  it('lists ten places at most', async () => {
    await start({}, node)
    const client = await open('/retried')
    const text = JSON.parse((await client.post('copy', { error: client.data.error, form: 'text' })).body).text
    expect(text.match(/thrown again/g)).toHaveLength(10)
  })
})
