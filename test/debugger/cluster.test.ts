import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ErrorSummary, EvaluateAnswer } from '../../src/debugger/protocol.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage, pageData } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let runtime: string
let app: AppProcess

beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'rocksolid-cluster-'))
})
afterEach(async () => {
  await app?.stop('SIGTERM')
  // Workers that end after their primary write and remove their files at the same time. Each try looks anew; those of
  // `maxRetries` would not.
  await vi.waitFor(() => rmSync(runtime, { recursive: true, force: true }), { timeout: 10_000, interval: 50 })
})

const files = (): string[] => {
  const folder = join(runtime, 'rocksolid')
  return existsSync(folder) ? readdirSync(folder) : []
}

/** The workers that have told where they are reached. */
const pids = (): string[] => files().flatMap((name) => /^(\d+)-.*json$/.exec(name)?.[1] ?? [])

async function start(node = process.execPath): Promise<void> {
  app = await startApp('cluster.mjs', { node, env: { XDG_RUNTIME_DIR: runtime, WORKERS: '3' } })
  // Each worker has told where the others reach it.
  const told = (name: string): boolean =>
    readFileSync(join(runtime, 'rocksolid', name), 'utf8').includes('"socket"')
  await expect.poll(() => files().filter((name) => /^\d.*json$/.test(name) && told(name)).length).toBe(3)
}

async function unlocked(path: string): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, path)
  const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
  expect((await client.unlock({ pin })).status).toBe(200)
  return client
}

/** The worker that owns an error, as its id says. */
const ownerOf = (id: string): string => String(Number.parseInt(id.split('-')[0] ?? '', 36))

