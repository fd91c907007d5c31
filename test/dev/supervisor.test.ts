import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openErrorPage } from '../support/debugger-client.ts'
import { isAlive, openWorkshop, type Project, type Running, until } from './runner.ts'

const workshop = openWorkshop()
afterAll(() => workshop.close())

/** With something that holds the event loop, as most applications have: a pool, a timer, a watcher. */
const SERVER = (text: string): string => `
  import http from 'node:http'
  setInterval(() => {}, 60_000)
  http.createServer((req, res) => {
    if (req.url === '/crash') process.exit(9)
    if (req.url === '/slow') return setTimeout(() => res.end('${text} slow'), 700, console.log('slow begins'))
    if (req.url === '/endless') return console.log('endless begins')
    res.setHeader('x-pid', process.pid).end('${text}')
  }).listen(0, '127.0.0.1')
  process.title = 'worker'`

async function serve(...args: string[]): Promise<{ project: Project; running: Running; pids(): number[] }> {
  const project = workshop.project({ 'server.mjs': SERVER('one') })
  const running = await workshop.start(project, ['serve', ...args, 'server.mjs'])
  for (let worker = 1; worker <= 2; worker++) await running.printed(new RegExp(`Worker ${worker} serves`))
  const pids = (): number[] => {
    const found = new Map<string, number>()
    for (const [, worker = '', pid] of running.output().matchAll(/Worker (\d) serves \(process (\d+)\)/g))
      found.set(worker, Number(pid))
    return [...found.values()]
  }
  // The line that `port()` of a reloader reads has another form here.
  const port = Number(/Serving server\.mjs on http:\/\/localhost:(\d+)/.exec(running.output())?.[1])
  return { project, running: { ...running, ...portOf(running, port) }, pids }
}

function portOf(running: Running, port: number): Partial<Running> {
  const get = async (path = '/'): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
  return {
    port: () => port,
    get,
    answers: async (text) => {
      await until(async () => ((await get().catch(() => '')) === text ? true : undefined), running.output)
    },
  }
}

