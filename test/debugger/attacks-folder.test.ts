import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Registration, register, registrations } from '../../src/debugger/processes/registration.ts'
import { readOwnFile, runtimeFolder } from '../../src/debugger/processes/runtime-folder.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'

/** What lies in the folder opens consoles. Others of the machine, and what was put into its place. */
let root: string
let folder: string
const entry: Registration = {
  pid: process.pid,
  instance: '0123abcd',
  url: 'http://127.0.0.1:9',
  token: 'token',
  key: 'key',
  cwd: '/srv',
  script: '/srv/app.js',
  startedAt: 1,
}
const name = `${process.pid}-0123abcd.json`
const isRoot = process.getuid?.() === 0
/** Nobody on this system. */
const STRANGER = 65_534

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rocksolid-folder-'))
  folder = join(root, 'rocksolid')
  vi.stubEnv('XDG_RUNTIME_DIR', root)
  vi.stubEnv('TMPDIR', join(root, 'nowhere'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

describe('the folder', () => {
  it('and its files are for this user alone', () => {
    const remove = register(entry)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(readdirSync(folder)).toEqual([name])
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(registrations()).toEqual([entry])
    remove()
    expect(readdirSync(folder)).toEqual([])
  })

  it.each<[string, () => void]>([
    ['that others may look into', () => mkdirSync(folder, { mode: 0o755 })],
    ['that a group may look into', () => mkdirSync(folder, { mode: 0o750 })],
    [
      'that others may write',
      () => {
        mkdirSync(folder)
        chmodSync(folder, 0o777)
      },
    ],
    [
      'that is a link to one that would do',
      () => {
        mkdirSync(join(root, 'other'), { mode: 0o700 })
        symlinkSync(join(root, 'other'), folder)
      },
    ],
    ['that is a link to nothing', () => symlinkSync(join(root, 'missing'), folder)],
    ['that is a file', () => writeFileSync(folder, '', { mode: 0o600 })],
  ])('%s is not used', (_what, plant) => {
    plant()
    expect(runtimeFolder()).toBeUndefined()
    register(entry)()
    expect(registrations()).toEqual([])
    expect(existsSync(join(root, 'missing'))).toBe(false)
    if (existsSync(join(root, 'other'))) expect(readdirSync(join(root, 'other'))).toEqual([])
  })

  it.runIf(isRoot)('of another user is not used', () => {
    mkdirSync(folder, { mode: 0o700 })
    chownSync(folder, STRANGER, STRANGER)
    expect(runtimeFolder()).toBeUndefined()
  })

  it('below one that others can enter is not used', () => {
    chmodSync(root, 0o755)
    expect(runtimeFolder()).toBeUndefined()
  })
})

describe('a file in it', () => {
  const plant = (make: (path: string) => void): void => {
    mkdirSync(folder, { mode: 0o700 })
    make(join(folder, name))
  }
  const text = JSON.stringify(entry)

  it.each<[string, (path: string) => void]>([
    [
      'that is a link',
      (path) => {
        writeFileSync(join(root, 'real'), text, { mode: 0o600 })
        symlinkSync(join(root, 'real'), path)
      },
    ],
    ['that others can read', (path) => writeFileSync(path, text, { mode: 0o644 })],
    ['that is a folder', (path) => mkdirSync(path)],
    ['that is a pipe nobody writes', (path) => void execFileSync('mkfifo', ['-m', '600', path])],
    ['that is a device', (path) => symlinkSync('/dev/zero', path)],
    [
      'that is larger than any of ours',
      (path) => writeFileSync(path, `${text}${' '.repeat(70_000)}`, { mode: 0o600 }),
    ],
    ['that is no JSON', (path) => writeFileSync(path, 'x', { mode: 0o600 })],
    [
      'that lacks the key',
      (path) => writeFileSync(path, JSON.stringify({ ...entry, key: undefined }), { mode: 0o600 }),
    ],
    [
      'that names another process',
      (path) => writeFileSync(path, JSON.stringify({ ...entry, pid: process.ppid }), { mode: 0o600 }),
    ],
    ['that is a list', (path) => writeFileSync(path, '[]', { mode: 0o600 })],
  ])('%s is not believed', (_what, make) => {
    plant(make)
    expect(registrations()).toEqual([])
  })

  it.runIf(isRoot)('of another user is not believed', () => {
    plant((path) => {
      writeFileSync(path, text, { mode: 0o600 })
      chownSync(path, STRANGER, STRANGER)
    })
    expect(registrations()).toEqual([])
  })

  it('is judged and read as one: a link that takes its place is not followed', () => {
    plant((path) => writeFileSync(path, text, { mode: 0o600 }))
    const path = join(folder, name)
    expect(readOwnFile(path)).toBe(text)
    renameSync(path, join(root, 'kept'))
    symlinkSync(join(root, 'kept'), path)
    expect(readOwnFile(path)).toBeUndefined()
  })

  it('does not overwrite what a link in its place points to', () => {
    mkdirSync(folder, { mode: 0o700 })
    const victim = join(root, 'victim')
    writeFileSync(victim, 'precious')
    for (const planted of [name, `${name}.new`]) symlinkSync(victim, join(folder, planted))
    register(entry)
    expect(readFileSync(victim, 'utf8')).toBe('precious')
    expect(lstatSync(join(folder, `${name}.new`)).isSymbolicLink()).toBe(true)
  })
})

describe('workers whose group has been planted by a link', () => {
  let app: AppProcess | undefined
  afterEach(() => app?.stop('SIGTERM'))

  it('follow it nowhere, and serve each by itself', async () => {
    const real = join(root, 'planted.json')
    const secrets = {
      instance: '00000000',
      pin: '111-111-112',
      key: 'k',
      token: 't',
      cookieKey: 'AAAA',
      creator: process.pid,
    }
    writeFileSync(real, JSON.stringify(secrets), { mode: 0o600 })
    mkdirSync(folder, { mode: 0o700 })
    // Its name holds the primary's pid, so the application plants it.
    app = await startApp('cluster.mjs', {
      env: { XDG_RUNTIME_DIR: root, TMPDIR: root, WORKERS: '2', PLANT: real },
    })
    // Both have made their own: the link was where they look.
    const printed = (): number => app?.stderr().match(/console PIN/g)?.length ?? 0
    await expect.poll(printed, { timeout: 10_000 }).toBe(2)
    const page = await openErrorPage(app.port, '/fail')
    expect((await page.unlock({ pin: secrets.pin })).status).toBe(403)
    expect((await page.unlock({ key: secrets.key })).status).toBe(403)
    expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual(secrets)
  })
})