describe.each(RUNTIMES)('three workers behind one port, on %s', (_name, node) => {
  it('reach the console of the worker that owns the error, whichever of them is asked', async () => {
    await start(node)
    const client = await unlocked('/fail')
    const owner = ownerOf(client.data.error)
    expect(client.page.body).toContain(`failed in worker ${owner}`)
    for (let turn = 0; turn < 6; turn++) {
      expect(await client.evaluate('0.0', 'process.pid')).toMatchObject({ value: { text: owner } })
    }
    expect(await client.evaluate('0.0', 'let kept = 41')).toMatchObject({ kind: 'value' })
    for (let turn = 0; turn < 3; turn++)
      expect(await client.evaluate('0.0', 'kept + 1')).toMatchObject({ value: { text: '42' } })
    expect(await client.evaluate('0.0', 'console.log("from the owner")')).toMatchObject({
      output: [{ stream: 'stdout', text: 'from the owner' }],
    })
    expect(await client.evaluate('0.0', 'let y = = 1')).toMatchObject({ kind: 'syntax-error', column: 9 })
  })

  it('show the page and the list of all of them, and count a bug over all', async () => {
    await start(node)
    const clients = [await unlocked('/fail')]
    const owners = (): ReadonlySet<string> => new Set(clients.map((one) => ownerOf(one.data.error)))
    while (owners().size < 3 && clients.length < 20) clients.push(await openErrorPage(app.port, '/fail'))
    expect(owners().size).toBe(3)
    const [client] = clients as [DebuggerClient]
    for (let turn = 0; turn < 3; turn++) {
      const listed = async (): Promise<readonly ErrorSummary[]> =>
        (JSON.parse((await client.post('errors', {})).body) as { errors: ErrorSummary[] }).errors
      await expect
        .poll(async () => (await listed()).map(({ count }) => count))
        .toEqual(clients.map(() => clients.length))
      await expect.poll(async () => new Set((await listed()).map(({ id }) => ownerOf(id))).size).toBe(3)
      const all = new Set(clients.map((one) => one.data.error))
      const list = { body: '' }
      await expect
        .poll(async () => {
          list.body = (await request({ port: app.port, path: '/__rocksolid/' })).body
          return new Set([...list.body.matchAll(/\/errors\/([\w-]+)"/g)].map(([, id = '']) => id))
        })
        .toEqual(all)
      // A bug stands there once, with all of its errors.
      expect(list.body.match(/failed in worker \d+/g)).toHaveLength(1)
      for (const one of clients) {
        const page = await request({ port: app.port, path: `/__rocksolid/errors/${one.data.error}` })
        expect(page.status).toBe(200)
        expect(pageData(page.body)).toMatchObject({ error: one.data.error, token: client.data.token })
        expect(page.body).toContain(`failed in worker ${ownerOf(one.data.error)}`)
      }
    }
  })
})

/** The page of an error, first as it was sent, then anew: what a slow worker did not tell in time comes with it. */
function shownAgain(id: string, first: string): () => Promise<string> {
  const shown = [first]
  return async () =>
    shown.pop() ?? (await request({ port: app.port, path: `/__rocksolid/errors/${id}` })).body
}

describe('the way from one error to the next', () => {
  it('goes through the errors of all workers, whichever is asked, and counts a bug over all', async () => {
    await start()
    const ids: string[] = []
    const owners = new Set<string>()
    for (let turn = 0; turn < 20 && owners.size < 3; turn++) {
      const { data, page } = await openErrorPage(app.port, '/fail')
      ids.unshift(data.error)
      owners.add(ownerOf(data.error))
      const shown = shownAgain(data.error, page.body)
      if (ids.length > 1) await expect.poll(shown).toMatch(new RegExp(`Seen ${ids.length} times since`))
      await expect.poll(shown).toContain(ids.length === 1 ? 'All errors' : `All ${ids.length} errors`)
    }
    expect(owners.size).toBe(3)
    const walk = async (): Promise<readonly { readonly id: string; readonly hasNext: boolean }[]> => {
      const walked: { readonly id: string; readonly hasNext: boolean }[] = []
      for (let id = ids[0]; id !== undefined; ) {
        const { body } = await request({ port: app.port, path: `/__rocksolid/errors/${id}` })
        walked.push({ id, hasNext: body.includes('rel="next"') })
        id = /href="\/__rocksolid\/errors\/([\w-]+)" rel="prev"/.exec(body)?.[1]
      }
      return walked
    }
    for (let turn = 0; turn < 3; turn++)
      await expect.poll(walk).toEqual(ids.map((id, index) => ({ id, hasNext: index > 0 })))
  })

  it.skipIf(process.platform === 'win32')('says when a worker does not answer', async () => {
    await start()
    const client = await unlocked('/fail')
    const owner = ownerOf(client.data.error)
    const stopped = Number(pids().find((pid) => pid !== owner))
    process.kill(stopped, 'SIGSTOP')
    try {
      // The primary gives it one connection, which waits.
      const waiting = Array.from({ length: 3 }, () => request({ port: app.port, path: '/' }))
      await Promise.race(waiting)
      // Where the machine is slow, another one may not answer in time either, once.
      await Promise.all([
        expect
          .poll(async () => (await request({ port: app.port, path: '/__rocksolid/' })).body)
          .toContain('One worker does not answer; its errors are missing here.'),
        expect
          .poll(async () => (await openErrorPage(app.port, '/fail')).page.body)
          .toContain('One worker does not answer'),
        expect
          .poll(async () => JSON.parse((await client.post('errors', {})).body))
          .toMatchObject({ silent: 1 }),
      ])
      process.kill(stopped, 'SIGCONT')
      await Promise.all(waiting)
      await expect
        .poll(async () => (await request({ port: app.port, path: '/__rocksolid/' })).body)
        .not.toContain('does not answer')
    } finally {
      process.kill(stopped, 'SIGCONT')
    }
  })
})

describe('the workers of one primary', () => {
  it('share PIN, token and session: one unlocked is unlocked in each, one locked is locked in each', async () => {
    await start()
    const client = await unlocked('/fail')
    expect(app.stderr().match(/console PIN/g)).toHaveLength(1)
    const answers = async (): Promise<number[]> => {
      const replies = []
      for (let turn = 0; turn < 6; turn++)
        replies.push(
          (await client.post('evaluate', { error: client.data.error, frame: '0.0', code: '1' })).status,
        )
      return replies
    }
    expect(await answers()).toEqual([200, 200, 200, 200, 200, 200])
    // The cookie a thief has kept, after the owner has locked.
    const stolen = (await client.unlock({ pin: (await app.printed(/PIN (\d\S+)/))[1] as string })).headers[
      'set-cookie'
    ]?.[0]?.split(';')[0] as string
    await client.post('lock', {})
    const asThief = async (): Promise<number[]> => {
      const replies = []
      for (let turn = 0; turn < 6; turn++) {
        const body = { error: client.data.error, frame: '0.0', code: '1' }
        replies.push((await client.post('evaluate', body, { cookie: stolen })).status)
      }
      return replies
    }
    await expect.poll(asThief).toEqual([401, 401, 401, 401, 401, 401])
  })

  it('arm the awaits of an error in all of them: the request made again is live wherever it lands', async () => {
    await start()
    const first = await unlocked('/later')
    expect(first.live).toEqual(['0.0'])
    const seen = new Set<string>()
    await expect
      .poll(
        async () => {
          const again = await openErrorPage(app.port, '/later')
          if (again.live.length > 1) seen.add(ownerOf(again.data.error))
          return seen.size
        },
        { timeout: 30_000 },
      )
      .toBe(3)
  })

  it('say that an error is expired when its worker has died, and take a new worker in', async () => {
    await start()
    const client = await unlocked('/fail')
    const owner = ownerOf(client.data.error)
    process.kill(Number(owner), 'SIGKILL')
    await app.printed(/replaced/)
    for (let turn = 0; turn < 4; turn++) {
      const reply = await client.post('evaluate', { error: client.data.error, frame: '0.0', code: '1' })
      expect([reply.status, JSON.parse(reply.body)]).toMatchObject([410, { error: 'Expired' }])
    }
    const pids = new Set<string>()
    for (let turn = 0; turn < 20 && pids.size < 3; turn++)
      pids.add(ownerOf((await openErrorPage(app.port, '/fail')).data.error))
    expect(pids.size).toBe(3)
    expect(pids.has(owner)).toBe(false)
    expect((await client.post('errors', {})).status).toBe(200)
  })

  it('answer each other only by the secret of the group, in a folder that is the user’s alone', async () => {
    await start()
    const sockets = files().filter((name) => name.endsWith('.sock'))
    expect(sockets).toHaveLength(3)
    expect(statSync(join(runtime, 'rocksolid')).mode & 0o777).toBe(0o700)
    const [group = ''] = files().filter((name) => name.startsWith('group-'))
    expect(statSync(join(runtime, 'rocksolid', group)).mode & 0o777).toBe(0o600)
    const ask = (headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const req = http.request(
          {
            socketPath: join(runtime, 'rocksolid', sockets[0] as string),
            method: 'POST',
            headers,
            agent: false,
          },
          (res) => {
            res.resume()
            resolve(res.statusCode ?? 0)
          },
        )
        req.on('error', reject)
        req.end('{"list":true}')
      })
    expect(await ask({ 'content-type': 'application/json' })).toBe(403)
    expect(await ask({ 'content-type': 'application/json', 'x-rocksolid-peer': 'a'.repeat(43) })).toBe(403)
  })

  it('leave nothing behind when they end', async () => {
    await start()
    expect(files().length).toBe(7)
    await app.stop('SIGTERM')
    // The workers hear of it when their channel to the primary closes.
    await expect.poll(files, { timeout: 10_000 }).toEqual([])
  })
})

describe('answers between workers', () => {
  it('carry values as they are', async () => {
    await start()
    const client = await unlocked('/fail')
    for (let turn = 0; turn < 3; turn++) {
      const answer: EvaluateAnswer = await client.evaluate('0.0', '({ deep: { er: [1, 2, { three: 3 }] } })')
      expect(answer).toMatchObject({ kind: 'value', value: { text: '{ deep: { er: [1, 2, {…}] } }' } })
    }
  })
})
