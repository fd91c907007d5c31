import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import http, { type IncomingMessage, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPeerChannel, type PeerChannel } from '../../src/debugger/processes/peer-channel.ts'
import { type Registration, registrations } from '../../src/debugger/processes/registration.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

const WORKERS = 4
let runtime: string
let folder: string
let app: AppProcess
let owner: DebuggerClient
let pin: string
/** As a program of this user could open it, which has read the secrets of the group. */
let channel: PeerChannel
let workers: readonly (Registration & { readonly socket: string })[]

const servers = new Set<Server>()

beforeAll(async () => {
  runtime = mkdtempSync(join(tmpdir(), 'rocksolid-peers-'))
  folder = join(runtime, 'rocksolid')
  app = await startApp('cluster.mjs', { env: { XDG_RUNTIME_DIR: runtime, WORKERS: String(WORKERS) } })
  const found = () =>
    (existsSync(folder) ? registrations(folder) : []).filter((one) => one.socket !== undefined)
  await vi.waitFor(() => expect(found()).toHaveLength(WORKERS), { timeout: 15_000, interval: 50 })
  workers = found() as typeof workers
  pin = (await app.printed(/PIN (\d\S+)/))[1] as string
  owner = await openErrorPage(app.port, '/fail')
  expect((await owner.unlock({ pin })).status).toBe(200)
  const [group = ''] = readdirSync(folder).filter((name) => name.startsWith('group-'))
  const { cookieKey } = JSON.parse(readFileSync(join(folder, group), 'utf8')) as { cookieKey: string }
  channel = openPeerChannel({ cookieKey: Buffer.from(cookieKey, 'base64url') })
})
afterAll(async () => {
  await app?.stop('SIGTERM')
  // As workers end they write and remove their files: each try looks anew, those of `maxRetries` would not.
  await vi.waitFor(() => rmSync(runtime, { recursive: true, force: true }), { timeout: 10_000, interval: 50 })
})
afterEach(async () => {
  for (const server of servers) {
    server.close()
    server.closeAllConnections()
  }
  servers.clear()
  // Whoever was attacked, no worker has run anything, and all of them answer.
  for (let turn = 0; turn < WORKERS; turn++)
    expect(await owner.evaluate('0.0', 'typeof globalThis.pwned')).toMatchObject({
      value: { text: "'undefined'" },
    })
  expect(app.stderr()).not.toMatch(/UnhandledPromiseRejection|ERR_UNHANDLED|replaced/)
})

const ownerPid = (): number => Number.parseInt(owner.data.error.split('-')[0] ?? '', 36)
const ownerWorker = () => workers.find((one) => one.pid === ownerPid()) as (typeof workers)[number]
const evaluation = (code: string): object => ({
  route: 'POST /evaluate',
  id: '',
  body: { error: owner.data.error, frame: '0.0', code },
  headers: {},
})

/** What was sent to a socket, to be sent again by anybody. */
interface Recorded {
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

function sendTo(socketPath: string, { headers, body }: Recorded): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const req = http.request({ socketPath, method: 'POST', headers, agent: false }, (res) => {
      let text = ''
      res.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body: text }))
    })
    req.on('error', reject)
    req.end(body)
  })
}

/** A socket that pretends to be a worker, found by the others through a file in their folder. */
async function impostor(
  answer: (recorded: Recorded, res: http.ServerResponse) => void,
): Promise<{ readonly asked: Recorded[]; readonly id: string; leave(): void }> {
  const asked: Recorded[] = []
  const server = http.createServer((req, res) => {
    void bodyOf(req).then((body) => {
      const { connection: _close, 'content-length': _length, ...headers } = req.headers
      asked.push({ headers, body })
      answer({ headers, body }, res)
    })
  })
  return { asked, ...(await takePlace(server)) }
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of req.setEncoding('utf8')) text += chunk
  return text
}

let places = 0
async function takePlace(server: Server): Promise<{ readonly id: string; leave(): void }> {
  servers.add(server)
  const socket = join(folder, `impostor-${places++}`)
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const { instance } = workers[0] as Registration
  const path = join(folder, `${process.pid}-${instance}.json`)
  // The oldest of all would decide about PINs.
  const forged = { ...workers[0], pid: process.pid, socket, startedAt: 1 }
  writeFileSync(path, JSON.stringify(forged), { mode: 0o600 })
  return { id: `${process.pid.toString(36)}-${'A'.repeat(22)}`, leave: () => unlinkSync(path) }
}

/** Asks until each worker must have been asked. */
async function fromEach<T>(ask: () => Promise<T>): Promise<T[]> {
  const answers: T[] = []
  for (let turn = 0; turn < WORKERS; turn++) answers.push(await ask())
  return answers
}

