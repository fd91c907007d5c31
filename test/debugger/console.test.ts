import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EvaluateAnswer } from '../../src/debugger/protocol.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let app: AppProcess
let pin: string

async function open(path: string): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, path)
  const reply = await client.unlock({ pin })
  expect(reply.status).toBe(200)
  return client
}

const textOf = (answer: EvaluateAnswer): string => {
  if (answer.kind === 'value') return answer.value.text
  return answer.kind === 'threw' ? `threw ${answer.traceback}` : answer.kind
}

const outputOf = (answer: EvaluateAnswer): string =>
  'output' in answer ? answer.output.map((line) => `${line.stream}: ${line.text}`).join('\n') : ''

async function run(client: DebuggerClient, frame: string, code: string): Promise<string> {
  return textOf(await client.evaluate(frame, code))
}

describe.each(RUNTIMES)('on %s', (_name, node) => {
  beforeAll(async () => {
    app = await startApp('frames.mjs', { node, env: { DEBUGGER_OPTIONS: '{"consoleTimeoutMs": 400}' } })
    pin = (await app.printed(/PIN (\d{3}-\d{3}-\d{3})/))[1] as string
  })

  afterAll(() => app.stop())

  describe('a console in a frame', () => {
    it('reads and assigns locals, block scope, this and private fields of the frame itself', async () => {
      const client = await open('/sync')
      expect(client.live.length).toBeGreaterThanOrEqual(2)
      expect(await run(client, '0.0', 'amount')).toBe('250')
      expect(await run(client, '0.0', 'missing')).toBe('150')
      expect(await run(client, '0.0', 'this.owner')).toBe("'Ada'")
      expect(await run(client, '0.0', 'this.#balance')).toBe('100')
      expect(await run(client, '0.0', 'arguments[0]')).toBe('250')
      expect(await run(client, '0.1', 'attempts')).toBe('3')
    })

    it('changes the frame, not a copy: closures of the application see it', async () => {
      const client = await open('/sync')
      const before = await request({ port: app.port, path: '/shared' })
      expect(before.body).toBe('104')
      expect(await run(client, '0.1', 'attempts = 50')).toBe('50')
      expect(await run(client, '0.0', 'this.#balance = 1000')).toBe('1000')
      expect(await run(client, '0.1', 'shared = { count: 10000 }')).toBe('{ count: 10000 }')
      const after = await request({ port: app.port, path: '/shared' })
      expect(after.body).toBe('11050')
      await run(client, '0.0', 'this.#balance = 100')
      await run(client, '0.1', 'shared = { count: 1 }')
    })

    it('keeps names from input to input, each frame its own', async () => {
      const client = await open('/sync')
      expect(
        await run(client, '0.0', 'let a = amount; const b = 2; function c() { return a + b } class D {}'),
      ).toBe('undefined')
      expect(await run(client, '0.0', 'c()')).toBe('252')
      expect(await run(client, '0.0', 'a = 1; c()')).toBe('3')
      expect(await run(client, '0.0', 'let a = 5; a')).toBe('5')
      expect(await run(client, '0.1', 'typeof a')).toBe("'undefined'")
    })

    it('has the last value in _ and the error in _error, but not where the frame has its own _', async () => {
      const client = await open('/sync')
      await client.evaluate('0.0', 'amount * 2')
      expect(await run(client, '0.0', '_ + 1')).toBe('501')
      expect(await run(client, '0.0', '_error.message')).toBe("'short of 150'")
      const lodash = await open('/lodash')
      await lodash.evaluate('0.0', '1 + 1')
      expect(await run(lodash, '0.0', '_.chunk')).toBe("'mine'")
    })

    it('takes several lines, statements, bare object literals and completion values', async () => {
      const client = await open('/sync')
      expect(
        await run(
          client,
          '0.0',
          'const sum = [1, 2, 3]\n  .map((one) => one * 2)\n  .reduce((a, b) => a + b)\nsum',
        ),
      ).toBe('12')
      expect(await run(client, '0.0', '{ a: 1, amount }')).toBe('{ a: 1, amount: 250 }')
      expect(await run(client, '0.0', 'if (amount > 1) "big"; else "small"')).toBe("'big'")
      expect((await client.evaluate('0.0', 'function half(')).kind).toBe('incomplete')
      expect((await client.evaluate('0.0', 'if (amount) {')).kind).toBe('incomplete')
      expect((await client.evaluate('0.0', '`open')).kind).toBe('incomplete')
    })

    it('answers a syntax error with its place', async () => {
      const client = await open('/sync')
      const answer = await client.evaluate('0.0', 'let ok = 1\nlet x = = 2')
      expect(answer).toMatchObject({ kind: 'syntax-error', line: 2, column: 9 })
    })

    it('awaits, imports and knows import.meta', async () => {
      const client = await open('/sync')
      expect(await run(client, '0.0', 'await Promise.resolve(amount + 1)')).toBe('251')
      expect(await run(client, '0.0', 'const later = await Promise.resolve(7); later')).toBe('7')
      expect(await run(client, '0.0', 'later')).toBe('7')
      expect(await run(client, '0.0', '(await import("node:path")).basename(import.meta.url)')).toBe(
        "'frames.mjs'",
      )
      expect(await run(client, '0.0', 'import { sep } from "node:path"')).toBe('undefined')
      expect(await run(client, '0.0', 'sep')).toMatch(/^'.+'$/)
      expect(await run(client, '0.0', 'await import("./no-such-file.mjs")')).toMatch(
        /threw.*Cannot find module/s,
      )
    })

    it('shows what is printed, in order, and keeps it out of the server’s own output', async () => {
      const client = await open('/sync')
      const answer = await client.evaluate('0.0', 'console.log("one", amount); console.error("two"); 3')
      expect(outputOf(answer)).toBe('stdout: one 250\nstderr: two')
      expect(textOf(answer)).toBe('3')
      expect(app.stdout()).not.toContain('one 250')
    })

    it('restores the asynchronous context of the request', async () => {
      const client = await open('/context')
      expect(await run(client, '0.0', 'currentUser()')).toBe("'Ada'")
      expect(await run(client, '0.0', 'await null; currentUser()')).toBe("'Ada'")
    })

    it('shows an error of its own input as a traceback of what was typed', async () => {
      const client = await open('/sync')
      const answer = await client.evaluate(
        '0.0',
        'const boom = () => {\n  throw new TypeError("mine")\n}\nboom()',
      )
      expect(answer.kind).toBe('threw')
      expect(textOf(answer)).toBe('threw TypeError: mine\n    at boom (line 2:9)\n    at console (line 4:1)')
    })
  })

  describe('nothing typed in a console hangs or ends the server', () => {
    it('ends an endless loop after the limit, and the frame lives on', async () => {
      const client = await open('/sync')
      const answer = await client.evaluate('0.1', 'for (;;) attempts++')
      expect(answer).toMatchObject({ kind: 'timeout', limitMs: 400 })
      expect(Number(await run(client, '0.1', 'attempts'))).toBeGreaterThan(1000)
      expect(await run(client, '0.1', '(await import("node:fs/promises")).readFile.name')).toBe("'readFile'")
      expect((await request({ port: app.port, path: '/handled' })).body).toBe('fine')
    })

    it('ends an endless loop inside an asynchronous scope too', async () => {
      const client = await open('/sync')
      await client.evaluate('0.0', 'import { AsyncLocalStorage, AsyncResource } from "node:async_hooks"')
      for (const code of [
        'new AsyncResource("mine").runInAsyncScope(() => { for (;;); })',
        'AsyncResource.bind(() => { for (;;); })()',
        'AsyncLocalStorage.snapshot()(() => { for (;;); })',
        'new AsyncLocalStorage().run(1, () => { for (;;); })',
        'try { for (;;); } finally { for (;;); }',
      ]) {
        expect(await client.evaluate('0.0', code), code).toMatchObject({ kind: 'timeout' })
        expect(await run(client, '0.0', '(await import("node:fs/promises")).readFile.name')).toBe(
          "'readFile'",
        )
        expect((await request({ port: app.port, path: '/handled' })).body).toBe('fine')
      }
      expect(await run(client, '0.0', 'currentUser()')).toBe('undefined')
      expect(
        await run(client, '0.0', 'new AsyncResource("mine").runInAsyncScope((a) => a + 1, undefined, 1)'),
      ).toBe('2')
    })

    it('does not wait for ever for a promise', async () => {
      const client = await open('/sync')
      expect(await client.evaluate('0.0', 'await new Promise(() => {})')).toMatchObject({
        kind: 'pending',
        limitMs: 400,
      })
      expect(await run(client, '0.0', '1')).toBe('1')
    })

    it('contains rejections nobody handles and throws in timers, and shows them with the next answer', async () => {
      const client = await open('/sync')
      await client.evaluate('0.0', 'Promise.reject(new Error("left behind")); void 0')
      expect(outputOf(await client.evaluate('0.0', '1'))).toContain('Not handled: Error: left behind')
      await client.evaluate('0.0', 'setTimeout(() => { throw new Error("in a timer") }, 1); void 0')
      await new Promise((resolve) => setTimeout(resolve, 60))
      expect(outputOf(await client.evaluate('0.0', '1'))).toContain('Not handled: Error: in a timer')
      expect(app.exitCode()).toBeNull()
    })

    it('asks before process.exit()', async () => {
      const client = await open('/sync')
      expect(await run(client, '0.0', 'process.exit(4)')).toMatch(/would end the server/)
      expect((await request({ port: app.port, path: '/handled' })).body).toBe('fine')
    })

    it('bounds output and values', async () => {
      const client = await open('/big')
      const printed = await client.evaluate('0.0', 'console.log(big); console.log(big); 0')
      expect(outputOf(printed).length).toBeLessThan(120_000)
      expect(outputOf(printed)).toContain('output cut at 100000 characters')
      const long = await client.evaluate('0.0', 'big')
      expect(textOf(long).length).toBeLessThan(20_000)
      const many = await client.evaluate('0.0', 'many')
      expect(JSON.stringify(many).length).toBeLessThan(100_000)
    })

    it('runs no getter and no trap to show a value', async () => {
      const client = await open('/sync')
      await client.evaluate('0.0', 'let ran = 0')
      const code =
        '({ get a() { ran++; return 1 }, toJSON() { ran++ }, [Symbol.for("nodejs.util.inspect.custom")]() { ran++ }, p: new Proxy({}, { get() { ran++ }, ownKeys() { ran++; return [] }, getPrototypeOf() { ran++; return null } }) })'
      expect((await client.evaluate('0.0', code)).kind).toBe('value')
      expect(await run(client, '0.0', 'ran')).toBe('0')
    })
  })

  describe('names', () => {
    it('of imports that the function does not use are fetched again', async () => {
      const client = await open('/sync')
      expect(
        await run(client, '0.0', 'path.basename("/a/b") + joinPath("x", "y") + typeof EventEmitter'),
      ).toBe("'bx/yfunction'")
      expect(await run(client, '0.0', 'sep')).toBe("'/'")
    })

    it('that V8 has not kept are explained by their line', async () => {
      const client = await open('/outer')
      expect(await run(client, '0.0', 'used')).toBe("'kept'")
      expect(await run(client, '0.0', 'unused')).toMatch(
        /ReferenceError: unused is not defined\n.*declared on line \d+, but this function does not use it/s,
      )
      expect(await run(client, '0.0', 'nowhereAtAll')).not.toContain('declared on line')
    })

    it('super, in the method that was overridden too', async () => {
      const client = await open('/super')
      expect(await run(client, '0.0', 'super.describe("x")')).toBe("'Grace of base, x'")
      expect(await run(client, '0.0', '[1].map(() => super.label())[0]')).toBe("'base'")
      expect(await run(client, '0.1', 'typeof super.withdraw')).toBe("'function'")
      expect(await run(await open('/reject'), '0.0', 'super.x')).toMatch(/'super' has no meaning here/)
    })

    it('req and res of the failed request, help() and dump()', async () => {
      const client = await open('/sync')
      expect(await run(client, '0.0', 'req.url + " " + res.statusCode')).toBe("'/sync 500'")
      expect(outputOf(await client.evaluate('0.0', 'help()'))).toContain('_error')
      const dumped = outputOf(await client.evaluate('0.0', 'dump()'))
      expect(dumped).toBe('stdout: missing = 150\nfee = 25\namount = 250\nAccount = [class: Account]')
      expect(outputOf(await client.evaluate('0.0', 'dump({ a: { b: { c: [1] } } })'))).toBe(
        'stdout: { a: { b: { c: [1] } } }',
      )
    })

    it('are completed from the scope and from values, without running anything', async () => {
      const client = await open('/nested')
      const items = async (code: string): Promise<readonly string[]> => {
        const reply = await client.post('complete', {
          error: client.data.error,
          frame: '0.0',
          code,
          cursor: code.length,
        })
        return (JSON.parse(reply.body) as { items: string[] }).items
      }
      expect(await items('de')).toContain('deep')
      expect(await items('deep.')).toEqual(expect.arrayContaining(['a', 'list', 'hasOwnProperty']))
      expect(await items('1 + deep.a.b')).toEqual([])
      expect(await items('deep.a.')).toContain('b')
      expect(await items('lazy.computed.')).toEqual([])
      expect(await items('"text".')).toEqual([])
      expect(await items('process.argv.ma')).toContain('map')
      expect(await items('')).toEqual([])
      expect(await run(client, '0.0', 'ran')).toBe('0')
    })
  })

  describe('a result', () => {
    const openAt = async (
      client: DebuggerClient,
      result: number,
      path: number[],
      runGetter = false,
      from = 0,
    ) => {
      const reply = await client.post('open', {
        error: client.data.error,
        frame: '0.0',
        result,
        path,
        run: runGetter,
        from,
      })
      return {
        status: reply.status,
        value: (JSON.parse(reply.body) as { value?: { text: string; entries?: { key: string }[] } }).value,
      }
    }

    it('opens as deep as it goes, on demand', async () => {
      const client = await open('/nested')
      const answer = await client.evaluate('0.0', 'deep')
      const { result } = answer as { result: number }
      expect((await openAt(client, result, [0, 0, 0, 0, 0])).value?.text).toBe("{ f: 'bottom' }")
      expect((await openAt(client, result, [1])).value?.entries?.length).toBe(200)
      expect((await openAt(client, result, [1, 299, 0])).value?.text).toBe('299')
      expect((await openAt(client, result, [1], false, 250)).value?.entries?.map(({ key }) => key)).toEqual(
        Array.from({ length: 50 }, (_one, index) => String(250 + index)),
      )
      expect((await openAt(client, result, [1], false, 1e9)).value?.entries).toEqual([])
      expect((await openAt(client, result, [7])).status).toBe(410)
      expect((await openAt(client, 999, [])).status).toBe(410)
    })

    it('runs a getter only when it is asked to', async () => {
      const client = await open('/nested')
      const { result } = (await client.evaluate('0.0', 'lazy')) as { result: number }
      expect(await run(client, '0.0', 'ran')).toBe('0')
      expect((await openAt(client, result, [0])).status).toBe(410)
      expect((await openAt(client, result, [0], true)).value?.text).toBe('{ answer: 42 }')
      expect(await run(client, '0.0', 'ran')).toBe('1')
      expect((await openAt(client, result, [1], true)).value?.text).toContain('broken getter')
    })

    it('refuses paths that are none', async () => {
      const client = await open('/nested')
      for (const path of ['0', [-1], [1.5], ['a'], null, Array.from({ length: 101 }, () => 0)]) {
        const reply = await client.post('open', { error: client.data.error, frame: '0.0', result: 0, path })
        expect(reply.status).toBe(400)
      }
    })
  })

  describe('frames of every kind have a console', () => {
    it.each([
      ['/async', 'amount', '255'],
      ['/generator', 'inGenerator', "'g'"],
      ['/getter', 'inGetter', "'getter'"],
      ['/constructor', 'inConstructor', "'wood'"],
      ['/frozen', 'inFrozen', "'ice'"],
      ['/reject', 'inReject', "'rejected'"],
      ['/emitter', 'what', "'it'"],
      ['/status', 'typeof account', "'object'"],
    ])('%s', async (path, code, expected) => {
      const client = await open(path)
      expect(await run(client, '0.0', code)).toBe(expected)
    })

    it('in the caller after an await too', async () => {
      const client = await open('/async')
      const values = await Promise.all(client.live.map((frame) => run(client, frame, 'typeof afterAwait')))
      expect(values).toContain("'string'")
    })

    it('in the frames of the cause, beside those of the error itself', async () => {
      const client = await open('/cause')
      expect(await run(client, '0.0', 'wrapper')).toBe("'wrapped'")
      expect(await run(client, '1.0', 'missing')).toBe('200')
    })

    it('in each member of an aggregate', async () => {
      const client = await open('/aggregate')
      expect(await run(client, '1.0', 'amount')).toBe('1001')
      expect(await run(client, '2.0', 'amount')).toBe('1002')
    })

    it('also where a value without a stack was thrown', async () => {
      const text = await open('/string')
      expect(text.page.status).toBe(500)
      expect(text.page.body).toContain('a plain string')
      expect(await run(text, '0.0', 'inString')).toBe("'plain'")
      const nothing = await openErrorPage(app.port, '/null')
      expect(nothing.page.body).toContain('null')
    })
  })
})

describe('a server whose console was used', () => {
  it.each([
    ['a throw', 'throw new Error("not of the console")'],
    ['a rejection', 'Promise.reject(new Error("not of the console"))'],
  ])('is ended by %s outside of it, as without it', async (_what, fails) => {
    const server = await startApp('frames.mjs')
    try {
      const client = await openErrorPage(server.port, '/sync')
      await client.unlock({ pin: (await server.printed(/PIN (\d\S+)/))[1] as string })
      // Heard of in the context of the request that comes, which is not the console's.
      const code = `req.socket.server.prependListener('request', ({ url }) => { if (url === '/end') setTimeout(() => { ${fails} }) })`
      expect((await client.evaluate('0.0', code)).kind).toBe('value')
      await request({ port: server.port, path: '/end' }).catch(() => {})
      await expect.poll(() => server.exitCode(), { timeout: 10_000 }).toBe(1)
      expect(server.stderr()).toContain('not of the console')
    } finally {
      await server.stop()
    }
  })
})
