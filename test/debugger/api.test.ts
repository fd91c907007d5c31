import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Actions } from '../../src/debugger/protocol.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'

/** A program that uses the debugger as the reference says, with nothing but `fetch`. */
class Editor {
  cookie = ''
  proof = ''
  readonly url: string
  readonly token: string

  constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  async ask(action: string, body: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.url}/__rocksolid/${action}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-rocksolid-token': this.token,
        cookie: this.cookie,
        'x-rocksolid-proof': this.proof,
        ...headers,
      },
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as never) : JSON.stringify(body),
    })
    const [set] = response.headers.getSetCookie()
    if (set !== undefined) this.cookie = set.split(';')[0] as string
    const reply = (await response.json()) as Record<string, never>
    if (typeof reply.proof === 'string') this.proof = reply.proof
    return { status: response.status, body: reply }
  }

  async done<A extends keyof Actions>(action: A, body: Actions[A]['request']): Promise<Actions[A]['answer']> {
    const reply = await this.ask(action, body)
    expect(reply.status, JSON.stringify(reply.body)).toBe(200)
    return reply.body as unknown as Actions[A]['answer']
  }
}

let runtime: string
let app: AppProcess

const folder = (): string => join(runtime, 'rocksolid')
const files = (): string[] =>
  (existsSync(folder()) ? readdirSync(folder()) : []).filter((name) => name.endsWith('.json'))

beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'rocksolid-test-'))
})
afterEach(async () => {
  await app.stop()
  rmSync(runtime, { recursive: true })
})

async function start(env: Record<string, string> = {}): Promise<void> {
  app = await startApp('frames.mjs', { env: { XDG_RUNTIME_DIR: runtime, ...env } })
}

/** Gets in by the file of the server. */
async function enter(): Promise<Editor> {
  await expect.poll(files).toHaveLength(1)
  const [name = ''] = files()
  const { url, token, key } = JSON.parse(readFileSync(join(folder(), name), 'utf8')) as Record<string, string>
  const editor = new Editor(url as string, token as string)
  expect(await editor.done('unlock', { key: key as string })).toMatchObject({ unlocked: true })
  return editor
}

