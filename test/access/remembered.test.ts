import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { expect, it } from 'vitest'
import { AccessLogger } from '../../src/access.ts'
import { Lines, serve } from './support.ts'

const FORMATS = {
  combined: 'combined',
  fields:
    '%m "%r" %U%q %>s %B %b %{Referer}i|%{User-agent}i|%{Cookie}i|%{X-Tag}i %{X-Out}o %k %u %f [%{ms}T] %X',
  python: "%(REMOTE_ADDR)s '%(REQUEST_METHOD)-8s' %(status)5s %(bytes)s %(HTTP_X_TAG)s",
  nginx: '$remote_addr - $remote_user "$request" $status $body_bytes_sent $http_x_tag $request_method',
} as const

const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T

/** Requests that are like the one before in some things and not in others. */
function* requests(
  count: number,
): Generator<{ path: string; method: string; headers: Record<string, string> }> {
  for (let at = 0; at < count; at++) {
    const user = pick([undefined, undefined, 'ann', '', 'x"y'], at >> 3)
    yield {
      method: pick(['GET', 'GET', 'GET', 'POST', 'HEAD', 'DELETE'], at >> 1),
      path: pick(['/', '/a', '/a?token=secret', '/b%0A', `/n/${at}`], at * 3),
      headers: {
        ...(at % 4 === 0 ? {} : { 'user-agent': pick(['one/1', 'two/2', '"', 'x'.repeat(300)], at >> 2) }),
        ...(at % 5 === 0 ? {} : { referer: pick(['http://a.test/', 'http://b.test/'], at >> 4) }),
        ...(at % 7 === 0 ? { 'x-tag': `tag ${at % 3}` } : {}),
        ...(user === undefined ? {} : { authorization: `Basic ${btoa(`${user}:pw`)}` }),
      },
    }
  }
}

it.each(Object.entries(FORMATS))('%s: each line is what a log of its own writes', async (_name, format) => {
  const lines = new Lines()
  const fresh = new Lines()
  const log = new AccessLogger(format, { to: lines.to })
  let served = 0
  const { port } = await serve((req, res) => {
    const at = served++
    log.observe(req, res)
    new AccessLogger(format, { to: fresh.to }).observe(req, res)
    res.statusCode = pick([200, 200, 200, 304, 404, 500, 204], at >> 1)
    if (at % 3 === 0) res.setHeader('X-Out', `out ${at % 2}`)
    res.end('x'.repeat(pick([0, 5, 5, 5, 1234], at)))
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let sent = 0
  for (const options of requests(300)) {
    const [response] = await once(request({ port, host: '127.0.0.1', agent, ...options }).end(), 'response')
    response.resume()
    await once(response, 'end')
    sent++
  }
  agent.destroy()
  await Promise.all([lines.wait(sent), fresh.wait(sent)])
  expect(lines.all).toEqual(fresh.all)
  expect(new Set(lines.all).size).toBeGreaterThan(30)
})

it('a line that could not be written leaves nothing behind in the next', async () => {
  const lines = new Lines()
  const failures: unknown[] = []
  const log = new AccessLogger(':method :status-phrase', {
    to: lines.to,
    onError: (error) => failures.push(error),
  })
  const { port } = await serve((req, res) => {
    log.observe(req, res)
    res.end('hello')
    if (req.url !== '/broken') return
    const fail = (): never => {
      throw new Error('unreadable')
    }
    Object.defineProperty(res, 'statusMessage', { get: fail })
  })
  for (const [method, path] of [
    ['GET', '/'],
    ['POST', '/broken'],
    ['POST', '/'],
  ] as const) {
    const [response] = await once(request({ port, host: '127.0.0.1', method, path }).end(), 'response')
    response.resume()
    await once(response, 'end')
  }
  expect(await lines.wait(2)).toEqual(['GET OK', 'POST OK'])
  expect(failures).toHaveLength(1)
})
