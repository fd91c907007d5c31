import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync } from 'node:fs'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { promiseErrorPage } from '../../src/http/failures.ts'
import type { AnyHandler, Next } from '../../src/http/handler.ts'
import {
  addContext,
  currentContext,
  type Logger,
  type LoggingHandler,
  type LoggingOptions,
  type LogRecord,
  withContext,
  withLogging,
} from '../../src/logger.ts'
import { type RawReply, type RawRequest, request } from '../support/request.ts'
import { temporaryFolder } from './temporary.ts'

const at = temporaryFolder()
const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

interface Served {
  readonly logged: LoggingHandler
  readonly records: readonly LogRecord[]
  get(path?: string, more?: Partial<RawRequest>): Promise<RawReply>
}

/** Serves a handler wrapped by withLogging, its records collected. */
async function serve(handler: AnyHandler, options: LoggingOptions = {}): Promise<Served> {
  const records: LogRecord[] = []
  const logged = withLogging(handler, { sinks: [(record) => void records.push(record)], ...options })
  const port = await listen(logged)
  open.push(logged)
  return { logged, records, get: (path = '/', more = {}) => request({ port, path, ...more }) }
}

async function listen(handler: (req: IncomingMessage, res: ServerResponse) => unknown): Promise<number> {
  const server = http.createServer(handler as never)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return (server.address() as AddressInfo).port
}

const boom = (): never => {
  throw new Error('boom')
}

const failing: Record<string, AnyHandler> = {
  'a throw': boom,
  'a rejection': async () => {
    await null
    boom()
  },
  'next(error)': (_req, _res, next: Next) => next(new Error('boom')),
  'a throw in Express': express().get('/', boom),
  'a rejection in Express': express().get('/', async () => boom()),
  'a throw in connect': connect().use(boom),
}

describe('an error of the application', () => {
  it.each(Object.entries(failing))(
    'is logged once and answered with wsgilog’s sentence: %s',
    async (_name, handler) => {
      const { records, get } = await serve(handler)
      const reply = await get('/')
      expect(reply).toMatchObject({ status: 500, body: 'Server got itself in trouble\n' })
      expect(reply.headers['content-type']).toBe('text/plain; charset=utf-8')
      expect(
        records.map((record) => [record.level, record.message, (record.error as Error).message]),
      ).toEqual([['error', 'Server got itself in trouble: GET /', 'boom']])
      expect(records[0]?.fields).toMatchObject({
        method: 'GET',
        url: '/',
        requestId: expect.stringMatching(/^\w{16}$/),
      })
    },
  )

  it('keeps the status that the error asks for, and is a warning when it is the client’s', async () => {
    const { records, get } = await serve(() => {
      throw Object.assign(new Error('gone'), { status: 410 })
    })
    expect((await get()).status).toBe(410)
    expect(records[0]?.level).toBe('warn')
  })

  it.each([null, undefined, 'text', 42, { status: 'no' }])('may be no error at all: %j', async (thrown) => {
    const { records, get } = await serve(() => {
      throw thrown
    })
    expect((await get()).status).toBe(500)
    expect(records).toHaveLength(1)
  })

  it('after the headers: the connection is cut, the error logged, the server lives', async () => {
    const { records, get } = await serve((req: IncomingMessage, res: ServerResponse) => {
      if (req.url === '/fine') return res.end('fine')
      res.writeHead(200, { 'content-length': 100 })
      res.write('begun')
      boom()
    })
    await expect(get('/')).rejects.toThrow(/aborted|hang up|reset/i)
    expect(records).toHaveLength(1)
    expect((await get('/fine')).body).toBe('fine')
  })

  it('answers HEAD without a body', async () => {
    const { get } = await serve(boom, { toHtml: true })
    expect(await get('/', { method: 'HEAD' })).toMatchObject({ status: 500, body: '' })
  })

  it('is answered by errorApp when there is one, and by the sentence when that fails too', async () => {
    const errorApp = (req: IncomingMessage, res: ServerResponse, error: unknown): void => {
      if (req.url === '/twice') boom()
      res.statusCode = 503
      res.end(`own: ${(error as Error).message}`)
    }
    const { get } = await serve(boom, { errorApp })
    expect(await get('/')).toMatchObject({ status: 503, body: 'own: boom' })
    expect(await get('/twice')).toMatchObject({ status: 500, body: 'Server got itself in trouble\n' })
  })

  it('passes the headers of the failed answer on only as far as they still hold', async () => {
    const { get } = await serve((_req: IncomingMessage, res: ServerResponse) => {
      res.setHeader('content-encoding', 'gzip')
      res.setHeader('set-cookie', 'a=1')
      boom()
    })
    const { headers } = await get()
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers['set-cookie']).toEqual(['a=1'])
  })
})

