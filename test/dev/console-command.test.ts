import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { painter } from '../../src/core/ansi.ts'
import { type Registration, registrations } from '../../src/debugger/processes/registration.ts'
import { debuggerApi } from '../../src/dev/console/debugger-api.ts'
import { openSession } from '../../src/dev/console/session.ts'
import { runTerminal } from '../../src/dev/console/terminal.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'

const root = resolve(import.meta.dirname, '..', '..')
let runtime: string
let app: AppProcess

beforeEach(() => {
  runtime = mkdtempSync(join(tmpdir(), 'rocksolid-console-'))
})
afterEach(async () => {
  await app?.stop()
  rmSync(runtime, { recursive: true })
})

async function start(env: Record<string, string> = {}): Promise<void> {
  app = await startApp('frames.mjs', { env: { XDG_RUNTIME_DIR: runtime, ...env } })
  await expect.poll(() => registrations(join(runtime, 'rocksolid')).length).toBe(1)
}

/** Runs the built command, its input given line by line. */
async function rocksolid(args: readonly string[], lines: readonly string[] = []) {
  const { FORCE_COLOR: _color, ...env } = process.env
  const child: ChildProcessWithoutNullStreams = spawn(
    process.execPath,
    [join(root, 'dist', 'cli.js'), 'console', ...args],
    { env: { ...env, NO_COLOR: '1', XDG_RUNTIME_DIR: runtime, HOME: runtime } },
  )
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.end(lines.map((line) => `${line}\n`).join(''))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

describe('rocksolid console', () => {
  it('stands in the nearest live frame of the last error, and works in it', async () => {
    await start()
    await fetch(`${app.origin}/status`)
    await fetch(`${app.origin}/cause`)
    const { code, stdout, stderr } = await rocksolid(
      [],
      [
        'wrapper',
        'frames',
        'frame 1.0',
        'locals',
        'missing = 5',
        'if (missing > 1) {',
        '  amount + missing',
        '}',
        'console.log("printed"); void 0',
        'let x = = 2',
        'nothingLikeThis',
        'up',
        'attempts',
        'errors',
        'quit',
        'never',
      ],
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Error \S{8} in \S+ at test\/apps\/frames\.mjs:\d+:\d+\n'wrapped'\n/)
    expect(stdout).toMatch(/cause: RangeError\n {2}1\.0 {2}Account\.withdraw +test\/apps\/frames\.mjs:36:13/)
    expect(stdout).toContain('RangeError')
    expect(stdout).toMatch(/amount = 300\n/)
    expect(stdout).toMatch(/\n5\n305\nprinted\n/)
    expect(stdout).toContain('let x = = 2\n        ^\nSyntaxError: Unexpected token\n')
    expect(stdout).toContain('ReferenceError: nothingLikeThis is not defined')
    expect(stdout).toMatch(/ in transfer at test\/apps\/frames\.mjs:\d+:\d+\n3\n/)
    expect(stdout).toMatch(/\* \S{8} {2}Error: wrapped {2}GET \/cause/)
    expect(stdout).not.toContain('never')
  })

  it('takes the first characters of an id, and a frame', async () => {
    await start()
    await fetch(`${app.origin}/status`)
    await fetch(`${app.origin}/sync`)
    const errors = (await rocksolid(['-e', '.errors'])).stdout
    const [, id = ''] = /(\S{8}) {2}RangeError/.exec(errors) ?? []
    expect(await rocksolid([id, '1', '-e', 'attempts + amount'])).toEqual({
      code: 0,
      stdout: '253\n',
      stderr: '',
    })
    const none = await rocksolid(['nope', '-e', '1'])
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringContaining('No error that is kept begins with "nope"'),
    ])
    const frame = await rocksolid([id, '77', '-e', '1'])
    expect([frame.code, frame.stderr]).toEqual([
      1,
      expect.stringContaining('Frame 77 has no console. These have: 0.0'),
    ])
  })

  it('gives a variable that is called like a command to the frame', async () => {
    await start()
    await fetch(`${app.origin}/aggregate`)
    const { stdout } = await rocksolid([], ['errors.length', 'errors', '.errors', 'frames'])
    expect(stdout).toMatch(/\n2\n/)
    expect(stdout).toContain('RangeError: short of 901')
    expect(stdout).toMatch(/\* \S{8} {2}AggregateError/)
    expect(stdout).toContain('member: RangeError')
  })

  it('says that no server runs, that none has the pid, and that no error is kept', async () => {
    const none = await rocksolid([])
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('No server with a debugger runs')])
    await start()
    const other = await rocksolid(['--pid', '1'])
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining(`These run:`)])
    const quiet = await rocksolid([])
    expect([quiet.code, quiet.stderr]).toEqual([1, expect.stringContaining('The server keeps no error')])
    expect((await rocksolid(['--list'])).stdout).toMatch(/^\d+ {2}http:\/\/\S+ {2}\S*frames\.mjs {2}\(in /)
  })

  it('does not believe a file that others can write', async () => {
    mkdirSync(join(runtime, 'rocksolid'), { mode: 0o700 })
    const forged: Registration = {
      pid: process.pid,
      instance: '00000000',
      url: 'http://127.0.0.1:9',
      token: 't',
      key: 'k',
      cwd: process.cwd(),
      script: 's',
      startedAt: Date.now(),
    }
    const path = join(runtime, 'rocksolid', `${process.pid}-00000000.json`)
    writeFileSync(path, JSON.stringify(forged), { mode: 0o666 })
    const { chmodSync } = await import('node:fs')
    chmodSync(path, 0o666)
    expect((await rocksolid([])).stderr).toContain('No server with a debugger runs')
    chmodSync(path, 0o600)
    expect((await rocksolid(['--list'])).stdout).toContain('http://127.0.0.1:9')
  })

  it('in a terminal previews as one types, completes, and keeps its history', async () => {
    await start()
    await fetch(`${app.origin}/sync`)
    const [server] = registrations(join(runtime, 'rocksolid'))
    const session = await openSession(debuggerApi(server as Registration), {
      id: undefined,
      frame: undefined,
      paint: painter(false),
      cwd: process.cwd(),
    })
    const historyFile = join(runtime, 'history')
    const screen = async (
      keys: (type: (text: string) => void, shows: (text: string) => Promise<void>) => Promise<void>,
    ) => {
      const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
      const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 })
      let text = ''
      output.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      const over = runTerminal(session, { input, output, paint: painter(true), historyFile })
      const shows = async (wanted: string): Promise<void> => {
        await expect.poll(() => text, { timeout: 10_000 }).toContain(wanted)
        text = ''
      }
      await shows('Account.withdraw> ')
      await keys((typed) => void input.write(typed), shows)
      await over
    }
    await screen(async (type, shows) => {
      type('amount * 2')
      await shows('\x1b[2m500\x1b[22m')
      type('\r')
      await shows('500')
      type('miss\t')
      await shows('ing')
      type('\r')
      await shows('150')
      type('\x04')
    })
    await screen(async (type, shows) => {
      type('\x1b[A')
      await shows('missing')
      type('\x1b[A')
      await shows('amount * 2')
      type('\x03\x04')
    })
  })
})
