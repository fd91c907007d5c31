import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createClock } from '../../src/access/clock.ts'
import { type AccessLogOptions, withAccessLog } from '../../src/access.ts'
import { exchangeText, Lines, lastRequest, serve } from './support.ts'

/** What counts as slow; a machine that stalls makes no other request take so long. */
const LIMIT_MS = 300
const SLOW_MS = LIMIT_MS + 20

/** `/404` answers 404, `/slow` waits, everything else is 200. */
async function app(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.url === '/slow') await sleep(SLOW_MS)
  const status = Number(/^\/(?:.*\/)?(\d{3})$/.exec(req.url ?? '')?.[1] ?? 200)
  res.statusCode = status
  res.end('x')
}

async function logged(
  options: AccessLogOptions,
  targets: readonly string[],
  format = ':url',
): Promise<readonly string[]> {
  const lines = new Lines()
  const { port, server } = await serve(withAccessLog(app, format, { ...options, to: lines.to }) as never)
  for (const target of targets) {
    const begun = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>
    const closed = begun.then(async ([, res]) => {
      if (!res.closed) await once(res, 'close')
    })
    await exchangeText(port, lastRequest(target))
    await closed
  }
  await sleep(20)
  return lines.all
}

const TARGETS = ['/', '/404', '/500', '/slow', '/healthz', '/healthz/503', '/api/users', '/assets/a.js?v=1']

describe('the choice of requests', () => {
  it.each<[string, AccessLogOptions, readonly string[]]>([
    ['everything', {}, TARGETS],
    ['by status', { filter: { status: 404 } }, ['/404']],
    ['by classes of status', { filter: { status: ['4xx', '5xx'] } }, ['/404', '/500', '/healthz/503']],
    ['by path', { filter: { path: ['/api/*', '/404'] } }, ['/404', '/api/users']],
    ['by expression', { filter: { path: /^\/a/g } }, ['/api/users', '/assets/a.js?v=1']],
    [
      'not by path',
      { filter: { exceptPath: ['/assets/*', '/healthz', '/healthz/*', '/'] } },
      ['/404', '/500', '/slow', '/api/users'],
    ],
    ['by duration', { filter: { minDuration: LIMIT_MS } }, ['/slow']],
    ['health checks only when they fail', { quiet: true }, TARGETS.filter((one) => one !== '/healthz')],
    [
      'quiet paths of the application',
      { quiet: ['/api/*', '/'] },
      TARGETS.filter((one) => one !== '/' && one !== '/api/users'),
    ],
    [
      'a sample, but all that failed or were slow',
      { sample: 0, slow: LIMIT_MS },
      ['/404', '/500', '/slow', '/healthz/503'],
    ],
    ['by level', { minLevel: 'error' }, ['/500', '/healthz/503']],
    [
      'by level of a route',
      { minLevel: 'info', level: { '/assets/*': 'debug', '/healthz': 'trace' } },
      TARGETS.filter((one) => !/^\/assets|^\/healthz$/.test(one)),
    ],
    [
      'by a level that a function gives',
      { minLevel: 'warn', level: (record) => (record.path === '/' ? 'fatal' : 'info') },
      ['/'],
    ],
    ['by skip', { skip: (_req, res) => res.statusCode < 500 }, ['/500', '/healthz/503']],
  ])('%s', async (_title, options, expected) => {
    expect(await logged(options, TARGETS)).toEqual(expected)
  })

  it('samples the share that was asked for', async () => {
    const random = vi.spyOn(Math, 'random')
    for (const value of [0.1, 0.3, 0.2, 0.9]) random.mockReturnValueOnce(value)
    expect(await logged({ sample: 0.25 }, ['/1', '/2', '/3', '/4'])).toEqual(['/1', '/3'])
    random.mockRestore()
  })

  it('marks what is slow, and how serious it is', async () => {
    expect(await logged({ slow: LIMIT_MS }, ['/', '/slow', '/404', '/500'], ':slow :level')).toEqual([
      '- info',
      'slow info',
      '- warn',
      '- error',
    ])
  })
})

describe('times', () => {
  const zoned = <T>(zone: string, read: () => T): T => {
    const before = process.env.TZ
    process.env.TZ = zone
    try {
      return read()
    } finally {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    }
  }
  const winter = Date.UTC(2013, 0, 8, 12, 50, 45, 678)
  const summer = Date.UTC(2013, 6, 8, 12, 50, 45, 9)

  it.each([
    ['Australia/Melbourne', '08/Jan/2013:23:50:45 +1100', '08/Jul/2013:22:50:45 +1000'],
    ['America/New_York', '08/Jan/2013:07:50:45 -0500', '08/Jul/2013:08:50:45 -0400'],
    ['Asia/Kolkata', '08/Jan/2013:18:20:45 +0530', '08/Jul/2013:18:20:45 +0530'],
    ['Asia/Kathmandu', '08/Jan/2013:18:35:45 +0545', '08/Jul/2013:18:35:45 +0545'],
    ['Europe/London', '08/Jan/2013:12:50:45 +0000', '08/Jul/2013:13:50:45 +0100'],
  ])('have the offset of %s at that very instant', (zone, inWinter, inSummer) => {
    zoned(zone, () => {
      const clock = createClock(false)
      expect([clock.clf(winter), clock.clf(summer), clock.clf(winter)]).toEqual([
        inWinter,
        inSummer,
        inWinter,
      ])
      expect(createClock(true).clf(winter)).toBe('08/Jan/2013:12:50:45 +0000')
    })
  })

  it('keep their milliseconds though the second is remembered', () => {
    zoned('Asia/Kolkata', () => {
      const clock = createClock(false)
      expect([clock.iso(winter), clock.iso(winter + 300), clock.iso(winter + 322)]).toEqual([
        '2013-01-08T18:20:45.678+05:30',
        '2013-01-08T18:20:45.978+05:30',
        '2013-01-08T18:20:46.000+05:30',
      ])
      expect(createClock(true).iso(summer)).toBe('2013-07-08T12:50:45.009Z')
    })
  })

  it('show the start of a request, not its end', async () => {
    const before = Math.floor(Date.now())
    const [line = ''] = await logged({}, ['/slow'], '%{msec}t %{end:msec}t')
    const [start = 0, end = 0] = line.split(' ').map(Number)
    expect(start).toBeGreaterThanOrEqual(before)
    expect(end - start).toBeGreaterThanOrEqual(SLOW_MS - 5)
  })

  it('can be in UTC and in a shape of their own', async () => {
    expect(await logged({ utc: true, timeFormat: '%Y%z' }, ['/'], '%t %(x)s'.slice(0, 2))).toEqual([
      `[${new Date().getUTCFullYear()}+0000]`,
    ])
  })
})
