/** What must hold for every server on every runtime, whatever framework it is made with. One table. */

import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import type { AppProcess } from '../support/app-process.ts'
import type { Client, Reply } from './client.ts'

/** A server that runs under `rocksolid/register`, and a connection to it. */
export interface Subject {
  readonly app: AppProcess
  readonly client: Client
  readonly open: () => Client
  readonly isSecure: boolean
}

export interface Behaviour {
  readonly name: string
  /** Fails by throwing. */
  readonly check: (subject: Subject) => Promise<void>
}

/** The access log of a subject: combined, with the milliseconds to the header and to the end. */
export const LINE = '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %{response-time}x %{total-time}x'

const SORRY = 'try again later'
const JSON_CLIENT = { accept: 'application/json' }
let lastId = 0
const newId = (): string => `id${++lastId}x`

export const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: 'logged once',
    async check({ app, client }) {
      const id = newId()
      const reply = await client.get(`/ok?id=${id}`)
      assert.deepEqual([reply.status, reply.body], [200, 'ok'])
      await loggedOnce(app, `/ok?id=${id}`, 200, 2)
      await app.printed(new RegExp(`printed by ${id}`))
    },
  },
  { name: 'sync throw', check: (subject) => failsWithPage(subject, '/sync', 'sync') },
  { name: 'async throw', check: (subject) => failsWithPage(subject, '/async', 'async') },
  { name: 'nested rejection', check: (subject) => failsWithPage(subject, '/nested', 'nested') },
  { name: 'caught decoys', check: (subject) => failsWithPage(subject, '/decoy', 'decoy') },
  { name: 'cause', check: (subject) => failsWithPage(subject, '/wrapped', 'inner') },
  { name: 'thrown string', check: (subject) => failsWithPage(subject, '/text', 'a string') },
  { name: "framework's idiom", check: (subject) => failsWithPage(subject, '/next', 'passed') },
  { name: 'throw in a timer', check: (subject) => failsWithPage(subject, '/timer', 'timer') },
  { name: 'throw in an event', check: (subject) => failsWithPage(subject, '/emitter', 'emitter') },
  {
    name: 'printed once',
    async check({ app, client }) {
      for (const [kind, accept] of [
        ['sync', 'text/html'],
        ['async', 'application/json'],
      ] as const) {
        const id = newId()
        await client.get(`/${kind}?id=${id}`, { accept })
        await app.printed(new RegExp(`TypeError: ${kind} ${id}`))
        // What was printed with it is there when the line of a later request is.
        await client.get(`/ok?id=${id}after`)
        await app.printed(new RegExp(`"GET /ok\\?id=${id}after `))
        const printed = app.stderr().match(new RegExp(`TypeError: ${kind} ${id}\\s*\\n`, 'g'))
        assert.equal(printed?.length, 1)
      }
    },
  },
  {
    name: 'own 503 untouched',
    async check({ client }) {
      for (const [path, status] of [
        ['/own503', 503],
        ['/own500', 500],
      ] as const) {
        const reply = await client.get(`${path}?id=${newId()}`)
        assert.deepEqual([reply.status, reply.body], [status, SORRY])
        assert.equal(reply.headers['x-debug-url'], undefined)
      }
    },
  },
  {
    name: 'after headers',
    async check({ app, client }) {
      const id = newId()
      const reply = await client.get(`/after?id=${id}`)
      assert.equal(reply.body, 'begun ')
      assert.equal(reply.broken, true)
      await app.printed(new RegExp(`sync ${id}`))
      await stillAnswers(client)
    },
  },
  {
    name: 'broken stream',
    async check({ client }) {
      const reply = await client.get(`/stream?id=${newId()}`)
      assert.ok(!reply.body.includes('rocksolid-data'))
      await stillAnswers(client)
    },
  },
  {
    name: 'JSON client',
    async check({ app, client }) {
      const id = newId()
      const reply = await client.get(`/sync?id=${id}`, JSON_CLIENT)
      assert.equal(reply.status, 500)
      assert.ok(!/rocksolid-data/.test(reply.body))
      await app.printed(new RegExp(`TypeError: sync ${id}`))
    },
  },
  {
    name: 'HEAD',
    async check({ app, client }) {
      const id = newId()
      const fine = await client.get(`/ok?id=${id}`, {}, 'HEAD')
      assert.equal(fine.body, '')
      await app.printed(new RegExp(`"HEAD /ok\\?id=${id} HTTP/[12].[01]" ${fine.status} - `))
      const reply = await client.get(`/sync?id=${newId()}`, { accept: 'text/html' }, 'HEAD')
      // Some routers have no HEAD for a GET route.
      assert.ok([500, 404, 405].includes(reply.status), `status ${reply.status}`)
      assert.deepEqual([reply.body, reply.broken], ['', false])
      await stillAnswers(client)
    },
  },
  {
    name: '20 at a time',
    async check({ open }) {
      const kinds = ['sync', 'async', 'nested', 'decoy'] as const
      await Promise.all(
        Array.from({ length: 20 }, async (_one, index) => {
          const kind = kinds[index % kinds.length] as string
          const client = open()
          const id = newId()
          const reply = await client.get(`/${kind}?id=${id}`)
          client.close()
          assert.deepEqual([reply.status, headline(reply.body)], [500, `${kind} ${id}`])
        }),
      )
    },
  },
  {
    name: 'keep-alive',
    async check({ open }) {
      const client = open()
      for (const path of ['/ok', '/sync', '/ok', '/async', '/ok'])
        assert.ok(!(await client.get(`${path}?id=${newId()}`)).broken)
      assert.equal(client.connections, 1)
      client.close()
    },
  },
  {
    name: 'event stream',
    async check({ app, client, open }) {
      const id = newId()
      const reply = await readEvents(client, open(), id, () => {})
      assert.deepEqual([reply.status, reply.broken, reply.body], [200, false, EVENTS.join('')])
      await loggedOnce(app, `/events?id=${id}`, 200, EVENTS.join('').length)
    },
  },
  {
    name: 'times',
    async check({ app, client, open }) {
      const id = newId()
      const begun = performance.now()
      let restedMs = 0
      await readEvents(client, open(), id, async () => {
        const from = performance.now()
        await new Promise((resolve) => setTimeout(resolve, 40))
        restedMs += performance.now() - from
      })
      const [, header, total] = await app.printed(timesOf(`/events?id=${id}`))
      const wallMs = performance.now() - begun
      // The header went out before the first rest, the end after the last; a millisecond for what is rounded.
      assert.ok(Number(total) >= restedMs - 1, `${total} ms, of which the stream rested ${restedMs}`)
      assert.ok(Number(total) <= wallMs + 1, `${total} ms within ${wallMs}`)
      assert.ok(Number(header) <= wallMs - restedMs + 1, `${header} ms to the header, ${restedMs} behind it`)
    },
  },
  {
    name: 'large stream',
    async check({ app, client }) {
      const id = newId()
      const reply = await client.get(`/big?id=${id}`)
      assert.equal(reply.body.length, 64 * 65_536)
      await loggedOnce(app, `/big?id=${id}`, 200, 64 * 65_536)
    },
  },
  { name: 'compression', check: (subject) => compresses(subject, 'inside') },
  { name: 'compression outside', check: (subject) => compresses(subject, 'outside') },
  {
    name: 'backpressure',
    async check({ app, open }) {
      const client = open()
      const end = await client.stall(`/big?id=${newId()}&chunks=${ENDLESS_CHUNKS}`)
      // Buffers of both ends fill up, then nothing more is made.
      let [before, now] = [-1, await chunksMade(app, client)]
      for (let turn = 0; turn < 20 && before !== now; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 250))
        before = now
        now = await chunksMade(app, client)
      }
      end()
      client.close()
      assert.equal(before, now)
      assert.ok(now < ENDLESS_CHUNKS / 4, `${now} chunks were made for nobody`)
    },
  },
  {
    name: 'websocket',
    async check({ app, isSecure }) {
      assert.equal(await echoOverWebSocket(app.port, 'hello', isSecure), 'hello')
    },
  },
]

