import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { AccessLogger, type AccessLogOptions, accessLog, withAccessLog } from '../../src/access.ts'
import { createLogger, fileSink } from '../../src/logger.ts'
import { exchangeText, lastRequest, serve } from './support.ts'

function run(options: object, scene: string): ChildProcess & { text: { out: string; err: string } } {
  const app = join(import.meta.dirname, 'app.mjs')
  const child = spawn(process.execPath, ['--import', 'tsx', app, JSON.stringify(options), scene], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    text.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.err += chunk
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return Object.assign(child, { text }) as never
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'access-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

describe('a process that ends', () => {
  it.each([
    ['ends', 0, null],
    ['exits', 3, null],
    ['throws', 1, null],
    ['is killed', null, 'SIGTERM'],
  ])(
    'when it %s has written every line, to stdout and to a file, however they are gathered',
    async (scene, code, signal) => {
      const file = join(folder(), 'deep', 'access.log')
      const started = performance.now()
      const out = run({}, scene)
      const held = run({ to: file, buffer: { interval: 60_000 } }, scene)
      expect(await once(out, 'close')).toEqual([code, signal])
      expect(out.text.out).toBe('/1\n/2\n')
      if (held.exitCode === null && held.signalCode === null) await once(held, 'close')
      expect([held.exitCode, held.signalCode]).toEqual([code, signal])
      expect(readFileSync(file, 'utf8')).toBe('/1\n/2\n')
      expect(performance.now() - started).toBeLessThan(50_000)
    },
  )

  it('shows lines in real time', async () => {
    const child = run({}, 'stays')
    await vi.waitFor(() => expect(child.text.out).toBe('/1\n/2\n'), { timeout: 20_000 })
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([null, 'SIGTERM'])
  })

  it.each(['SIGINT', 'SIGHUP', 'SIGTERM'] as const)(
    'ends by %s, with what was held back written',
    async (signal) => {
      const file = join(folder(), 'access.log')
      const child = run({ to: file, buffer: { interval: 60_000 } }, 'stays')
      await vi.waitFor(() => expect(child.text.err).toContain('answered'), { timeout: 20_000 })
      expect(readFileSync(file, 'utf8')).toBe('')
      child.kill(signal)
      expect(await once(child, 'close')).toEqual([null, signal])
      expect(readFileSync(file, 'utf8')).toBe('/1\n/2\n')
    },
  )

  it('goes on when nobody reads stdout any more', async () => {
    const child = run({}, 'goes on')
    child.stdout?.once('data', () => child.stdout?.destroy()).once('close', () => child.kill('SIGUSR2'))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(child.text.err).toContain('still here')
    expect(child.text.err).toContain('rocksolid access log: the destination failed: Error: write EPIPE')
  })

  it('goes on when the disk is full', async () => {
    const child = run({ to: '/dev/full' }, 'goes on')
    await vi.waitFor(() => expect(child.text.err).toContain('asked'), { timeout: 20_000 })
    child.kill('SIGUSR2')
    expect(await once(child, 'close')).toEqual([0, null])
    expect(child.text.err).toContain('still here')
    expect(child.text.err.match(/the destination failed: Error: ENOSPC/g)).toHaveLength(1)
  })
})

async function served(options: AccessLogOptions, format = ':url') {
  const logger = new AccessLogger(format, options)
  onTestFinished(() => logger.close())
  const { port } = await serve(withAccessLog((_req, res) => res.end('x'), logger))
  return { logger, ask: (target: string) => exchangeText(port, lastRequest(target)) }
}

describe('a destination', () => {
  it('can be a file, which is appended to', async () => {
    const file = join(folder(), 'access.log')
    const { logger, ask } = await served({ to: file })
    await ask('/1')
    await logger.close()
    const again = await served({ to: file })
    await again.ask('/2')
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toBe('/1\n/2\n'), 15_000)
  })

  it.runIf(process.platform !== 'win32')(
    'is a file that other users do not read, unless it was there',
    async () => {
      const file = join(folder(), 'access.log')
      const before = process.umask(0)
      onTestFinished(() => void process.umask(before))
      const { logger } = await served({ to: file })
      await logger.close()
      expect(statSync(file).mode & 0o777).toBe(0o640)
      chmodSync(file, 0o664)
      const again = await served({ to: file })
      await again.logger.close()
      expect(statSync(file).mode & 0o777).toBe(0o664)
    },
  )

  it('can be a stream, one write for the lines of a moment', async () => {
    const written: string[] = []
    const { logger, ask } = await served({
      stream: { write: (text: string) => written.push(text) },
      buffer: 60_000,
    })
    await ask('/1')
    await ask('/2')
    expect(written).toEqual([])
    logger.flush()
    expect(written).toEqual(['/1\n/2\n'])
  })

  it('is written when so much has been gathered', async () => {
    const written: string[] = []
    const { ask } = await served({
      to: { write: (text: string) => written.push(text) },
      buffer: { size: 8, interval: 60_000 },
    })
    await ask('/1')
    await ask('/22')
    await ask('/333')
    await vi.waitFor(() => expect(written).toEqual(['/1\n/22\n/333\n']), 15_000)
  })

  it('is not written while it is full; lines wait up to the bound, further ones are counted', async () => {
    const written: string[] = []
    let release: () => void = () => {}
    const stream = new Writable({
      highWaterMark: 1,
      decodeStrings: false,
      write(chunk, _encoding, callback) {
        written.push(chunk)
        release = callback
      },
    })
    const { logger, ask } = await served({ to: stream, maxPending: 1024 })
    const long = `/${'x'.repeat(400)}`
    for (const target of ['/first', long, long, long, long]) await ask(target)
    await vi.waitFor(() => expect(logger.dropped).toBe(2), 15_000)
    expect(written).toEqual(['/first\n'])
    release()
    await vi.waitFor(() => expect(written).toEqual(['/first\n', `${long}\n${long}\n`]), 15_000)
    release()
  })

  it('is told of once when it fails, and ends nothing', async () => {
    const onError = vi.fn()
    const stream = new Writable({ write: (_chunk, _encoding, callback) => callback(new Error('broken')) })
    const { ask } = await served({ to: stream, onError })
    expect(await ask('/1')).toContain('200 OK')
    await vi.waitFor(() => expect(onError).toHaveBeenCalled(), 15_000)
    expect(await ask('/2')).toContain('200 OK')
    await sleep(20)
    expect(onError.mock.calls.map(([error]) => String(error))).toEqual(['Error: broken'])
  })

  it('is told of when it throws, and lines are tried again', async () => {
    const onError = vi.fn()
    const written: string[] = []
    let failures = 1
    const { ask } = await served({
      to: {
        write(text: string) {
          if (failures-- > 0) throw new Error('not now')
          written.push(text)
        },
      },
      onError,
    })
    await ask('/1')
    await ask('/2')
    await vi.waitFor(() => expect(written).toEqual(['/1\n/2\n']), { timeout: 15_000 })
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it('can be a logger of this package, at the level of each request', async () => {
    const records: { level: string; message: string; status: unknown; method: unknown }[] = []
    const logger = createLogger({
      sinks: [
        (record) =>
          records.push({
            level: record.level,
            message: record.message,
            status: record.fields.status,
            method: record.fields.method,
          }),
      ],
    })
    onTestFinished(() => logger.close())
    const log = accessLog(':url :status', { to: logger })
    const { port } = await serve((req, res) => {
      log(req, res)
      res.statusCode = req.url === '/bad' ? 500 : 200
      res.end('x')
    })
    await exchangeText(port, lastRequest('/fine'))
    await exchangeText(port, lastRequest('/bad'))
    await vi.waitFor(() => expect(records).toHaveLength(2), 15_000)
    expect(records).toEqual([
      { level: 'info', message: '/fine 200', status: 200, method: 'GET' },
      { level: 'error', message: '/bad 500', status: 500, method: 'GET' },
    ])
  })

  it('can be a sink of this package, with its rotation', async () => {
    const file = join(folder(), 'app.log')
    const sink = fileSink(file)
    const { ask } = await served({ to: sink }, ':url :status')
    await ask('/1')
    await vi.waitFor(() => expect(readFileSync(file, 'utf8')).toContain('/1 200'), 15_000)
    await sink.close?.()
  })

  it('is refused at once when it cannot be opened', () => {
    const path = folder()
    expect(() => accessLog('tiny', { to: path })).toThrow(/cannot be opened for appending: EISDIR/)
    if (process.getuid?.() !== 0) {
      chmodSync(path, 0o500)
      expect(() => accessLog('tiny', { to: join(path, 'a.log') })).toThrow(/EACCES/)
    }
    expect(() => accessLog('tiny', { to: '' })).toThrow(/option "to" is ""/)
  })
})
