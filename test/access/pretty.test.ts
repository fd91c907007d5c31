import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type AccessLogOptions, withAccessLog } from '../../src/access.ts'
import { stripAnsi } from '../../src/core/ansi.ts'
import { exchangeText, Lines, lastRequest, serve } from './support.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

async function app(req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.url?.startsWith('/slow')) await sleep(40)
  res.statusCode = Number(/\d{3}$/.exec(req.url ?? '')?.[0] ?? 200)
  res.end('x'.repeat(1500))
}

async function lineOf(
  target: string,
  terminal: object,
  options: AccessLogOptions = {},
  format = 'pretty',
): Promise<string> {
  const lines = new Lines()
  const stream = { ...lines.stream, ...terminal }
  const { port } = await serve(withAccessLog(app, format, { ...options, to: stream }) as never)
  await exchangeText(port, lastRequest(target))
  return lines.one()
}

describe('pretty', () => {
  it('is aligned and free of colours where the destination is no terminal', async () => {
    expect(await lineOf('/a/b?c=1', {})).toMatch(
      /^\d\d:\d\d:\d\d GET {5}200 +\d+(?:\.\d)? ms +1\.5 kB {2}\/a\/b\?c=1$/,
    )
  })

  it('has colours and a bar in a terminal, and none with NO_COLOR', async () => {
    const terminal = { isTTY: true, columns: 100 }
    vi.stubEnv('NO_COLOR', '')
    vi.stubEnv('FORCE_COLOR', '')
    vi.stubEnv('TERM', 'xterm-256color')
    const line = await lineOf('/slow', terminal, { slow: 20 })
    expect(line).toContain('\x1b[32m200\x1b[39m')
    expect(line).toMatch(/\x1b\[31m██?[▏▎▍▌▋▊▉]? *\x1b\[39m/)
    expect(stripAnsi(line)).toMatch(/ 200 █.* \d\d ms +1\.5 kB {2}\/slow {2}slow$/)
    expect(await lineOf('/x/404', terminal)).toContain('\x1b[33m404\x1b[39m')
    expect(await lineOf('/x/500', terminal)).toContain('\x1b[31m500\x1b[39m')
    vi.stubEnv('NO_COLOR', '1')
    expect(await lineOf('/a', terminal)).not.toContain('\x1b')
  })

  it('keeps to the width of the terminal', async () => {
    const line = await lineOf(`/${'x'.repeat(300)}`, { isTTY: true, columns: 80 }, { color: true })
    expect(stripAnsi(line)).toHaveLength(80)
    expect(line.endsWith('…')).toBe(true)
  })

  it('cannot be steered by what a client sends', async () => {
    expect(await lineOf('/"\\<x>', { isTTY: true, columns: 200 }, { color: true })).toContain(
      String.raw`/\"\\<x>`,
    )
  })

  it('shows in dev the colour of the status, only where the destination is a terminal', async () => {
    expect(await lineOf('/404', {}, { color: true }, 'dev')).toMatch(
      /^\x1b\[0mGET \/404 \x1b\[33m404\x1b\[0m \d+\.\d{3} ms - 1500\x1b\[0m$/,
    )
    expect(await lineOf('/404', {}, {}, 'dev')).toMatch(/^GET \/404 404 \d+\.\d{3} ms - 1500$/)
  })
})
