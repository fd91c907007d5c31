import { createServer } from 'node:http'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { type AccessLogOptions, accessErrors, accessLog, withAccessLog } from '../../src/access.ts'
import { exchangeText, Lines, lastRequest, listening, serve } from './support.ts'

const HEADERS = [
  'User-Agent: curl/8',
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'X-Request-Id: r-1',
]

async function objectOf(
  options: AccessLogOptions,
  target = '/user/7?tab=a&token=t',
): Promise<Record<string, never>> {
  const lines = new Lines()
  const app = express()
  app.use(accessLog('json', { ...options, to: lines.to }))
  app.get('/user/:id', (_req, res) => {
    res.end('hello')
  })
  app.get('/fail', () => {
    throw new TypeError('it fails')
  })
  app.use(accessErrors())
  app.use((_error: unknown, _req: express.Request, res: express.Response, _next: express.NextFunction) => {
    res.status(500).end('sorry')
  })
  const { port } = await listening(createServer(app))
  await exchangeText(port, lastRequest(target, HEADERS))
  return JSON.parse(await lines.one())
}

describe('a line of JSON', () => {
  it('has names and numbers of its own', async () => {
    const line = await objectOf({ slow: 0 })
    expect(line).toEqual({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/),
      level: 'info',
      remote_addr: '127.0.0.1',
      method: 'GET',
      url: '/user/7?tab=a&token=REDACTED',
      route: '/user/:id',
      protocol: 'HTTP/1.1',
      status: 200,
      outcome: 'ok',
      bytes: 5,
      duration_ms: expect.any(Number),
      ttfb_ms: expect.any(Number),
      slow: true,
      host: 'test',
      user_agent: 'curl/8',
      request_id: 'r-1',
      trace_id: '0af7651916cd43dd8448eb211c80319c',
    })
  })

  it('has the error itself beside a 500', async () => {
    const line = await objectOf({}, '/fail')
    expect(line).toMatchObject({
      status: 500,
      level: 'error',
      error: { type: 'TypeError', message: 'it fails' },
    })
    expect((line.error as unknown as { stack: string }).stack).toMatch(
      /TypeError: it fails\n.*json\.test\.ts/,
    )
  })

  it('follows the Elastic Common Schema', async () => {
    const line = await objectOf({ schema: 'ecs' }, '/fail')
    expect(line).toMatchObject({
      '@timestamp': expect.stringMatching(/Z$/),
      'log.level': 'error',
      'ecs.version': '8.11.0',
      message: 'GET /fail HTTP/1.1',
      event: { kind: 'event', category: ['web'], outcome: 'failure', duration: expect.any(Number) },
      client: { ip: '127.0.0.1', port: expect.any(Number) },
      http: {
        version: '1.1',
        request: { id: 'r-1', method: 'GET' },
        response: { status_code: 500, body: { bytes: 5 } },
      },
      url: { original: '/fail', path: '/fail', scheme: 'http', domain: 'test' },
      user_agent: { original: 'curl/8' },
      trace: { id: '0af7651916cd43dd8448eb211c80319c' },
      error: { type: 'TypeError', message: 'it fails' },
    })
    expect(line.user).toBeUndefined()
  })

  it('follows OpenTelemetry’s conventions for HTTP servers', async () => {
    const line = await objectOf({ schema: 'otel' })
    expect(line).toMatchObject({
      severity_text: 'INFO',
      severity_number: 9,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
      attributes: {
        'http.request.method': 'GET',
        'url.path': '/user/7',
        'url.query': 'tab=a&token=REDACTED',
        'url.scheme': 'http',
        'http.route': '/user/:id',
        'http.response.status_code': 200,
        'http.response.body.size': 5,
        'network.protocol.version': '1.1',
        'client.address': '127.0.0.1',
        'server.address': 'test',
        'user_agent.original': 'curl/8',
      },
    })
    expect(line.attributes).not.toHaveProperty('error.type')
  })

  it('follows Google Cloud’s LogEntry', async () => {
    expect(await objectOf({ schema: 'gcp' })).toMatchObject({
      severity: 'INFO',
      httpRequest: {
        requestMethod: 'GET',
        status: 200,
        responseSize: expect.stringMatching(/^\d+$/),
        latency: expect.stringMatching(/^\d+\.\d{6}s$/),
        protocol: 'HTTP/1.1',
      },
    })
  })

  it('takes a shape of the application', async () => {
    const schema = {
      ip: 'remote-addr',
      http: { agent: 'req[user-agent]', none: 'req[x-none]', status: 'status' },
      sev: 'level',
      mine: 'mine',
    }
    expect(await objectOf({ schema, tokens: { mine: (record) => record.path.length } })).toEqual({
      ip: '127.0.0.1',
      http: { agent: 'curl/8', status: 200 },
      sev: 'info',
      mine: 7,
    })
  })

  it('says how a request ended that has no status', async () => {
    const lines = new Lines()
    const { port } = await serve(
      withAccessLog((_req, res) => res.destroy(), 'json', { to: lines.to, schema: 'otel' }),
    )
    await exchangeText(port, lastRequest('/', [], 'PATCH'))
    const { attributes } = JSON.parse(await lines.one())
    expect(attributes['error.type']).toBe('destroyed')
    expect(attributes).not.toHaveProperty('http.response.status_code')
  })
})

describe('the error beside a 500', () => {
  it('is known of what a handler throws or rejects with inside the wrapper', async () => {
    for (const handler of [
      () => {
        throw new RangeError('too far')
      },
      () => Promise.reject(new RangeError('too far')),
    ]) {
      const lines = new Lines()
      const wrapped = withAccessLog(handler, ':status :error :error[name]', { to: lines.to })
      const { port } = await serve(async (req, res) => {
        try {
          await wrapped(req, res)
        } catch {
          res.writeHead(500).end()
        }
      })
      await exchangeText(port, lastRequest('/'))
      expect(await lines.one()).toBe('500 RangeError: too far RangeError')
    }
  })

  it('is not shown beside an answer that is no failure', async () => {
    const lines = new Lines()
    const wrapped = withAccessLog(() => Promise.reject(new Error('handled')), ':status :error', {
      to: lines.to,
    })
    const { port } = await serve((req, res) => {
      Promise.resolve(wrapped(req, res)).catch(() => res.writeHead(404).end())
    })
    await exchangeText(port, lastRequest('/'))
    expect(await lines.one()).toBe('404 -')
  })
})