export const EVENTS = ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']

/**
 * Reads a stream whose server makes each event only when it is told that the one before has arrived: an event that
 * is held back anywhere is never followed by another, and the reading ends by its time limit.
 * @param between called when an event has come, before the server is told
 */
export async function readEvents(
  client: Client,
  other: Client,
  id: string,
  between: () => void | Promise<void>,
): Promise<Reply> {
  let count = 0
  try {
    return await client.get(`/events?id=${id}`, { accept: 'text/event-stream' }, 'GET', async (body) => {
      if (body !== EVENTS.slice(0, count + 1).join('')) return
      count++
      await between()
      await other.get(`/ok?id=${id}&seen=${id}.${count}`)
    })
  } finally {
    other.close()
  }
}

/** Bytes of the line are those that were sent, and the page can be read. */
async function compresses({ app, client }: Subject, place: string): Promise<void> {
  const headers = { accept: 'text/html', 'accept-encoding': 'gzip', 'x-compress': place }
  const [id, failing] = [newId(), newId()]
  const big = await client.get(`/big?id=${id}`, headers)
  assert.equal(big.headers['content-encoding'], 'gzip')
  assert.equal(decoded(big).length, 64 * 65_536)
  await loggedOnce(app, `/big?id=${id}`, 200, big.raw.length)
  const page = await client.get(`/sync?id=${failing}`, headers)
  assert.equal(page.status, 500)
  assert.equal(headline(decoded(page)), `sync ${failing}`)
  await loggedOnce(app, `/sync?id=${failing}`, 500, page.raw.length)
}