describe('a message between workers', () => {
  /** What a worker really sends, as somebody in between would see it. */
  const record = async (message: object): Promise<Recorded> => {
    const seen = await impostor((_recorded, res) => res.end('{}'))
    await channel
      .ask({ pid: ownerPid(), socket: join(folder, `impostor-${places - 1}`) }, message as never, 5000)
      .catch(() => {})
    seen.leave()
    return seen.asked[0] as Recorded
  }

  it('of the group is carried out, so that the refusals below mean something', async () => {
    const answer = await channel.ask(ownerWorker(), evaluation('6 * 7') as never, 5000)
    expect(JSON.stringify(answer)).toContain('42')
    const recorded = await record(evaluation('globalThis.control = 1'))
    expect((await sendTo(ownerWorker().socket, recorded)).status).toBe(200)
  })

  it('is carried out once: what was recorded cannot be sent again', async () => {
    const recorded = await record(evaluation('globalThis.times = (globalThis.times ?? 0) + 1'))
    const replies = await Promise.all([1, 2, 3].map(() => sendTo(ownerWorker().socket, recorded)))
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 403, 403])
    expect((await sendTo(ownerWorker().socket, recorded)).status).toBe(403)
    expect(await owner.evaluate('0.0', 'globalThis.times')).toMatchObject({ value: { text: '1' } })
  })

  it('is for one worker, and for none else', async () => {
    const recorded = await record({ list: true })
    for (const other of workers.filter((one) => one.pid !== ownerPid()))
      expect((await sendTo(other.socket, recorded)).status).toBe(403)
  })

  it.each<[string, (recorded: Recorded) => Recorded]>([
    ['without a seal', ({ body }) => ({ headers: { 'content-type': 'application/json' }, body })],
    [
      'with a seal of nobody',
      ({ headers, body }) => ({ headers: { ...headers, 'x-rocksolid-peer': 'A'.repeat(43) }, body }),
    ],
    [
      'with another text under the seal',
      ({ headers, body }) => ({
        headers,
        body: body.replace('globalThis.control', 'globalThis.pwned = 1 //'),
      }),
    ],
    [
      'with a later time',
      ({ headers, body }) => ({
        headers: {
          ...headers,
          'x-rocksolid-peer': String(headers['x-rocksolid-peer']).replace(/^\d+/, String(Date.now() + 5)),
        },
        body,
      }),
    ],
    [
      'with another number',
      ({ headers, body }) => ({
        headers: {
          ...headers,
          'x-rocksolid-peer': String(headers['x-rocksolid-peer']).replace(
            /\.[\w-]{22}\./,
            `.${'A'.repeat(22)}.`,
          ),
        },
        body,
      }),
    ],
    ['as a text that is no JSON', ({ headers }) => ({ headers, body: 'globalThis.pwned = 1' })],
    [
      'of another type',
      ({ headers, body }) => ({ headers: { ...headers, 'content-type': 'text/plain' }, body }),
    ],
  ])('is refused %s', async (_name, forge) => {
    const forged = forge(await record(evaluation('globalThis.control')))
    const reply = await sendTo(ownerWorker().socket, forged)
    expect(reply).toEqual({ status: 403, body: '' })
  })

  it('is refused when it is old, or of another group', async () => {
    const { now } = Date
    try {
      for (const shift of [-120_000, 120_000]) {
        Date.now = () => now() + shift
        await expect(
          channel.ask(ownerWorker(), evaluation('globalThis.pwned = 1') as never, 5000),
        ).rejects.toThrow()
      }
    } finally {
      Date.now = now
    }
    const foreign = openPeerChannel({ cookieKey: Buffer.alloc(32) })
    await expect(
      foreign.ask(ownerWorker(), evaluation('globalThis.pwned = 1') as never, 5000),
    ).rejects.toThrow()
  })

  it('larger than a request may be is refused, and a shape that nobody sends does no harm', async () => {
    const huge = { ...evaluation('1'), padding: 'x'.repeat(2_000_000) }
    await expect(channel.ask(ownerWorker(), huge as never, 5000)).rejects.toThrow()
    for (const message of [
      { route: 'POST /unlock', id: 1, body: null, headers: 7 },
      { route: '__proto__', body: { __proto__: { pwned: 1 } } },
      { news: { name: 'arm', body: { error: 'x', positions: 'nothing' } } },
      { news: { name: 'failed', body: { count: 'NaN' } } },
      { news: { name: 'lock', body: { cookie: {} } } },
      { news: 7 },
      { pin: 7 },
      {},
    ])
      await channel.ask(ownerWorker(), message as never, 5000).catch(() => {})
  })
})