describe('rocksolid serve', () => {
  it('ends as soon as nothing is in flight, however long it might wait', async () => {
    const { running, pids } = await serve('--workers', '2', '--grace', '600')
    running.child.kill('SIGTERM')
    expect(await running.ended()).toEqual({ code: 0, signal: null })
    expect(pids().filter(isAlive)).toEqual([])
  })

  it('runs workers on one socket, writes its pid, and ends gracefully on SIGTERM', async () => {
    const { project, running, pids } = await serve('--workers', '2', '--pid', 'app.pid')
    expect(readFileSync(project.path('app.pid'), 'utf8')).toBe(`${running.pid}\n`)
    expect(pids()).toHaveLength(2)
    expect(await running.get()).toBe('one')
    const slow = running.get('/slow')
    await running.printed(/slow begins/)
    running.child.kill('SIGTERM')
    expect(await slow).toBe('one slow')
    expect(await running.ended()).toEqual({ code: 0, signal: null })
    expect(existsSync(project.path('app.pid'))).toBe(false)
    expect(pids().filter(isAlive)).toEqual([])
  })

  it('refuses the pid file of a process that runs', async () => {
    const { project, running } = await serve('--workers', '2', '--pid', 'app.pid')
    const second = await workshop.start(project, ['serve', '--pid', 'app.pid', 'server.mjs'])
    expect((await second.ended()).code).toBe(2)
    expect(second.output()).toContain(`names process ${running.pid}, which is running`)
  })

  it('overwrites the pid file of a process that has ended', async () => {
    const ended = spawnSync(process.execPath, ['-e', '']).pid
    const project = workshop.project({ 'server.mjs': SERVER('one'), 'app.pid': `${ended}\n` })
    const running = await workshop.start(project, [
      'serve',
      '--workers',
      '1',
      '--pid',
      'app.pid',
      'server.mjs',
    ])
    await running.printed(/Worker 1 serves/)
    expect(readFileSync(project.path('app.pid'), 'utf8')).toBe(`${running.pid}\n`)
  })

  it('waits twice as long before each further start of a worker that crashes, and serves in the end', async () => {
    const project = workshop.project({
      'server.mjs': `import fs from 'node:fs'\nif (fs.existsSync('broken')) process.exit(9)\n${SERVER('one')}`,
    })
    const running = await workshop.start(project, ['serve', '--workers', '1', 'server.mjs'])
    await running.printed(/Worker 1 serves/)
    const port = Number(/Serving server\.mjs on http:\/\/localhost:(\d+)/.exec(running.output())?.[1])
    project.write({ broken: '' })
    const pid = Number(/serves \(process (\d+)\)/.exec(running.output())?.[1])
    process.kill(pid, 'SIGKILL')
    await running.printed(/in 2000 ms/)
    const waits = [...running.output().matchAll(/it is started again (now|in \d+ ms)/g)].map(
      ([, wait]) => wait,
    )
    expect(waits).toEqual(['now', 'in 250 ms', 'in 500 ms', 'in 1000 ms', 'in 2000 ms'])
    expect(running.output()).toContain('Worker 1 has ended (SIGKILL)')
    running.mark()
    rmSync(project.path('broken'))
    // Connections wait in the queue of the socket meanwhile.
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('one')
  })

  it('starts a worker that crashes again, later each time', async () => {
    const { running, pids } = await serve('--workers', '2')
    const before = pids()
    await running.get('/crash').catch(() => {})
    await running.printed(/Worker \d has ended \(exit code 9\); it is started again now/)
    await until(() => (pids().some((pid) => !before.includes(pid)) ? true : undefined))
    const again = Number(/Worker (\d) has ended/.exec(running.output())?.[1])
    for (let turn = 0; turn < 6; turn++) await running.get('/crash').catch(() => {})
    await running.printed(/it is started again in 250 ms/)
    await running.answers('one')
    expect([1, 2]).toContain(again)
  })

  it('reloads one by one on SIGHUP without losing a request, and keeps the old where the new does not start', async () => {
    const { project, running, pids } = await serve('--workers', '2')
    const before = pids()
    project.write({ 'server.mjs': 'syntax error' })
    running.child.kill('SIGHUP')
    await running.printed(/The new code does not start; the old workers stay/)
    expect(await running.get()).toBe('one')
    expect(before.filter(isAlive)).toHaveLength(2)

    project.write({ 'server.mjs': SERVER('two') })
    running.mark()
    const answers: string[] = []
    let isOver = false
    const asking = (async () => {
      while (!isOver) answers.push(await running.get())
    })()
    running.child.kill('SIGHUP')
    await running.printed(/All workers run the new code/)
    await running.answers('two')
    isOver = true
    await asking
    expect(new Set(answers)).toEqual(new Set(['one', 'two']))
    expect(before.filter((pid) => pids().includes(pid))).toEqual([])
  })

  it('restarts all on SIGUSR1', async () => {
    const { project, running, pids } = await serve('--workers', '2')
    const before = pids()
    project.write({ 'server.mjs': SERVER('two') })
    running.child.kill('SIGUSR1')
    await running.answers('two')
    await until(() => (pids().every((pid) => !before.includes(pid)) ? true : undefined))
    await until(() => (before.some(isAlive) ? undefined : true))
  })

  it('stops in the middle of a reload', async () => {
    const { running, pids } = await serve('--workers', '2')
    running.child.kill('SIGHUP')
    await running.printed(/Reloading the workers/)
    running.child.kill('SIGTERM')
    expect((await running.ended()).code).toBe(0)
    expect(pids().filter(isAlive)).toEqual([])
  })

  it('ends at once at the second SIGTERM, and leaves nobody when it is killed (-9)', async () => {
    const { running, pids } = await serve('--workers', '2')
    const endless = running.get('/endless').catch(() => 'cut')
    await running.printed(/endless begins/)
    running.child.kill('SIGTERM')
    // It has heard of the first when nobody listens any more.
    await until(() =>
      running.get().then(
        () => undefined,
        () => true,
      ),
    )
    running.child.kill('SIGTERM')
    await running.ended()
    expect(await endless).toBe('cut')
    expect(pids().filter(isAlive)).toEqual([])

    const other = await serve('--workers', '2')
    other.running.child.kill('SIGKILL')
    await until(() => !other.pids().some(isAlive) || undefined)
  })

  it('gives up on a server that never starts', async () => {
    const project = workshop.project({ 'server.mjs': 'process.exit(3)' })
    const running = await workshop.start(project, ['serve', '--workers', '1', 'server.mjs'])
    expect((await running.ended()).code).toBe(1)
    expect(running.output()).toContain('does not start (exit code 3); giving up')
  })
})