describe('an editor', () => {
  it('unlocks by the PIN, and is told the token before', async () => {
    await start()
    const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
    const response = await fetch(`${app.origin}/__rocksolid/`, { headers: { accept: 'application/json' } })
    const hello = (await response.json()) as Record<string, never>
    expect(hello).toEqual({
      token: expect.any(String),
      pid: expect.any(Number),
      console: true,
      unlocked: false,
    })
    const inPage = { accept: 'application/json', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' }
    const told = await fetch(`${app.origin}/__rocksolid/`, { headers: inPage })
    expect(Object.keys((await told.json()) as object)).not.toContain('token')
    const editor = new Editor(app.origin, hello.token as unknown as string)
    expect((await editor.ask('errors', {})).body).toMatchObject({ error: 'Locked' })
    expect((await editor.ask('unlock', { pin: '000-000-000' })).status).toBe(403)
    expect(await editor.done('unlock', { pin })).toEqual({
      unlocked: true,
      proof: expect.stringMatching(/^\S{43}$/),
    })
    expect(await editor.done('errors', {})).toEqual({ errors: [], silent: 0 })
    expect(await editor.done('state', {})).toEqual({ unlocked: true })
  })

  it('lists errors, reads report, frames and locals, evaluates, completes, opens, and releases', async () => {
    await start()
    const editor = await enter()
    await fetch(`${app.origin}/cause`)
    const { errors } = await editor.done('errors', {})
    const [error] = errors
    expect(error).toMatchObject({ name: 'Error', message: 'wrapped', request: 'GET /cause', count: 1 })
    const id = error?.id as string

    const report = await editor.done('report', { error: id })
    expect(report).toMatchObject({ title: 'Error', detail: 'wrapped', seen: { count: 1 } })
    expect(report.live).toContain('1.0')

    const { frames } = await editor.done('frames', { error: id })
    expect(frames.find((one) => one.frame === '1.0')).toMatchObject({
      error: 'RangeError',
      relation: 'cause',
      function: 'Account.withdraw',
      file: expect.stringMatching(/frames\.mjs$/),
      line: 36,
      kind: 'app',
      state: 'live',
    })
    expect(frames.some((one) => one.state === 'none')).toBe(true)

    const locals = await editor.done('locals', { error: id, frame: '1.0' })
    const shown = Object.fromEntries((locals.value.entries ?? []).map(({ key, value }) => [key, value.text]))
    expect(shown).toMatchObject({
      amount: '300',
      fee: '30',
      missing: '200',
      this: "Account { owner: 'Ada' }",
    })
    const opened = await editor.done('open', {
      error: id,
      frame: '1.0',
      result: locals.result,
      path: [0],
      run: false,
    })
    expect(opened.value.className).toBe('Account')

    expect(
      await editor.done('evaluate', { error: id, frame: '1.0', code: 'missing = 7, amount + missing' }),
    ).toMatchObject({
      kind: 'value',
      value: { text: '307' },
    })
    expect(await editor.done('complete', { error: id, frame: '1.0', code: 'miss', cursor: 4 })).toEqual({
      from: 0,
      items: ['missing'],
    })
    expect(await editor.done('release', { error: id })).toEqual({ released: true })
    expect((await editor.ask('evaluate', { error: id, frame: '1.0', code: '1' })).status).toBe(410)
    expect((await editor.ask('release', { error: id })).status).toBe(410)
    expect(await editor.done('errors', {})).toEqual({ errors: [], silent: 0 })
  })

  it('says which frames will be live after a replay', async () => {
    await start()
    const editor = await enter()
    await fetch(`${app.origin}/rows/1`)
    const id = (await editor.done('errors', {})).errors[0]?.id as string
    const { frames } = await editor.done('frames', { error: id })
    expect(frames.filter((one) => one.state === 'after-replay').length).toBeGreaterThanOrEqual(3)
    expect((await editor.done('report', { error: id })).pending.length).toBeGreaterThanOrEqual(3)
  })

  it.each([
    ['no JSON', '{"error":', {}, 400, 'Unreadable request'],
    ['no object', '[1]', {}, 400, 'Unreadable request'],
    ['binary', new Uint8Array([0xff, 0xfe, 0x00, 0x80]), {}, 400, 'Unreadable request'],
    ['another content type', '{}', { 'content-type': 'text/plain' }, 415, 'Unreadable request'],
    ['a form', 'code=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'Unreadable request'],
    ['too much', JSON.stringify({ code: 'x'.repeat(300_000) }), {}, 413, 'Unreadable request'],
    ['no code', { error: 'x', frame: '0.0' }, {}, 400, 'Incomplete request'],
    ['no frame', { error: 'x', code: '1' }, {}, 400, 'Incomplete request'],
    ['an unknown error', { error: 'x', frame: '0.0', code: '1' }, {}, 410, 'Expired'],
    [
      'the token of an earlier start',
      { error: 'x' },
      { 'x-rocksolid-token': 'a'.repeat(22) },
      403,
      'Not from this page',
    ],
  ] as const)('is told what is wrong with %s', async (_what, body, headers, status, error) => {
    await start()
    const editor = await enter()
    const reply = await editor.ask('evaluate', body, headers)
    expect([reply.status, reply.body]).toMatchObject([
      status,
      { error, explanation: expect.stringMatching(/\S{3}.*\.$/) },
    ])
    if (status === 413) expect(reply.body.explanation).toContain('262144 bytes')
  })

  it('is told of a frame without a console, and which have one', async () => {
    await start()
    const editor = await enter()
    await fetch(`${app.origin}/sync`)
    const id = (await editor.done('errors', {})).errors[0]?.id as string
    for (const frame of ['9.9', 'x', '0.0.0', '-1.0']) {
      const reply = await editor.ask('evaluate', { error: id, frame, code: '1' })
      expect(reply.status).toBe(404)
      expect(reply.body.error).toBe('No console in this frame')
      expect(reply.body.explanation).toContain('These have: 0.0, 0.1')
    }
  })

  it('is told the line and the column of a syntax error', async () => {
    await start()
    const editor = await enter()
    await fetch(`${app.origin}/sync`)
    const id = (await editor.done('errors', {})).errors[0]?.id as string
    expect(await editor.done('evaluate', { error: id, frame: '0.0', code: 'let a = 1\na + * 2' })).toEqual({
      kind: 'syntax-error',
      message: 'Unexpected token',
      line: 2,
      column: 5,
    })
  })
})

describe('the file by which programs of the same user find the server', () => {
  it('is for this user alone, and goes with the process', async () => {
    await start()
    await expect.poll(files).toHaveLength(1)
    const [name = ''] = files()
    expect(statSync(folder()).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder(), name)).mode & 0o777).toBe(0o600)
    const facts = JSON.parse(readFileSync(join(folder(), name), 'utf8')) as Record<string, unknown>
    expect(facts).toMatchObject({
      url: expect.stringMatching(/^http:\/\/(127\.0\.0\.1|\[::1\]):\d+$/),
      cwd: process.cwd(),
    })
    expect(name).toBe(`${facts.pid}-${name.slice(-13, -5)}.json`)
    await fetch(`${app.origin}/exit`).catch(() => {})
    await expect.poll(() => app.exitCode()).toBe(0)
    expect(files()).toEqual([])
  })

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'is left behind by a %s, and removed by the next server',
    async (signal) => {
      await start()
      await expect.poll(files).toHaveLength(1)
      const [left = ''] = files()
      expect(await app.stop(signal)).toBeNull()
      expect(files()).toEqual([left])
      await start()
      await expect.poll(files).not.toContain(left)
      await expect.poll(files).toHaveLength(1)
    },
  )

  it('is not written in production, not even where the debugger is allowed there, nor without consoles', async () => {
    await start({ NODE_ENV: 'production', DEBUGGER_OPTIONS: '{"dangerouslyAllowInProduction": true}' })
    expect(files()).toEqual([])
    await app.stop()
    await start({ DEBUGGER_OPTIONS: '{"evalex": false}' })
    expect(files()).toEqual([])
  })

  it('is not written where the folder is somebody else’s or leads elsewhere; the server serves all the same', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'rocksolid-elsewhere-'))
    const open = mkdtempSync(join(tmpdir(), 'rocksolid-open-'))
    try {
      symlinkSync(elsewhere, join(open, 'rocksolid'))
      writeFileSync(join(open, 'file'), '')
      await start({ XDG_RUNTIME_DIR: open, TMPDIR: join(open, 'file') })
      expect(readdirSync(elsewhere)).toEqual([])
      expect((await fetch(`${app.origin}/handled`)).status).toBe(200)
    } finally {
      rmSync(elsewhere, { recursive: true })
      rmSync(open, { recursive: true })
    }
  })
})