describe('toHtml', () => {
  it('sends the traceback with causes and source to a browser on this machine', async () => {
    const { get } = await serve(
      () => {
        throw new Error('outer', { cause: new TypeError('the inner one') })
      },
      { toHtml: true },
    )
    const reply = await get('/')
    expect(reply.status).toBe(500)
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(reply.body).toContain('outer')
    expect(reply.body).toContain('the inner one')
    expect(reply.body).toContain('with-logging.test.ts')
  })

  it.each([
    ['a foreign host name (DNS rebinding)', { host: 'attacker.example' }],
    ['a proxy in between', { 'x-forwarded-for': '203.0.113.7' }],
  ])('sends only the sentence to %s', async (_name, headers) => {
    const { get } = await serve(boom, { toHtml: true })
    const reply = await get('/', { headers: headers as unknown as Record<string, string> })
    expect(reply).toMatchObject({ status: 500, body: 'Server got itself in trouble\n' })
  })

  it('sends only the sentence in production', async () => {
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = 'production'
    try {
      const { get } = await serve(boom, { toHtml: true })
      expect((await get()).body).toBe('Server got itself in trouble\n')
    } finally {
      process.env.NODE_ENV = before
    }
  })

  it('htmlFile holds the page of the latest error, with its request', async () => {
    const { get, logged } = await serve(boom, { htmlFile: at('latest.html') })
    await get('/with/a/path')
    await logged.logger.flush()
    expect(readFileSync(at('latest.html'), 'utf8')).toMatch(/boom[\s\S]*\/with\/a\/path/)
  })
})

describe('around and inside of others', () => {
  it('lets the error through to an outer layer that promised a page', async () => {
    const records: LogRecord[] = []
    const logged = withLogging(boom, { sinks: [(record) => void records.push(record)] })
    open.push(logged)
    const port = await listen((req, res) => {
      promiseErrorPage(req)
      logged(req, res, (error) => res.end(`outer page: ${(error as Error).message}`))
    })
    expect((await request({ port })).body).toBe('outer page: boom')
    expect(records).toHaveLength(1)
  })

  it('two wrappers around one handler log the error once each, and one answers', async () => {
    const outer: LogRecord[] = []
    const inner = withLogging(boom, { sinks: [() => {}] })
    open.push(inner)
    const { get } = await serve(inner, { sinks: [(record) => void outer.push(record)] })
    expect((await get()).body).toBe('Server got itself in trouble\n')
    expect(outer).toHaveLength(1)
  })

  it('catch: false logs and lets the error go on', async () => {
    const records: LogRecord[] = []
    const logged = withLogging(boom, { catch: false, sinks: [(record) => void records.push(record)] })
    open.push(logged)
    const port = await listen((req, res) => logged(req, res, () => res.end('passed on')))
    expect((await request({ port })).body).toBe('passed on')
    expect(records).toHaveLength(1)
    expect(() => logged({ headers: {} } as IncomingMessage, {} as ServerResponse)).toThrow('boom')
  })

  it('a connect app that takes no request gets an honest 404, or the next middleware', async () => {
    const { get } = await serve(connect())
    expect(await get('/nothing')).toMatchObject({
      status: 404,
      body: expect.stringContaining('Cannot GET /nothing'),
    })
    const app = express()
    app.use(withLogging(connect(), { sinks: [() => {}] }))
    app.use((_req, res) => void res.send('next'))
    expect((await request({ port: await listen(app) })).body).toBe('next')
  })

  it('passes the handler’s promise on, settled after the answer', async () => {
    const logged = withLogging(async () => 'value', { sinks: [() => {}] })
    open.push(logged)
    expect(logged.length).toBe(3)
    await expect(logged({ headers: {} } as IncomingMessage, {} as ServerResponse)).resolves.toBe('value')
  })

  it('log: false leaves the handler alone', async () => {
    const { records, get } = await serve((_req: IncomingMessage, res: ServerResponse) => res.end('alone'), {
      log: false,
    })
    expect((await get()).body).toBe('alone')
    expect(records).toEqual([])
  })
})

