import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Morgan, MorganFormatFunction, MorganOptions } from '../../../src/access/morgan/interface.ts'
import { createMorgan } from '../../../src/access/morgan/morgan.ts'
import morgan from '../../../src/morgan.ts'
import { exchangeText, Lines, lastRequest, listening, serve } from '../support.ts'

type Setup = (
  req: IncomingMessage & Record<string, unknown>,
  res: ServerResponse & Record<string, unknown>,
) => void

async function line(
  format: string | MorganFormatFunction,
  options: MorganOptions = {},
  before?: Setup,
  after?: Setup,
) {
  const lines = new Lines()
  const log = morgan(format as string, { stream: lines.stream, ...options })
  let close: () => void = () => {}
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  const { port } = await serve((req, res) => {
    res.once('close', close)
    before?.(req as never, res as never)
    log(req, res, () => {
      after?.(req as never, res as never)
      res.setHeader('X-Sent', 'true')
      res.end('hello')
    })
  })
  await exchangeText(port, lastRequest('/'))
  await closed
  await sleep(15)
  return lines.all
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('the arguments of morgan', () => {
  it('takes a name, a format string and a function as the format', async () => {
    expect(await line('tiny')).toEqual([expect.stringMatching(/^GET \/ 200 - - \d+\.\d{3} ms$/)])
    expect(await line(':method')).toEqual(['GET'])
    expect(await line((tokens, req) => `from ${tokens.method(req)}`)).toEqual(['from GET'])
    expect(await line(() => undefined)).toEqual([])
    expect(await line(() => null)).toEqual([])
  })

  it('takes the format among the options, and uses default when there is none, with one warning for each way', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const lines = new Lines()
    const old = morgan({ format: ':method', stream: lines.stream })
    const none = morgan(undefined as never, { stream: lines.stream })
    const bare = morgan({ stream: lines.stream })
    const { port } = await serve((req, res) => {
      old(req, res, () => none(req, res, () => bare(req, res, () => res.end())))
    })
    await exchangeText(port, lastRequest('/'))
    await lines.wait(3)
    const usual = expect.stringMatching(
      /^127\.0\.0\.1 - - \[\w{3}, .* GMT\] "GET \/ HTTP\/1\.1" 200 - "-" "-"$/,
    )
    expect(lines.all).toEqual(['GET', usual, usual])
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      'morgan(options): give the format as the first argument instead is deprecated',
      'morgan(): name a format is deprecated',
    ])
  })

  it('gives objects to a stream in object mode, and text to others', async () => {
    const written: unknown[] = []
    const format = (): object => ({ a: 1 })
    await line(format, { stream: { writableObjectMode: true, write: (one) => written.push(one) } })
    await line(format, { stream: { write: (one) => written.push(one) } })
    await line(':method', { stream: { writableObjectMode: true, write: (one) => written.push(one) } })
    expect(written).toEqual([{ a: 1 }, '[object Object]\n', 'GET\n'])
  })

  it('gathers lines when told to', async () => {
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const written: string[] = []
    const log = morgan(':method', { buffer: 2000, stream: { write: (text) => written.push(text) } })
    const { port } = await serve((req, res) => log(req, res, () => res.end()))
    await exchangeText(port, lastRequest('/'))
    await exchangeText(port, lastRequest('/'))
    expect(written).toEqual([])
    await vi.waitFor(() => expect(written).toEqual(['GET\nGET\n']), 15_000)
  })

  it('skips what skip says', async () => {
    expect(await line(':method', { skip: (req: IncomingMessage) => req.url === '/' })).toEqual([])
    expect(await line(':method', { skip: (_req, res: ServerResponse) => res.statusCode >= 400 })).toEqual([
      'GET',
    ])
  })

  it('calls next with nothing', () => {
    const next = vi.fn()
    morgan('tiny', { immediate: true, stream: { write: () => {} } })(
      { headers: {} } as IncomingMessage,
      {} as ServerResponse,
      next,
    )
    expect(next.mock.calls).toEqual([[]])
  })
})

