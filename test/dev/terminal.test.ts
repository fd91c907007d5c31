import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { descendants } from '../../src/dev/process-tree.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { isAlive, openWorkshop, type Project, type Running, until, watch } from './runner.ts'

const workshop = openWorkshop()
afterAll(() => workshop.close())

const CLI = resolve(import.meta.dirname, '..', '..', 'dist', 'cli.js')
const CTRL_C = '\x03'

const SERVER = `
  import http from 'node:http'
  console.log('started', process.pid)
  http.createServer((req, res) => {
    if (req.url === '/slow') setTimeout(() => res.end('slow'), 600, console.log('slow begins'))
    else res.end('up')
  }).listen(0, '127.0.0.1')`

/** util-linux's `script` gives a program a terminal of its own. */
const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

/** The command in a terminal; afterwards the terminal's own settings are printed. */
async function inTerminal(
  files: Readonly<Record<string, string>>,
  options = '--no-debugger',
  env: Readonly<Record<string, string>> = {},
): Promise<{ project: Project; running: Running }> {
  const project = workshop.project({ 'package.json': '{ "type": "module" }', ...files })
  const command = `"${process.execPath}" "${CLI}" ${options} server.mjs; echo "ended $?"; stty -a`
  const child = spawn('script', ['-qfc', command, '/dev/null'], {
    cwd: project.folder,
    env: { ...process.env, NO_COLOR: '1', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  workshop.keep(child)
  const running = watch(child)
  await running.printed(/Serving on/)
  return { project, running }
}

/** A request that the server has begun. */
async function slowly(running: Running): Promise<{ readonly answer: Promise<string> }> {
  const answer = running.get('/slow').catch((error: Error) => error.message)
  await running.printed(/slow begins/)
  return { answer }
}

describe('signals', () => {
  it('ends gracefully at the first SIGINT, and passes the signal on', async () => {
    const running = await workshop.start(workshop.project({ 'server.mjs': SERVER }))
    await running.printed(/Serving on/)
    const slow = await slowly(running)
    running.child.kill('SIGINT')
    expect(await slow.answer).toBe('slow')
    expect(await running.ended()).toEqual({ code: null, signal: 'SIGINT' })
    expect(running.output()).toContain('Stopped')
  })

  it('ends at once at the second', async () => {
    const running = await workshop.start(workshop.project({ 'server.mjs': SERVER.replace('600', '20000') }))
    await running.printed(/Serving on/)
    const slow = await slowly(running)
    running.child.kill('SIGINT')
    await running.printed(/Waiting for what is in flight/)
    running.child.kill('SIGINT')
    expect(await slow.answer).not.toBe('slow')
    await running.ended()
  })

  it('lets an application end in its own way, and passes its exit code on', async () => {
    const own = `${SERVER}\nprocess.on('SIGTERM', () => { console.log('bye'); process.exit(5) })`
    const running = await workshop.start(workshop.project({ 'server.mjs': own }))
    await running.printed(/Serving on/)
    running.child.kill('SIGTERM')
    expect(await running.ended()).toEqual({ code: 5, signal: null })
    expect(running.output()).toContain('bye')
  })

  it('passes on a signal the server has ended by on its own account, and SIGHUP', async () => {
    const own = `${SERVER}\nprocess.on('SIGTERM', () => process.kill(process.pid, 'SIGKILL'))`
    const running = await workshop.start(workshop.project({ 'server.mjs': own }))
    await running.printed(/Serving on/)
    running.child.kill('SIGTERM')
    expect(await running.ended()).toEqual({ code: null, signal: 'SIGKILL' })
    const other = await workshop.start(workshop.project({ 'server.mjs': SERVER }))
    await other.printed(/Serving on/)
    const pid = Number((await other.printed(/started (\d+)/))[1])
    other.child.kill('SIGHUP')
    expect(await other.ended()).toEqual({ code: null, signal: 'SIGHUP' })
    expect(isAlive(pid)).toBe(false)
  })

  it('stops while the server is broken, and leaves neither a process nor the port', async () => {
    const project = workshop.project({ 'server.mjs': SERVER })
    const running = await workshop.start(project)
    await running.printed(/Serving on/)
    running.mark()
    project.write({ 'server.mjs': 'syntax error' })
    await running.printed(/did not start/)
    expect(await running.get()).toContain('The server did not start.')
    const left = descendants(running.pid)
    expect(left.length).toBeGreaterThan(0)
    running.child.kill('SIGINT')
    expect((await running.ended()).code).toBe(1)
    expect(running.output()).toContain('Stopped')
    await until(() => !left.some(({ pid }) => isAlive(pid)) || undefined)
    await expect(running.get()).rejects.toThrow('ECONNREFUSED')
  })

  it('stops before the first start that succeeds, when there is no process at all', async () => {
    const running = await workshop.start(workshop.project({ 'server.mjs': 'syntax error' }))
    await running.printed(/did not start/)
    running.child.kill('SIGTERM')
    expect((await running.ended()).code).toBe(1)
  })

  it('ends a server that does nothing but go round in an endless loop', async () => {
    const hanging = SERVER.replace("res.end('up')", "for (console.log('hangs'); ; );")
    const running = await workshop.start(workshop.project({ 'server.mjs': hanging }), [
      '--grace',
      '0.2',
      'server.mjs',
    ])
    await running.printed(/Serving on/)
    const pid = Number((await running.printed(/started (\d+)/))[1])
    const asked = running.get().catch(() => 'cut')
    await running.printed(/hangs/)
    running.child.kill('SIGTERM')
    await running.printed(/Waiting for what is in flight; a second signal ends it at once/)
    expect(await running.ended()).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await asked).toBe('cut')
    expect(isAlive(pid)).toBe(false)
  })

  it('ends a server in whose console an endless loop is evaluated', async () => {
    const failing = SERVER.replace("res.end('up')", "{ const deep = 1; throw new Error('boom') }")
    const running = await workshop.start(workshop.project({ 'server.mjs': failing }), [
      '--grace',
      '0.2',
      'server.mjs',
    ])
    const pid = Number((await running.printed(/started (\d+)/))[1])
    await running.printed(/Serving on/)
    const [, pin = ''] = await running.printed(/PIN (\d\S+)/)
    const page = await openErrorPage(running.port(), '/')
    await page.unlock({ pin })
    const endless = page.evaluate(page.live[0] ?? '', 'for (;;) deep').catch(() => 'cut')
    await new Promise((resolve) => setTimeout(resolve, 100))
    running.child.kill('SIGTERM')
    await running.ended()
    await endless
    expect(isAlive(pid)).toBe(false)
  })

  it('passes --inspect on and lets one process have it at a time', async () => {
    const project = workshop.project({ 'server.mjs': SERVER })
    const running = await workshop.start(project, ['--inspect=127.0.0.1:0', 'server.mjs'])
    await running.printed(/Debugger listening on ws:/)
    await running.printed(/Serving on/)
    running.mark()
    project.write({ 'server.mjs': SERVER.replace("'up'", "'again'") })
    await running.answers('again')
    await running.printed(/Debugger listening on ws:/)
    expect(running.output()).not.toContain('address already in use')
  })
})

describe.runIf(hasTerminal)('a terminal', () => {
  it('takes keys, and is left as it was', async () => {
    const { running } = await inTerminal({ 'server.mjs': SERVER })
    running.type('h')
    await running.printed(/Keys: r restart/)
    running.type('r')
    await running.printed(/asked by key[\s\S]*again after/)
    running.type('q')
    await running.printed(/ended 0[\s\S]* icanon[\s\S]* echo /)
  })

  it('opens the server in the browser and clears itself by keys, large ones too', async () => {
    const browser = workshop.project({ 'browser.sh': '#!/bin/sh\necho "opened $1" > "$0.log"\n' })
    chmodSync(browser.path('browser.sh'), 0o755)
    const { running } = await inTerminal({ 'server.mjs': SERVER }, '--no-debugger', {
      BROWSER: browser.path('browser.sh'),
    })
    running.type('o')
    const log = browser.path('browser.sh.log')
    await until(() => (existsSync(log) && readFileSync(log, 'utf8').endsWith('\n')) || undefined)
    expect(readFileSync(log, 'utf8')).toBe(`opened http://localhost:${running.port()}\n`)
    running.type('C')
    await running.printed(/\x1b\[2J\x1b\[3J\x1b\[H/)
    running.type('Q')
    await running.printed(/ended 0/)
  })

  it('has the keys of each server while it is broken, and says why there is no console', async () => {
    const { project, running } = await inTerminal({ 'server.mjs': SERVER })
    project.write({ 'server.mjs': 'syntax error' })
    await running.printed(/did not start/)
    running.type('e')
    await running.printed(/No console: the server does not run \(SyntaxError: /)
    running.mark()
    running.type('r')
    await running.printed(/asked by key[\s\S]*did not start/)
    running.type('q')
    await running.printed(/ended 0[\s\S]* icanon[\s\S]* echo /)
  })

  it('has a console of the last error behind a key, and takes keys again after it', async () => {
    const broken = SERVER.replace("else res.end('up')", "else { const word = 'deep'; throw new Error(word) }")
    const { project, running } = await inTerminal({ 'server.mjs': broken }, '')
    running.type('e')
    await running.printed(/rocksolid console: .*[Nn]o error/)
    running.mark()
    await running.get('/')
    await running.printed(/Error: deep/)
    running.type('e')
    await running.printed(/help tells what there is/)
    running.type("word + 'er'\r")
    await running.printed(/'deeper'/)
    // A restart meanwhile does not take the keys from the console.
    running.mark()
    project.write({ 'server.mjs': `${broken}\n` })
    await running.printed(/again after/)
    running.type('.exit\r')
    running.mark()
    await until(async () => {
      running.type('h')
      await new Promise((resolve) => setTimeout(resolve, 100))
      return /Keys: r restart/.test(running.output()) || undefined
    }, running.output)
    running.type('q')
    await running.printed(/ended 0[\s\S]* icanon[\s\S]* echo /)
  })

  it('works behind a script of npm, and Ctrl-C ends all of it gracefully', async () => {
    const project = workshop.project({
      'package.json': JSON.stringify({
        type: 'module',
        scripts: { dev: `node "${CLI}" --no-debugger server.mjs` },
      }),
      'server.mjs': SERVER,
    })
    const child = spawn('script', ['-qfc', 'npm run dev --silent; echo "ended"; stty -a', '/dev/null'], {
      cwd: project.folder,
      env: { ...process.env, NO_COLOR: '1', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    workshop.keep(child)
    const running = watch(child)
    await running.printed(/Serving on/)
    const pid = Number((await running.printed(/started (\d+)/))[1])
    running.type('h')
    await running.printed(/Keys: r restart/)
    const slow = await slowly(running)
    running.type(CTRL_C)
    expect(await slow.answer).toBe('slow')
    await running.printed(/Stopped/)
    await until(() => !isAlive(pid) || undefined)
    await running.ended()
  })

  it('tells the server of its size, before and after a restart', async () => {
    const sized = `${SERVER}
      import { readlinkSync } from 'node:fs'
      process.stdout.on('resize', () => console.log('wide', process.stdout.columns))
      console.log('tty', readlinkSync('/proc/self/fd/1'))`
    const { project, running } = await inTerminal({ 'server.mjs': sized })
    const [, tty = ''] = await running.printed(/tty (\/dev\/\S+)/)
    const resize = (columns: number) => spawnSync('stty', ['-F', tty, 'cols', String(columns)]).status
    expect(resize(77)).toBe(0)
    await running.printed(/wide 77/)
    running.mark()
    project.write({ 'server.mjs': `${sized}\n` })
    await running.printed(/again after/)
    expect(resize(88)).toBe(0)
    await running.printed(/wide 88/)
    running.type('q')
    await running.printed(/ended 0/)
  })

  it('stops gracefully at Ctrl-C', async () => {
    const { running } = await inTerminal({ 'server.mjs': SERVER })
    const slow = await slowly(running)
    running.type(CTRL_C)
    expect(await slow.answer).toBe('slow')
    await running.printed(/ended 130[\s\S]* icanon[\s\S]* echo /)
  })

  it('belongs to a server that reads it, before and after a restart', async () => {
    const reading = `${SERVER}
      process.stdin.setEncoding('utf8').on('data', (line) => console.log('heard', line.trim()))`
    const { project, running } = await inTerminal({ 'server.mjs': reading })
    const say = async (word: string): Promise<void> => {
      // Keys are the runner's until the server has begun to read; these letters are none.
      await until(async () => {
        running.type(`${word}\n`)
        await new Promise((resolve) => setTimeout(resolve, 200))
        return running.output().includes(`heard ${word}`) ? true : undefined
      }, running.output)
    }
    await say('fans')
    running.mark()
    project.write({ 'server.mjs': `${reading}\n` })
    await running.printed(/again after/)
    await say('wins')
    // Now the terminal itself sends the signal, to the shell around us as well.
    running.type(CTRL_C)
    await running.printed(/Stopped/)
    await running.ended()
  })
})
