import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from './support/app-process.ts'

// Guards of the speed that are no timed tests: counts that are the same on a slow machine. When one grows for a good
// reason, raise its bound in the same commit.

const folder = mkdtempSync(join(tmpdir(), 'rocksolid-costs-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Counts {
  readonly heap: number
  readonly writes: number
  readonly listeners: number
  /** Listeners on one request and its response. */
  readonly added: number
  readonly posts: number
  /** Made in weak maps: ten times as dear as a property, and far more to collect. */
  readonly weakEntries: number
}

const WARM_UP = 3000
const REQUESTS = 2000
/** Parts of them of which the middle one counts: V8 may collect garbage in one of them all the same. */
const PARTS = 5
const LARGE_YOUNG_GENERATION = ['--max-semi-space-size=512', '--min-semi-space-size=512']

/** Bytes allocated and write calls per request, how many listeners the connection gained and a request has. */
async function perRequest(
  variant:
    | 'bare'
    | 'access'
    | 'debugger'
    | 'register'
    | `express${'' | ' access'}`
    | `fastify${'' | ' adapter'}`,
  env: Readonly<Record<string, string>> = {},
): Promise<Counts> {
  const args = [variant, join(folder, `${variant}.log`)]
  const preload = variant === 'register' ? ['--import', 'rocksolid/register'] : []
  const app = await startApp('counted.mjs', { args, nodeArgs: [...LARGE_YOUNG_GENERATION, ...preload], env })
  const socket = connect(app.port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    for (let count = 0; count < WARM_UP; count++) await request(socket, '/user/7')
    const before = await countsOf(socket)
    const heaps: number[] = []
    let last = before
    for (let count = 0; count < REQUESTS; count += REQUESTS / PARTS) {
      for (let one = 0; one < REQUESTS / PARTS; one++) await request(socket, '/user/7')
      const now = await countsOf(socket)
      heaps.push(((now.heap - last.heap) / REQUESTS) * PARTS)
      last = now
    }
    const after = last
    return {
      heap: heaps.toSorted((one, other) => one - other)[Math.floor(PARTS / 2)] ?? Number.NaN,
      writes: (after.writes - before.writes) / REQUESTS,
      listeners: after.listeners - before.listeners,
      added: after.added,
      posts: (after.posts - before.posts) / REQUESTS,
      weakEntries: (after.weakEntries - before.weakEntries) / REQUESTS,
    }
  } finally {
    socket.destroy()
    await app.stop()
  }
}

async function request(socket: Socket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: costs\r\n\r\n`)
  // Not every answer comes in one piece.
  for (let answer = ''; ; ) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    answer += chunk.toString('latin1')
    if (isWhole(answer)) return answer
  }
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n') + 4
  if (end < 4) return false
  const length = /^content-length: (\d+)\r$/im.exec(answer.slice(0, end))?.[1]
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= end + Number(length)
}

async function countsOf(socket: Socket): Promise<Counts> {
  const response = await request(socket, '/counts')
  return JSON.parse(response.slice(response.indexOf('\r\n\r\n') + 4)) as Counts
}

describe.skipIf(process.platform !== 'linux')(
  'what a request costs, never an entry in a weak map',
  async () => {
    const bare = await perRequest('bare')

    it('the access log allocates less than 3 kB, adds less than half a write to the file, one listener to the response and none that stays', async () => {
      const logged = await perRequest('access')
      expect(logged.heap - bare.heap).toBeGreaterThan(100)
      expect(logged.heap - bare.heap).toBeLessThan(3000)
      expect(logged.writes - bare.writes).toBeGreaterThan(0)
      // Lines of 20 ms go together: a request would have to take 40 ms each for as many writes.
      expect(logged.writes - bare.writes).toBeLessThan(0.5)
      expect(logged.added - bare.added).toBe(1)
      expect(logged.listeners).toBe(0)
      expect(logged.weakEntries).toBe(0)
    })

    it('Express allocates a third less with the access log where V8 would make each request a hidden class, else 4 kB more at most; the response has one listener more', async () => {
      const express = await perRequest('express')
      const logged = await perRequest('express access')
      if (Number.parseInt(process.versions.v8, 10) < 13) expect(logged.heap / express.heap).toBeLessThan(0.67)
      else expect(logged.heap - express.heap).toBeLessThan(4000)
      expect(logged.heap - bare.heap).toBeGreaterThan(100)
      expect(logged.added - express.added).toBe(1)
      expect(logged.listeners).toBe(0)
      expect(logged.weakEntries).toBe(0)
    })

    it('the adapter allocates less than 5 kB under Fastify, and adds one listener to the response', async () => {
      const fastify = await perRequest('fastify')
      const logged = await perRequest('fastify adapter')
      expect(logged.heap - fastify.heap).toBeGreaterThan(100)
      expect(logged.heap - fastify.heap).toBeLessThan(5000)
      expect(logged.added - fastify.added).toBe(1)
      expect(logged.listeners).toBe(0)
      expect(logged.weakEntries).toBe(0)
    })

    it('a preload with the debugger allocates less than 4 kB, writes nothing, posts nothing and adds no listener that stays', async () => {
      const preloaded = await perRequest('register', { ROCKSOLID_ACCESS: 'off' })
      expect(preloaded.heap - bare.heap).toBeGreaterThan(100)
      expect(preloaded.heap - bare.heap).toBeLessThan(4000)
      expect(preloaded.posts).toBeLessThan(0.05)
      expect(preloaded.writes - bare.writes).toBeLessThan(0.01)
      expect(preloaded.listeners).toBe(0)
      expect(preloaded.weakEntries).toBe(0)
    })

    it('the debugger allocates less than 2 kB, writes nothing, posts nothing to V8 and adds no listener', async () => {
      const debugged = await perRequest('debugger')
      expect(debugged.heap - bare.heap).toBeLessThan(2000)
      // Pauses are switched off a second after a request, and on again: on a machine that stands still in between.
      expect(debugged.posts).toBeLessThan(0.05)
      expect(debugged.writes - bare.writes).toBeLessThan(0.01)
      expect(debugged.added - bare.added).toBe(0)
      expect(debugged.listeners).toBe(0)
      expect(debugged.weakEntries).toBe(0)
    })
  },
)

it.skipIf(process.platform !== 'linux')(
  'of a throw that the application handles the frames are kept three times, then it pauses no more',
  async () => {
    const counts = await postsOf('/caught')
    // The first opens the session, and has all frames.
    expect(counts[1]).toBeGreaterThan(3)
    expect(counts.slice(0, 6).filter((posts) => posts > 3).length).toBeLessThanOrEqual(4)
    expect(counts.slice(6)).toEqual(counts.slice(6).map(() => 0))
  },
)

it.skipIf(process.platform !== 'linux')('a hundred lines of one turn are one write to the file', () => {
  const app = join(import.meta.dirname, 'apps', 'counted-lines.mjs')
  const output = execFileSync(process.execPath, [app, join(folder, 'lines.log')], { encoding: 'utf8' })
  const { writes, lines } = JSON.parse(output) as { readonly writes: number; readonly lines: number }
  expect(readFileSync(join(folder, 'lines.log'), 'utf8').trimEnd().split('\n')).toHaveLength(lines + 1)
  expect(writes).toBeGreaterThan(0)
  expect(writes).toBeLessThanOrEqual((lines / 100) * 1.1)
})

it.skipIf(process.platform !== 'linux')(
  'of one in a function that may fail for other reasons too, the pause is ended at once',
  async () => {
    const counts = await postsOf('/caught/large')
    expect(counts.slice(0, 6).filter((posts) => posts > 3).length).toBeLessThanOrEqual(4)
    // A pause that is ended at once posts the end of its handles.
    expect(Math.max(...counts.slice(6))).toBe(1)
  },
)

it.skipIf(process.platform !== 'linux')(
  'the page of 30 frames asks V8 for 30 scopes, the thrown object, the variables, one limited run, the end of the handles',
  async () => {
    const counts = await postsOf('/deep')
    // Two more where a position is looked up in a script that was not read yet, or a breakpoint is set.
    expect(Math.min(...counts.slice(3))).toBeGreaterThanOrEqual(30)
    expect(Math.min(...counts.slice(3))).toBeLessThanOrEqual(36)
  },
)

/** Commands posted to V8 for each of 30 requests, the first to the last. */
async function postsOf(path: string): Promise<readonly number[]> {
  const app = await startApp('counted.mjs', { args: ['debugger', join(folder, 'posts.log')] })
  const socket = connect(app.port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    const counts: number[] = []
    for (let turn = 0; turn < 30; turn++) {
      const before = await countsOf(socket)
      await request(socket, path)
      counts.push((await countsOf(socket)).posts - before.posts)
    }
    return counts
  } finally {
    socket.destroy()
    await app.stop()
  }
}

describe('what an import loads', () => {
  const subject = join(import.meta.dirname, '..', 'bench', 'startup', 'subject.mjs')

  it.each([
    ['rocksolid/access', 8],
    ['rocksolid/morgan', 5],
    ['rocksolid/logger', 8],
    ['rocksolid/debugger', 12],
    ['rocksolid/express', 13],
    ['rocksolid', 14],
  ])('%s loads at most %d files', (door, most) => {
    const output = execFileSync(process.execPath, [subject, 'modules', door], { encoding: 'utf8' })
    const { files } = JSON.parse(output) as { readonly files: number }
    expect(files).toBeGreaterThan(1)
    expect(files).toBeLessThanOrEqual(most)
  })
})

it('what stands on the stack of every throw stays in files with few names, which V8 copies out', () => {
  const record = join(import.meta.dirname, '..', 'dist', 'metafile-esm.json')
  const { outputs } = JSON.parse(readFileSync(record, 'utf8')) as {
    readonly outputs: Readonly<Record<string, { readonly inputs: object }>>
  }
  const files = Object.values(outputs).map(({ inputs }) => Object.keys(inputs))
  for (const source of ['src/debugger/passage.ts', 'src/http/handler.ts']) {
    const beside = files.filter((inputs) => inputs.includes(source))
    expect(beside).toHaveLength(1)
    expect(beside[0]?.length).toBeLessThanOrEqual(2)
  }
})

describe('what the first error loads', () => {
  const app = join(import.meta.dirname, 'apps', 'first-error.mjs')
  // The page shows the environment: a small one, wherever this runs.
  const env = { PATH: process.env.PATH }
  const facts = JSON.parse(execFileSync(process.execPath, [app], { encoding: 'utf8', env })) as {
    readonly before: readonly string[]
    readonly files: readonly string[]
    readonly page: string
    readonly bytes: number
    readonly gzip: number
  }

  it('is nothing before it, and then at most eight files, none of them of a package', () => {
    expect(facts.before).toEqual([])
    expect(facts.files.length).toBeGreaterThan(0)
    expect(facts.files.length).toBeLessThanOrEqual(8)
    expect(facts.files.filter((file) => file.includes('node_modules'))).toEqual([])
  })

  it('makes a page of at most 40 kB, 9 kB in the form it travels in', () => {
    expect(facts.page).toContain('The page could not be drawn')
    expect(facts.page).toContain('TypeError')
    expect(facts.bytes).toBeLessThan(40_000)
    expect(facts.gzip).toBeLessThan(9000)
  })
})
