import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type AccessLogOptions, withAccessLog } from '../../src/access.ts'
import { exchangeText, Lines, listening } from './support.ts'

// The lines that the manuals of Apache and nginx print, from requests as they describe them.

const ZONE = process.env.TZ

describe('the examples of the manuals', () => {
  beforeEach(() => {
    process.env.TZ = 'America/Los_Angeles'
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2000-10-10T20:55:36Z') })
  })
  afterEach(() => {
    vi.useRealTimers()
    if (ZONE === undefined) delete process.env.TZ
    else process.env.TZ = ZONE
  })

  const REQUEST = [
    'GET /apache_pb.gif HTTP/1.0',
    `Authorization: Basic ${Buffer.from('frank:secret').toString('base64')}`,
    'Referer: http://www.example.com/start.html',
    'User-Agent: Mozilla/4.08 [en] (Win98; I ;Nav)',
    '',
    '',
  ].join('\r\n')

  async function lineOf(format: string, options: AccessLogOptions = {}): Promise<string> {
    const lines = new Lines()
    const app = withAccessLog((_req, res) => res.end('x'.repeat(2326)), format, { ...options, to: lines.to })
    const { port } = await listening(createServer(app))
    await exchangeText(port, REQUEST)
    return lines.one()
  }

  const COMMON = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
  const COMBINED = `${COMMON} "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"`

  it.each([
    ['common', COMMON],
    ['%h %l %u %t "%r" %>s %b', COMMON],
    ['%h %l %u %t \\"%r\\" %>s %b', COMMON],
    ['combined', COMBINED],
    ['%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-agent}i\\"', COMBINED],
    ['%{Referer}i -> %U', 'http://www.example.com/start.html -> /apache_pb.gif'],
    ['%{User-agent}i', 'Mozilla/4.08 [en] (Win98; I ;Nav)'],
    ['%!200,304,302{Referer}i', '-'],
    ['%200,304,302{Referer}i', 'http://www.example.com/start.html'],
    ['%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t', '10/Oct/2000 13:55:36.000 -0700'],
  ])('of Apache: %s', async (format, expected) => {
    expect(await lineOf(format)).toBe(expected)
  })

  it.each([
    [
      '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
      COMBINED,
    ],
    ['$remote_addr - $remote_user [$time_iso8601]', '127.0.0.1 - frank [2000-10-10T13:55:36-07:00]'],
  ])('of nginx: %s', async (format, expected) => {
    expect(await lineOf(format)).toBe(expected)
  })
})