describe('the tokens of morgan', () => {
  it('reads the address from ip, from its own note, then from the socket', async () => {
    expect(await line(':remote-addr', {}, (req) => Object.assign(req, { ip: '10.0.0.1' }))).toEqual([
      '10.0.0.1',
    ])
    expect(
      await line(':remote-addr', {}, (req) => Object.assign(req, { _remoteAddress: '10.0.0.2' })),
    ).toEqual(['10.0.0.2'])
    expect(await line(':remote-addr')).toEqual(['127.0.0.1'])
    const without: Setup = (req) => Object.defineProperty(req, 'connection', { value: null })
    expect(await line(':remote-addr', {}, without)).toEqual(['-'])
  })

  it('has no times when its notes are gone', async () => {
    const forget: Setup = (req) => {
      delete req._startAt
    }
    expect(await line(':response-time :total-time', {}, undefined, forget)).toEqual(['- -'])
    expect(await line(':response-time :total-time', { immediate: true })).toEqual(['- -'])
  })

  it('measures until the header, and until the end', async () => {
    const lines = new Lines()
    const log = morgan(':response-time[0] :total-time[0]', { stream: lines.stream })
    const { port } = await serve((req, res) => {
      log(req, res, () => {
        setTimeout(() => {
          res.write('0')
          setTimeout(() => res.end(), 90)
        }, 30)
      })
    })
    await exchangeText(port, lastRequest('/'))
    const [header = 0, total = 0] = (await lines.one()).split(' ').map(Number)
    expect(header).toBeGreaterThanOrEqual(28)
    expect(total - header).toBeGreaterThanOrEqual(85)
  })

  it('prefers originalUrl', async () => {
    const lines = new Lines()
    const app = express().use('/deep', morgan(':url', { stream: lines.stream }))
    const { port } = await listening(createServer(app))
    await exchangeText(port, lastRequest('/deep/x?y'))
    expect(await lines.one()).toBe('/deep/x?y')
  })

  it('takes tokens of the application, with arguments, escaped, and later than the format', async () => {
    const log = (): Promise<readonly string[]> => line(':first-kind[a b] :empty :zero :evil', {})
    morgan.token('first-kind', (_req, _res, argument) => `<${argument}>`)
    expect(morgan.token('empty', () => '').token('zero', () => 0)).toBe(morgan)
    morgan.token('evil', () => 'a\n"b"\u2028\x9b')
    expect(await log()).toEqual(['<a b> - - a\\n\\"b\\"\\u2028\\u009b'])
  })

  it('writes the line without a token that is not defined or throws, and does not end the process', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    expect(await line(':nothing-of-this :method')).toEqual(['- GET'])
    write.mockRestore()
  })
})

describe('the functions of morgan', () => {
  it('compiles a format', () => {
    const compiled = morgan.compile(':method ":url" :none-such\\')
    const req = { method: 'GET', url: '/a', headers: {} }
    expect(compiled({ method: () => 'POST', url: () => undefined } as unknown as Morgan, req, {})).toBe(
      'POST "-" -\\',
    )
    expect(() => morgan.compile(undefined as never)).toThrow(
      new TypeError('argument format must be a string'),
    )
    expect(() => morgan.compile((() => {}) as never)).toThrow(TypeError)
  })

  it('names formats', async () => {
    expect(morgan.format('mine', ':method mine')).toBe(morgan)
    expect(await line('mine')).toEqual(['GET mine'])
    morgan.format('computed', () => 'computed')
    expect(await line('computed')).toEqual(['computed'])
  })

  it('has its formats as properties', () => {
    expect(morgan.combined).toBe(
      ':remote-addr - :remote-user [:date[clf]] ":method :url HTTP/:http-version" :status :res[content-length] ":referrer" ":user-agent"',
    )
    expect(morgan.short).toBe(
      ':remote-addr :remote-user :method :url HTTP/:http-version :status :res[content-length] - :response-time ms',
    )
    expect(morgan.tiny).toBe(':method :url :status :res[content-length] - :response-time ms')
    expect(morgan.default).toContain('[:date]')
    expect(typeof morgan.dev).toBe('function')
  })

  it('has no colours in dev when NO_COLOR was set when it was loaded', async () => {
    vi.stubEnv('NO_COLOR', '1')
    const plain = createMorgan()
    vi.unstubAllEnvs()
    const { lines, port } = await devServer(plain)
    await exchangeText(port, lastRequest('/'))
    expect(await lines.one()).toMatch(/^GET \/ 200 \d+\.\d{3} ms - -$/)
  })
})

async function devServer(from: Morgan): Promise<{ lines: Lines; port: number }> {
  const lines = new Lines()
  const log = from('dev', { stream: lines.stream })
  const { port } = await serve((req, res) => log(req, res, () => res.end()))
  return { lines, port }
}
