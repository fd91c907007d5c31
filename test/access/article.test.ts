import { createServer } from 'node:http'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AccessLogger, type AccessRecord, accessLog, withAccessLog } from '../../src/access.ts'
import { exchangeText, Lines, lastRequest, listening, serve } from './support.ts'

const ARTICLE = '[%(time)s] REQUES %(REQUEST_METHOD)s %(status)s %(REQUEST_URI)s (%(REMOTE_ADDR)s) %(bytes)s'
const TIME = '%d/%b/%Y:%H:%M:%S'
const EVENING = new Date(2013, 0, 8, 23, 50, 45)

const page = 'x'.repeat(830)

describe('the scene of the article', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: EVENING })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('gives the article’s line to the character, from its format taken verbatim', async () => {
    const lines = new Lines()
    const app = withAccessLog((_req, res) => res.end(page), ARTICLE, {
      timeFormat: TIME,
      to: lines.to,
      trustProxy: true,
    })
    const { port } = await serve(app)
    await exchangeText(port, lastRequest('/', ['X-Forwarded-For: 192.168.172.1']))
    expect(await lines.one()).toBe('[08/Jan/2013:23:50:45] REQUES GET 200 / (192.168.172.1) 830')
  })

  it('has the format and its time as the preset cherrypy', async () => {
    const lines = new Lines()
    const { port } = await serve(withAccessLog((_req, res) => res.end(page), 'cherrypy', { to: lines.to }))
    await exchangeText(port, lastRequest('/'))
    expect(await lines.one()).toBe('[08/Jan/2013:23:50:45] REQUES GET 200 / (127.0.0.1) 830')
  })

  it('shows the offset of the zone when no time format is given, as TransLogger does', async () => {
    const lines = new Lines()
    const { port } = await serve(withAccessLog((_req, res) => res.end(page), ARTICLE, { to: lines.to }))
    await exchangeText(port, lastRequest('/'))
    expect(await lines.one()).toMatch(
      /^\[08\/Jan\/2013:23:50:45 [+-]\d{4}\] REQUES GET 200 \/ \(127\.0\.0\.1\) 830$/,
    )
  })

  it('lets a function decide about the line, as overriding write_log does', async () => {
    const lines = new Lines()
    const writeLog = (record: AccessRecord): string | undefined =>
      record.status === 404
        ? undefined
        : `[${record.time(TIME)}] REQUES ${record.method} ${record.status} ${record.url} (${record.remoteAddress}) ${record.bytes}`
    const app = withAccessLog(
      (req, res) => {
        res.statusCode = req.url === '/' ? 200 : 404
        res.end(page)
      },
      'combined',
      { to: lines.to, writeLog },
    )
    const { port } = await serve(app)
    await exchangeText(port, lastRequest('/nothing'))
    await exchangeText(port, lastRequest('/'))
    expect(await lines.one()).toBe('[08/Jan/2013:23:50:45] REQUES GET 200 / (127.0.0.1) 830')
  })

  it('lets a subclass decide about the line', async () => {
    const lines = new Lines()
    class FotsLogger extends AccessLogger {
      override writeLog(record: AccessRecord): string {
        return `${super.writeLog(record)} in ${record.duration >= 0 ? 'time' : 'no time'}`
      }
    }
    const logger = new FotsLogger('cherrypy', { to: lines.to })
    const { port } = await serve(withAccessLog((_req, res) => res.end(page), logger))
    await exchangeText(port, lastRequest('/'))
    expect(await lines.one()).toBe('[08/Jan/2013:23:50:45] REQUES GET 200 / (127.0.0.1) 830 in time')
  })
})