describe('req.log and the context', () => {
  it('records carry the request through awaits, timers and events of its body', async () => {
    const { records, get } = await serve(
      async (req: IncomingMessage & { log: Logger }, res: ServerResponse) => {
        req.log.info('first')
        req.on('data', () => req.log.info('data'))
        await new Promise((resolve) => req.on('end', resolve))
        setTimeout(() => {
          req.log.info('late')
          res.end(String(currentContext()?.requestId))
        }, 5)
      },
    )
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const headers = { 'x-request-id': 'given-1', traceparent: trace }
    const reply = await get('/x?token=secret', { method: 'POST', body: 'y'.repeat(200_000), headers })
    expect(reply.body).toBe('given-1')
    expect(new Set(records.map((record) => record.message))).toEqual(new Set(['first', 'data', 'late']))
    for (const record of records) {
      expect(record.fields).toEqual({
        requestId: 'given-1',
        method: 'POST',
        url: '/x?token=[masked]',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
      })
    }
  })

  it('req.log knows its request where a callback runs for another one, or for none', async () => {
    const waiting: (() => void)[] = []
    const { records, get } = await serve((req: IncomingMessage & { log: Logger }, res: ServerResponse) => {
      addContext({ user: req.url })
      const log = req.log.child('db', { table: 'users' })
      // A pool calls back from the context of whoever came first, or of whatever opened the connection.
      waiting.push(() => {
        log.info('found')
        withContext({ inner: true }, () => req.log.info('inside'))
        res.end()
      })
      if (waiting.length === 2) for (const callBack of waiting.splice(0)) callBack()
    })
    await Promise.all(['/a', '/b'].map((path) => get(path, { headers: { 'x-request-id': `id${path}` } })))
    const seen = records.map(({ message, fields: { requestId, url, user, table } }) =>
      [message, requestId, url, user, table].join(' '),
    )
    expect(seen.sort()).toEqual([
      'found id/a /a /a users',
      'found id/b /b /b users',
      'inside id/a /a /a ',
      'inside id/b /b /b ',
    ])
  })

  it('an unreadable request id is replaced by one of ours', async () => {
    const { records, get } = await serve((req: IncomingMessage & { log: Logger }, res: ServerResponse) => {
      req.log.info('x')
      res.end()
    })
    await get('/', { headers: { 'x-request-id': 'a b "c' } })
    expect(records[0]?.fields.requestId).toMatch(/^[\da-f]{16}$/)
  })
})

describe('the far sinks of wsgilog', () => {
  it('toHttp, toSyslog and toEmail get the exception; interval and backups rotate the file', async () => {
    const bodies: string[] = []
    const collector = await listen((req, res) => {
      req.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
      req.on('end', () => res.end())
    })
    const udp = createSocket('udp4')
    const datagrams: string[] = []
    udp.on('message', (message) => datagrams.push(message.toString('utf8')))
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve))
    open.push({ close: () => udp.close() })
    const mails: { subject: string }[] = []
    const { get, logged } = await serve(boom, {
      toHttp: true,
      httpHost: `127.0.0.1:${collector}`,
      httpUrl: '/logs',
      toSyslog: true,
      sysHost: `127.0.0.1:${udp.address().port}`,
      facility: 'daemon',
      toEmail: 'ops@example.com',
      mailServer: { sendMail: async (mail: { subject: string }) => void mails.push(mail) },
      mailSubject: 'trouble: ',
      toFile: at('rotated.log'),
      interval: '1 B',
      backups: 1,
    })
    await get('/one')
    await get('/two')
    await get('/three')
    await logged.logger.flush()
    await expect.poll(() => [bodies, datagrams, mails].every(({ length }) => length > 0)).toBe(true)
    const said = 'Server got itself in trouble: GET /one'
    expect(JSON.parse(bodies[0]?.split('\n')[0] ?? '')).toMatchObject({ level: 'error', msg: said })
    expect(datagrams[0]).toMatch(
      new RegExp(`^<27>1 .* rocksolid ${process.pid} rocksolid \\[.*\\] ${said} Error: boom`),
    )
    expect(mails[0]?.subject).toBe(`trouble: ${said} (and 2 more)`)
    expect(readdirSync(at('')).filter((name) => name.startsWith('rotated'))).toHaveLength(2)
  })
})

describe('servers of other kinds', () => {
  it('HTTP/2 requests are answered and logged as well', async () => {
    const records: LogRecord[] = []
    const handler = async (req: IncomingMessage & { log: Logger }, res: ServerResponse): Promise<void> => {
      if (req.url === '/crash') boom()
      req.log.info('hi {url}', { url: req.url })
      res.end('ok')
    }
    const logged = withLogging(handler, { toHtml: true, sinks: [(record) => void records.push(record)] })
    const server = http2.createServer(logged as never)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    open.push(logged, server, client)
    const get = async (path: string): Promise<[status: unknown, body: string]> => {
      const stream = client.request({ ':path': path })
      let body = ''
      let status: unknown
      stream.on('response', (headers) => {
        status = headers[':status']
      })
      for await (const chunk of stream.setEncoding('utf8')) body += chunk
      return [status, body]
    }
    expect(await get('/')).toEqual([200, 'ok'])
    const [status, body] = await get('/crash')
    expect(status).toBe(500)
    expect(body).toContain('boom')
    expect(records.map((record) => record.message)).toEqual([
      'hi /',
      'Server got itself in trouble: GET /crash',
    ])
  })
})