describe('a program of this user that takes the place of a worker, without the secrets', () => {
  it('answers for nobody, and what it was sent opens nothing', async () => {
    const page = JSON.stringify({
      status: 200,
      type: 'text/html',
      body: '<h1>forged</h1>',
      headers: { 'x-forged': '1' },
    })
    const liar = await impostor((_recorded, res) => res.end(page))
    const path = `/__rocksolid/errors/${liar.id}`
    for (const reply of await fromEach(() =>
      request({ port: app.port, path, headers: { accept: 'text/html' } }),
    )) {
      expect(reply.body).not.toContain('forged')
      expect(reply.headers['x-forged']).toBeUndefined()
    }
    const body = { error: liar.id, frame: '0.0', code: 'globalThis.pwned = 1' }
    for (const reply of await fromEach(() => owner.post('evaluate', body)))
      expect([reply.status, JSON.parse(reply.body)]).toMatchObject([410, { error: 'Expired' }])
    expect(liar.asked.length).toBeGreaterThanOrEqual(2 * WORKERS)
    for (const recorded of liar.asked)
      for (const one of workers) expect((await sendTo(one.socket, recorded)).status).toBe(403)
    liar.leave()
  })

  it('decides about no PIN', async () => {
    const liar = await impostor((_recorded, res) => res.end('"right"'))
    const guesser = await openErrorPage(app.port, '/fail')
    expect((await guesser.unlock({ pin: '000-000-001' })).status).toBe(403)
    expect(liar.asked.length).toBeGreaterThan(0)
    liar.leave()
    expect((await owner.unlock({ pin })).status).toBe(200)
  })

  it('that answers without end, or never, holds up neither list nor memory', async () => {
    const chunk = 'x'.repeat(1 << 20)
    let sent = 0
    const endless = await impostor((_recorded, res) => {
      const more = (): void => {
        while (!res.destroyed && res.write(chunk)) sent += chunk.length
        if (!res.destroyed) res.once('drain', more)
        sent += chunk.length
      }
      more()
    })
    const before = Number(
      ((await owner.evaluate('0.0', 'process.memoryUsage().rss')) as { value: { text: string } }).value.text,
    )
    const reply = await request({
      port: app.port,
      path: `/__rocksolid/errors/${endless.id}`,
      headers: { accept: 'text/html' },
    })
    expect(reply.body).toContain('no longer kept')
    expect(sent).toBeLessThan(200 * (1 << 20))
    endless.leave()
    const after = Number(
      ((await owner.evaluate('0.0', 'process.memoryUsage().rss')) as { value: { text: string } }).value.text,
    )
    expect(after - before).toBeLessThan(300 * (1 << 20))

    const silent = await impostor(() => {})
    const list = await owner.post('errors', {})
    expect(JSON.parse(list.body)).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ id: owner.data.error })]),
    })
    silent.leave()
  })
})

describe('a worker with the secrets that is broken, or lies', () => {
  it.each<[string, unknown]>([
    [
      'a header that splits the answer',
      { status: 200, type: 'text/html', body: '', headers: { 'x-a': 'b\r\nset-cookie: c' } },
    ],
    ['a header name that is none', { status: 200, type: 'text/html', body: '', headers: { 'a b': 'c' } }],
    ['a type that splits the answer', { status: 200, type: 'text/html\r\nx: y', body: '' }],
    ['a status that is none', { status: 99_999, type: 'text/html', body: '' }],
    ['a status of a protocol', { status: 101, type: 'text/html', body: '' }],
    ['a body that is no text', { status: 200, type: 'text/html', body: { length: 5 } }],
    ['headers that are no texts', { status: 200, type: 'text/html', body: '', headers: { 'x-a': { b: 1 } } }],
    ['a list', []],
    ['nothing', null],
    ['a number', 7],
  ])('harms nobody by %s', async (_name, answer) => {
    const server = channel.serve(async () => answer)
    const liar = await takePlace(server)
    const path = `/__rocksolid/errors/${liar.id}`
    for (const reply of await fromEach(() =>
      request({ port: app.port, path, headers: { accept: 'text/html' } }),
    ))
      expect([reply.status, reply.body]).toEqual([200, expect.stringContaining('no longer kept')])
    for (const reply of await fromEach(() => owner.post('errors', {}))) {
      const { errors } = JSON.parse(reply.body) as { errors: { id: string }[] }
      expect(errors.map(({ id }) => id)).toContain(owner.data.error)
    }
    liar.leave()
  })

  it('harms nobody by lines of the list', async () => {
    const line = {
      id: 'x',
      fingerprint: 'f',
      at: 1,
      name: 'n',
      message: 'm',
      request: 'r',
      count: 1,
      first: 1,
      last: 1,
    }
    const lines = [
      { ...line, id: '"><script>' },
      { ...line, at: Number.MAX_VALUE },
      { ...line, at: '1' },
      { ...line, name: {} },
      { ...line, count: 'many' },
      { ...line, request: 5 },
      null,
      7,
    ]
    const server = channel.serve(async () => [...lines, { ...line, id: 'whole', name: 'Whole' }])
    const liar = await takePlace(server)
    for (const reply of await fromEach(() => request({ port: app.port, path: '/__rocksolid/' }))) {
      expect([reply.status, reply.body]).toEqual([200, expect.stringContaining('Whole')])
      expect(reply.body).not.toContain('><script>"')
    }
    liar.leave()
  })
})