describe('createSupervisor', () => {
  it('does in code what the command does: pid file, reload, restart, stop, by method and by signal', async () => {
    const project = workshop.project({
      'package.json': '{ "type": "module" }',
      'server.mjs': SERVER('one'),
      'main.mjs': `
        import { createSupervisor } from 'rocksolid/dev'
        const supervisor = createSupervisor({ entry: 'server.mjs', workers: 2, pidFile: 'app.pid' })
        process.stdin.setEncoding('utf8').on('data', async (word) => {
          console.log(word.trim(), await supervisor[word.trim()](), supervisor.pids.length)
        })
        console.log('over', await supervisor.run())
        process.exit(4)`,
    })
    mkdirSync(project.path('node_modules'))
    symlinkSync(join(import.meta.dirname, '..', '..'), project.path('node_modules/rocksolid'))
    const running = await workshop.start(project, ['main.mjs'], {}, true)
    for (let worker = 1; worker <= 2; worker++) await running.printed(new RegExp(`Worker ${worker} serves`))
    const port = Number(/Serving server\.mjs on http:\/\/localhost:(\d+)/.exec(running.output())?.[1])
    const { answers } = portOf(running, port) as Running
    expect(readFileSync(project.path('app.pid'), 'utf8')).toBe(`${running.pid}\n`)
    const steps: readonly (readonly [text: string, act: () => void, printed: RegExp])[] = [
      ['two', () => running.type('reload\n'), /^reload true 2$/m],
      ['three', () => running.type('restart\n'), /^restart true 2$/m],
      ['four', () => running.child.kill('SIGHUP'), /All workers run the new code/],
      ['five', () => running.child.kill('SIGUSR1'), /Restarting all workers/],
    ]
    for (const [text, act, printed] of steps) {
      project.write({ 'server.mjs': SERVER(text) })
      running.mark()
      act()
      await running.printed(printed)
      await answers(text)
    }
    running.child.kill('SIGTERM')
    expect(await running.ended()).toEqual({ code: 4, signal: null })
    await running.printed(/^over 0$/m)
    expect(existsSync(project.path('app.pid'))).toBe(false)
  })
})

describe('the debugger in workers of rocksolid serve', () => {
  it('has one PIN and one link for all of them, and any of them reaches the console of any error', async () => {
    const project = workshop.project({
      'server.mjs': `
        import http from 'node:http'
        import { withDebugger } from 'rocksolid/debugger'
        const app = (req, res) => {
          const mine = process.pid
          if (req.url === '/boom') throw new Error('boom ' + mine)
          res.end(String(mine))
        }
        http.createServer(withDebugger(app)).listen(0, '127.0.0.1')`,
      'package.json': '{ "type": "module" }',
    })
    mkdirSync(project.path('node_modules'))
    symlinkSync(join(import.meta.dirname, '..', '..'), project.path('node_modules/rocksolid'))
    const running = await workshop.start(project, ['serve', '--workers', '3', 'server.mjs'])
    const serves = await Promise.all(
      [1, 2, 3].map((n) => running.printed(new RegExp(`Worker ${n} serves \\(process (\\d+)`))),
    )
    const pids = serves.map(([, pid]) => pid)
    const port = Number((await running.printed(/Serving server\.mjs on http:\/\/localhost:(\d+)/))[1])
    const [, pin = ''] = await running.printed(/PIN (\d\S+)/)
    const seen = new Set<unknown>()
    // Each connection goes to a worker of the system's choice.
    for (let turn = 0; turn < 6; turn++) {
      const page = await openErrorPage(port, '/boom')
      await page.unlock({ pin })
      for (let question = 0; question < 3; question++) {
        const answer = await page.evaluate(page.live[0] ?? '', 'mine')
        expect(answer).toMatchObject({ value: { text: expect.stringMatching(/^\d+$/) } })
        seen.add((answer as { value: { text: string } }).value.text)
      }
    }
    for (const pid of seen) expect(pids).toContain(pid)
    expect(running.output().match(/PIN \d/g)).toHaveLength(1)
  })
})