describe('accessLog', () => {
  it('writes the combined format when none is named', async () => {
    const lines = new Lines()
    const app = express()
    app.use(accessLog(undefined, { to: lines.to }))
    app.get('/user/:id', (req, res) => res.send(`user ${req.params.id}`))
    const { port } = await listening(createServer(app))
    await exchangeText(port, lastRequest('/user/7', ['Referer: http://a.test/', 'User-Agent: curl/8']))
    expect(await lines.one()).toMatch(
      /^127\.0\.0\.1 - - \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET \/user\/7 HTTP\/1\.1" 200 6 "http:\/\/a\.test\/" "curl\/8"$/,
    )
  })

  it('works without next in a plain listener', async () => {
    const lines = new Lines()
    const log = accessLog(':method :url :status :bytes', { to: lines.to })
    const { port } = await serve((req, res) => {
      log(req, res)
      res.statusCode = 201
      res.write('made ')
      res.end('it')
    })
    await exchangeText(port, lastRequest('/things', ['Content-Length: 0'], 'POST'))
    expect(await lines.one()).toBe('POST /things 201 7')
  })

  it('refuses an unknown option, an unknown preset and an unknown field when it is made', () => {
    expect(() => accessLog('combined', { strem: process.stdout } as object)).toThrow(
      /unknown option "strem"\. Did you mean "stream"\?/,
    )
    expect(() => accessLog('combind')).toThrow(/Unknown format "combind"\. Did you mean "combined"\?/)
    expect(() => accessLog('[%(time)s] %(REQUEST_METOD)s')).toThrow(
      'Unknown field "REQUEST_METOD". Did you mean "REQUEST_METHOD"? All fields: docs/reference/tokens.md.\n' +
        '  [%(time)s] %(REQUEST_METOD)s\n' +
        '             ^',
    )
    expect(() => accessLog('common', { to: '/proc/nowhere/access.log' })).toThrow(
      /the file "\/proc\/nowhere\/access\.log" cannot be opened for appending: ENOENT/,
    )
    expect(() => withAccessLog('app' as never)).toThrow(/the handler is "app"\. Allowed: a function/)
  })
})

/** A log of responses that cannot be observed: it tells of that once, and the handler is called all the same. */
function deafLog(): { readonly log: AccessLogger; readonly errors: readonly string[] } {
  const errors: string[] = []
  const onError = (error: unknown): void => void errors.push((error as Error).message)
  return { log: new AccessLogger('tiny', { to: () => {}, onError }), errors }
}

describe('withAccessLog', () => {
  it('gives on what the handler returns, throws and rejects with', async () => {
    const { log, errors } = deafLog()
    const boom = new Error('boom')
    const fake = [{}, {}] as unknown as [never, never]
    expect(withAccessLog(() => 42, log)(...fake)).toBe(42)
    // biome-ignore lint/suspicious/noThenProperty: the wrapper must not touch the thenables of others
    const thenable = { then: vi.fn() }
    expect(withAccessLog(() => thenable, log)(...fake)).toBe(thenable)
    expect(thenable.then).not.toHaveBeenCalled()
    expect(() =>
      withAccessLog(() => {
        throw boom
      }, log)(...fake),
    ).toThrow(boom)
    await expect(withAccessLog(async () => 7, log)(...fake)).resolves.toBe(7)
    await expect(withAccessLog(() => Promise.reject(boom), log)(...fake)).rejects.toBe(boom)
    expect(errors).toEqual(['res.once is not a function'])
  })

  it('gives on what the handler passes to next, and gives no next when it got none', async () => {
    const { log, errors } = deafLog()
    const fake = [{}, {}] as unknown as [never, never]
    const boom = new Error('boom')
    const next = vi.fn()
    withAccessLog((_req, _res, go) => go(boom), log)(...fake, next)
    withAccessLog((_req, _res, go) => go(), log)(...fake, next)
    expect(next.mock.calls).toEqual([[boom], [undefined]])
    const plain = vi.fn()
    withAccessLog(plain, log)(...fake)
    expect(plain.mock.calls[0]).toHaveLength(2)
    expect(withAccessLog(plain, log)).toHaveLength(3)
    expect(errors).toEqual(['res.once is not a function'])
  })
})
