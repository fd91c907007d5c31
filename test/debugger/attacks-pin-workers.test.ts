import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { GroupAttempts } from '../../src/debugger/processes/group-attempts.ts'
import type { PeerNews } from '../../src/debugger/processes/peers.ts'
import { type Registration, registrations } from '../../src/debugger/processes/registration.ts'
import { Attempts } from '../../src/debugger/trust/attempts.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'

const WORKERS = 4
const GUESSES = 10_000

describe('10,000 guesses over four workers', () => {
  let runtime: string
  let app: AppProcess

  const found = (): readonly Registration[] => registrations(join(runtime, 'rocksolid'))

  beforeAll(async () => {
    runtime = mkdtempSync(join(tmpdir(), 'rocksolid-pins-'))
    app = await startApp('cluster.mjs', { env: { XDG_RUNTIME_DIR: runtime, WORKERS: String(WORKERS) } })
    await vi.waitFor(
      () => expect(found().filter(({ socket }) => socket !== undefined)).toHaveLength(WORKERS),
      { timeout: 15_000, interval: 50 },
    )
  })
  afterAll(async () => {
    await app?.stop('SIGTERM')
    // The workers end after their primary, and take their files away themselves.
    await vi.waitFor(() => rmSync(runtime, { recursive: true, force: true }), { timeout: 15_000 })
  })

  it('get no more decided than on one, and the link still works at once', async () => {
    const guesser = await openErrorPage(app.port, '/fail')
    const [, key = ''] = await app.printed(/#unlock=([\w-]{22})/)
    const agent = new http.Agent({ maxSockets: 64 })
    const guess = (index: number): Promise<number> =>
      new Promise((resolve) => {
        const headers = { 'content-type': 'application/json', ...guesser.credentials() }
        const req = http.request(
          { host: 'localhost', port: app.port, method: 'POST', path: '/__rocksolid/unlock', headers, agent },
          (res) => {
            res.resume()
            res.on('end', () => resolve(res.statusCode ?? 0))
          },
        )
        // Those that still wait when the application is stopped.
        req.on('error', () => resolve(0))
        req.end(JSON.stringify({ pin: String(index).padStart(9, '0') }))
      })
    const statuses: number[] = []
    const startedAt = performance.now()
    const enough = new Promise<void>((resolve) => {
      for (let index = 0; index < GUESSES; index++)
        void guess(index).then((status) => {
          statuses.push(status)
          // All but the few that wait.
          if (statuses.length >= GUESSES - 2 * WORKERS) resolve()
        })
    })
    await enough
    const seconds = (performance.now() - startedAt) / 1000
    const decided = statuses.filter((status) => status === 403).length
    expect(statuses.every((status) => status === 403 || status === 429)).toBe(true)
    // Three are free, then 0.5, 1, 2, 4, 8, 16, 30, 30 s: each worker by itself would have let as many through.
    const allowed = 3 + Math.ceil(Math.log2(2 * Math.min(seconds, 30) + 1)) + Math.ceil(seconds / 30) + 1
    expect(decided).toBeLessThanOrEqual(allowed)
    expect((await (await openErrorPage(app.port, '/fail')).unlock({ key })).status).toBe(200)
    agent.destroy()
  }, 300_000)

  it('do not begin anew when the worker that counts them has died', async () => {
    const keeper = [...found()].sort((a, b) => a.startedAt - b.startedAt || a.pid - b.pid)[0] as Registration
    process.kill(keeper.pid, 'SIGKILL')
    await app.printed(/replaced/)
    const guesser = await openErrorPage(app.port, '/fail')
    const startedAt = performance.now()
    const { status } = await guesser.unlock({ pin: '123-123-124' })
    const ms = performance.now() - startedAt
    // The others know of the failures before: nothing is free, whoever decides now.
    expect([403, 429]).toContain(status)
    if (status === 403) expect(ms).toBeGreaterThan(900)
  })
})

describe('attempts of a group', () => {
  /** Workers in one process; each hears what the others tell, and waits for nothing but the test's clock. */
  function group(count: number) {
    const waits: number[] = []
    const members: GroupAttempts[] = []
    for (let index = 0; index < count; index++) {
      const own = new Attempts(async (ms) => void waits.push(ms))
      const peers = {
        attempt: async (pin: string) => (index === 0 ? undefined : await members[0]?.decide(pin)),
        tell: (news: PeerNews) => {
          for (const other of members) if (other !== members[index]) other.hear(news)
        },
      }
      members.push(
        new GroupAttempts(
          own,
          (pin) => pin === 'right',
          () => peers,
        ),
      )
    }
    return { members: members as [GroupAttempts, ...GroupAttempts[]], waits }
  }
  const told = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 120))

  it('wait for each other, whichever worker is asked', async () => {
    const { members, waits } = group(4)
    for (let turn = 0; turn < 12; turn++) expect(await members[turn % 4]?.attempt('wrong')).toBe('wrong')
    expect(waits).toEqual([0, 0, 0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  })

  it('that another worker has decided make room for others', async () => {
    const { members } = group(2)
    const attempts = members[1] as GroupAttempts
    for (let turn = 0; turn < 20; turn++) expect(await attempts.attempt('wrong')).toBe('wrong')
    expect(await attempts.attempt('right')).toBe('right')
  })

  it('at once wait in one line, and the rest is refused', async () => {
    const { members, waits } = group(4)
    const results = await Promise.all(
      Array.from({ length: 400 }, (_one, index) => members[index % 4]?.attempt('wrong')),
    )
    const wrong = results.filter((result) => result === 'wrong').length
    expect(wrong).toBeLessThanOrEqual(8)
    expect(results.length - wrong).toBe(results.filter((result) => typeof result === 'object').length)
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(30_000)
  })

  it('that fail elsewhere than at the PIN count in each worker, and the right PIN forgives in each', async () => {
    const { members, waits } = group(4)
    for (let turn = 0; turn < 5; turn++) members[3]?.noteFailure()
    await told()
    expect(await members[1]?.attempt('wrong')).toBe('wrong')
    expect(waits).toEqual([2000])
    await told()
    expect(await members[2]?.attempt('right')).toBe('right')
    for (const member of members) expect(await member.decide('right')).toBe('right')
    expect(waits.slice(1)).toEqual([4000, 0, 0, 0, 0])
  })

  it('are decided here where the worker that decides is silent', async () => {
    const own = new Attempts(async () => {})
    const peers = { attempt: async () => undefined, tell() {} }
    const attempts = new GroupAttempts(
      own,
      (pin) => pin === 'right',
      () => peers,
    )
    expect(await attempts.attempt('wrong')).toBe('wrong')
    expect(await attempts.attempt('right')).toBe('right')
  })
})