const decoded = ({ headers, raw }: Reply): string =>
  (headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString('utf8')

async function failsWithPage({ app, client }: Subject, path: string, kind: string): Promise<void> {
  const id = newId()
  const reply = await client.get(`${path}?id=${id}`)
  assert.equal(reply.status, 500)
  assert.match(String(reply.headers['content-type']), /text\/html/)
  assert.match(headline(reply.body), new RegExp(`${kind} ${id}$`))
  await loggedOnce(app, `${path}?id=${id}`, 500, Buffer.byteLength(reply.body))
  await app.printed(new RegExp(`${kind} ${id}`))
}

/** 256 MiB: more than all buffers on the way. */
const ENDLESS_CHUNKS = 4096

async function chunksMade(app: AppProcess, client: Client): Promise<number> {
  const id = newId()
  await client.get(`/ok?id=${id}&made=${id}`)
  return Number((await app.printed(new RegExp(`made (\\d+) of ${id}`)))[1])
}

/** The message the page of an error has at its top. */
function headline(page: string): string {
  const [, inside = 'no page'] = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(page) ?? []
  const text = inside
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ')
    .trim()
  return text.replace(/^\w*(?:Error|Exception|string) /, '').replace(/^non-error thrown: "(.*)"$/, '$1')
}

async function loggedOnce(app: AppProcess, target: string, status: number, bytes: number): Promise<void> {
  const line = new RegExp(`"GET ${escaped(target)} HTTP/[12].[01]" (\\d+|-) (\\d+|-) `, 'g')
  await app.printed(new RegExp(line.source))
  const lines = [...app.stdout().matchAll(line)].map((match) => [match[1], match[2]])
  assert.deepEqual(lines, [[String(status), String(bytes)]])
}

/** The milliseconds to the header and to the end, which {@link LINE} has last. */
function timesOf(target: string): RegExp {
  return new RegExp(`"GET ${escaped(target)} HTTP/[12].[01]" 200 .* ([\\d.]+) ([\\d.]+)\\n`)
}

const escaped = (target: string): string => target.replace(/[?/]/g, '\\$&')

async function stillAnswers(client: Client): Promise<void> {
  const reply = await client.get(`/ok?id=${newId()}`)
  assert.deepEqual([reply.status, reply.body], [200, 'ok'])
}

/** RFC 6455: one masked text frame there, one text frame back. */
function echoOverWebSocket(port: number, text: string, isSecure: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = isSecure
      ? connectTls({ port, host: 'localhost', rejectUnauthorized: false })
      : connect(port, 'localhost')
    let received = Buffer.alloc(0)
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
    socket.on('error', reject)
    socket.write(
      `GET /ws HTTP/1.1\r\nHost: localhost:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    const payload = Buffer.from(text)
    let isOpen = false
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf('\r\n\r\n')
      if (end < 0) return
      if (!isOpen) {
        isOpen = true
        // A mask of zeros leaves the text as it is.
        socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]))
      }
      const frame = received.subarray(end + 4)
      if (frame.length < 2 + payload.length) return
      socket.destroy()
      resolve(frame.subarray(2, 2 + payload.length).toString())
    })
    socket.on('close', () => reject(new Error(`closed after: ${received.toString('latin1').slice(0, 200)}`)))
  })
}
