import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { sendRaw } from '../support/raw-socket.ts'
import { request } from '../support/request.ts'

// Behaviours that the debuggers of other languages are tested for, where no other test of this room has them.

let app: AppProcess
let pin = ''

beforeAll(async () => {
  app = await startApp('ported.mjs')
  pin = (await app.printed(/PIN (\d\S+)/))[1] as string
})
afterAll(() => app.stop())

async function open(path: string): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, path)
  await client.unlock({ pin })
  return client
}

async function run(client: DebuggerClient, code: string): Promise<string> {
  const answer = await client.evaluate('0.0', code)
  const printed = 'output' in answer ? answer.output.map(({ text }) => text).join('\n') : ''
  if (answer.kind === 'value') return printed === '' ? answer.value.text : printed
  return answer.kind === 'threw' ? answer.traceback : answer.kind
}

describe('the console', () => {
  it('sees names defined in it from functions defined later', async () => {
    const client = await open('/console')
    await run(client, 'let y = 5')
    await run(client, 'const x = () => y')
    expect(await run(client, 'x()')).toBe('5')
  })

  it('dumps an object with its values, and without arguments the locals of the frame', async () => {
    const client = await open('/console')
    expect(await run(client, 'dump(table)')).toBe("{ first: 1, second: 'two' }")
    expect(await run(client, 'dump(new Map([["a", 1], [{}, 2]]))')).toBe("Map(2) { 'a' => 1, <key 1> => 2 }")
    expect(await run(client, 'dump()')).toMatch(/^shop = Shop \{.*\ntable = \{ first: 1, second: 'two' \}\n/s)
  })

  it('helps about itself, about a class and about a function', async () => {
    const client = await open('/console')
    expect(await run(client, 'help()')).toContain('dump()')
    expect(await run(client, 'help(shop)')).toMatch(
      /^Shop \{.*\}\nmethods of Shop: sell\(what, count = 1\)$/s,
    )
    expect(await run(client, 'help(shop.sell)')).toContain('sell(what, count = 1) {')
    expect(await run(client, 'help(42)')).toBe('42')
  })

  it('shows long values short, cyclic ones once, and does not run what shows itself', async () => {
    const client = await open('/console')
    const answer = await client.evaluate('0.0', 'twenty.concat(twenty, twenty)')
    expect(answer).toMatchObject({ value: { type: 'array', text: expect.stringContaining('…') } })
    expect(await run(client, 'self')).toContain('[Circular]')
    expect(await run(client, 'broken')).not.toContain('broken on purpose')
    expect(await run(client, "'x'.repeat(5000)")).toMatch(/^'x+…?.*\(5000|^'x{900,1100}/)
    expect(await run(client, 'class Names extends Array {}; Names.from([1, 2])')).toMatch(
      /Names\(2\) \[ ?1, 2 ?\]/,
    )
    expect(await run(client, '/a+/gi')).toBe('/a+/gi')
  })

  it('shows what is empty, small, wide and long by its kind, the rest on demand, text as text', async () => {
    const client = await open('/shapes')
    const values = await client.evaluate('0.0', 'empty')
    expect(values).toMatchObject({ value: { type: 'array', text: "[[], {}, Map(0) {}, Set(0) [], '', 0]" } })
    const kinds = values.kind === 'value' ? values.value.entries?.map(({ value }) => value.type) : []
    expect(kinds).toEqual(['array', 'object', 'map', 'set', 'string', 'number'])
    expect(await run(client, 'frozen')).toBe('Set(2) [1, 2]')
    expect(await run(client, 'label')).toContain('Label')
    const wide = await client.evaluate('0.0', 'wide')
    expect(wide).toMatchObject({ value: { more: 70, text: expect.stringMatching(/^\{ key0: 0, .*…/) } })
    const text = await client.evaluate('0.0', 'text')
    expect(text).toMatchObject({
      value: { deeper: true, text: expect.stringMatching(/…' \(4000 characters\)$/) },
    })
    const opened = async (result: number): Promise<string> =>
      (await client.post('open', { error: client.data.error, frame: '0.0', result, path: [], run: false }))
        .body
    expect(JSON.parse(await opened('result' in text ? text.result : -1)).value.text).toBe(
      `'${'"<i>'.repeat(1000)}'`,
    )
    expect(
      Object.keys(JSON.parse(await opened('result' in wide ? wide.result : -1)).value.entries),
    ).toHaveLength(120)
  })

  it('has all locals and instance variables without a word typed: classes without a name, big values as what they are, secrets masked', async () => {
    const client = await open('/shapes')
    const locals = JSON.parse((await client.post('locals', { error: client.data.error, frame: '0.0' })).body)
    const text: string = JSON.stringify(locals)
    const names = locals.value.entries.map(({ key }: { key: string }) => key)
    for (const name of ['anonymous', 'label', 'empty', 'frozen', 'wide', 'text', 'huge'])
      expect(names).toContain(name)
    expect(text).toContain('instance variable')
    expect(text).not.toContain('hunter2')
    expect(text).toMatch(/"<Buffer 00 00[^"]{0,150} more bytes>"/)
    expect(text.length).toBeLessThan(50_000)
  })

  it('answers in JSON why there is nothing to evaluate', async () => {
    const client = await open('/console')
    const frame = { error: client.data.error, frame: '0.0', code: '1' }
    const asked = async (
      body: unknown,
      headers: Record<string, string> = {},
      action = 'evaluate',
    ): Promise<unknown[]> => {
      const reply = await client.post(action, body, headers)
      const { error, explanation } = JSON.parse(reply.body)
      expect([typeof error, typeof explanation]).toEqual(['string', 'string'])
      return [reply.status, error]
    }
    expect(await asked({ ...frame, error: 'never-kept' })).toEqual([410, 'Expired'])
    expect(await asked({ ...frame, frame: '9.9' })).toEqual([404, 'No console in this frame'])
    expect(await asked({ error: client.data.error })).toEqual([400, 'Incomplete request'])
    expect(await asked(frame, { 'x-rocksolid-token': '' })).toEqual([403, 'Not from this page'])
    expect(await asked(frame, { 'x-rocksolid-token': 'a'.repeat(22) })).toEqual([403, 'Not from this page'])
    expect(await asked(frame, { 'content-type': 'text/plain' })).toEqual([415, 'Unreadable request'])
    expect(await asked({ ...frame, code: 'x'.repeat(300_000) })).toEqual([413, 'Unreadable request'])
    expect(await asked(frame, {}, 'fly')).toEqual([404, 'No such action'])
  })

  it('takes an error of its input for a value, and goes on', async () => {
    const client = await open('/console')
    expect(await run(client, 'throw { own: 1 }')).toContain('Thrown: an object')
    expect(await run(client, 'null.x')).toContain('TypeError: Cannot read properties of null')
    expect(await run(client, '1 + 1')).toBe('2')
  })
})

describe('the page', () => {
  it('stands at 500 for what fails and nowhere for what does not', async () => {
    expect((await request({ port: app.port, path: '/plain' })).status).toBe(201)
    const { page } = await openErrorPage(app.port, '/chain')
    expect(page.status).toBe(500)
    expect(page.body).toContain('data-console="0.0"')
  })

  it('shows both errors of a chain with both failing lines, and how they hang together', async () => {
    const { page } = await openErrorPage(app.port, '/chain')
    const text = page.body.replace(/<[^>]+>/g, '')
    expect(text).toContain('the order cannot be filled')
    expect(text).toContain('no stock for 7')
    expect(text).toContain(
      "throw new Error('the order cannot be filled', { cause })".replaceAll("'", '&#39;'),
    )
    expect(text).toContain('throw new RangeError(`no stock for ${order.id}`)')
    expect(text).toMatch(/cause/i)
  })

  it('begins with the message itself, and leaves out the functions that an error leaves out', async () => {
    const client = await open('/blank-lines')
    expect(client.page.body).toMatch(/<span class="rs-message[^>]*> {2}not ready<\/span>/)
    const functions = [...client.page.body.matchAll(/class="rs-function">([^<]*)</g)].map((match) => match[1])
    expect(functions).not.toContain('refuse')
    expect(client.live).toContain('0.0')
    expect(await run(client, 'ready')).toBe("'ready'")
  })

  it('ends for a cycle of causes, each error once', async () => {
    const { page } = await openErrorPage(app.port, '/cycle')
    expect(page.status).toBe(500)
    expect(page.body.match(/data-frame="\d+\.0"/g)).toHaveLength(2)
  })

  it('shows a cause without a stack, lines beyond the end of a file, files that are gone, and frames without a file', async () => {
    expect((await openErrorPage(app.port, '/bare-cause')).page.body).toContain('This error has no stack')
    const beyond = await openErrorPage(app.port, '/beyond')
    expect(beyond.page.body).toContain('beyond the end')
    expect(beyond.page.body).toContain(':99999')
    expect((await openErrorPage(app.port, '/no-such-file')).page.body).toContain('/no/such/')
    expect((await openErrorPage(app.port, '/native')).page.body).toContain('Array.map')
  })

  it('is UTF-8, and what the message says stays text in the title, too', async () => {
    const { page } = await openErrorPage(app.port, '/unicode')
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body).toContain('größer als 日本語 \u{1f4a5}')
    expect(page.body).not.toContain('<script>alert')
  })

  it('of no error and of the last one stand at the prefix', async () => {
    const fresh = await startApp('ported.mjs')
    try {
      const none = await request({ port: fresh.port, path: '/__rocksolid' })
      expect(none.body).toContain('No error is kept')
      await openErrorPage(fresh.port, '/unicode')
      expect((await request({ port: fresh.port, path: '/__rocksolid/' })).body).toContain('größer als')
    } finally {
      await fresh.stop()
    }
  })
})

describe('a response without an error', () => {
  it('is byte for byte that of the server without the debugger', async () => {
    const bare = await startApp('ported.mjs', { env: { BARE: '1' } })
    try {
      const withoutDate = (text: string): string => text.replace(/^date: .*$/im, '')
      const lines = 'GET /plain HTTP/1.1\r\nHost: localhost\r\n\r\n'
      expect(withoutDate(await sendRaw(app.port, lines))).toBe(withoutDate(await sendRaw(bare.port, lines)))
    } finally {
      await bare.stop()
    }
  })
})
