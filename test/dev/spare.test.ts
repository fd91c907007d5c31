import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { isAlive, openWorkshop, type Project, type Running, until } from './runner.ts'

const workshop = openWorkshop()
afterAll(() => workshop.close())

const SERVER = `
  import http from 'node:http'
  import { text } from './text.mjs'
  console.log('started', process.pid)
  http.createServer((req, res) => res.end(req.url === '/pid' ? String(process.pid) : text)).listen(0, '127.0.0.1')`

const exporting = (text: string): string => `export const text = ${text}\n`

async function serving(
  files: Readonly<Record<string, string>> = {},
  ...args: string[]
): Promise<{ project: Project; running: Running }> {
  const project = workshop.project({
    'package.json': '{ "type": "module" }',
    'server.mjs': SERVER,
    'text.mjs': exporting('"one"'),
    ...files,
  })
  const running = await workshop.start(project, ['--no-access', '--no-debugger', ...args, 'server.mjs'])
  await running.printed(/Serving on/)
  return { project, running }
}

/** The processes that this one has started, of which one serves. */
function children(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid
      } catch {
        return false
      }
    })
    .map(Number)
}

/** The process that waits beside the one that serves. */
async function spareOf(running: Running): Promise<number> {
  const serving = Number(await running.get('/pid'))
  return until(() => children(running.pid).find((pid) => pid !== serving))
}

describe.runIf(process.platform === 'linux')('a spare process', () => {
  it('takes over with the new code, and has run nothing of the application before', async () => {
    const { project, running } = await serving()
    const spare = await spareOf(running)
    expect(running.starts()).toBe(1)
    // A server asks how long it runs, not how long its process has waited.
    project.write({ 'text.mjs': exporting("process.uptime() < 5 ? 'two' : String(process.uptime())") })
    await running.answers('two')
    expect(Number(await running.get('/pid'))).toBe(spare)
    expect(running.starts()).toBe(2)
  })

  it('is not used where what it has read at its start has changed', async () => {
    const { project, running } = await serving(
      { 'vars.txt': 'WORD=one', 'text.mjs': exporting('process.env.WORD') },
      '--env-file=vars.txt',
    )
    const spare = await spareOf(running)
    project.write({ 'vars.txt': 'WORD=two' })
    await running.answers('two')
    expect(Number(await running.get('/pid'))).not.toBe(spare)
    await until(() => !isAlive(spare) || undefined)
  })

  it('does not load what the application wants loaded first before it is needed', async () => {
    const { project, running } = await serving(
      { 'first.mjs': 'console.log("first")' },
      '--import=./first.mjs',
    )
    const spare = await spareOf(running)
    project.write({ 'first.mjs': 'globalThis.word = "two"', 'text.mjs': exporting('globalThis.word') })
    await running.answers('two')
    expect(Number(await running.get('/pid'))).toBe(spare)
    expect(running.output().match(/^first$/gm)).toHaveLength(1)
  })

  it('waits with flags that load nothing too, which stand in many a start script', async () => {
    const flags = ['--no-warnings', '--enable-source-maps', '--max-old-space-size=512']
    const { project, running } = await serving(
      { 'text.mjs': exporting('process.execArgv.filter((flag) => /warn|maps|space/.test(flag)).join()') },
      ...flags.map((flag) => `--node-option=${flag}`),
    )
    expect(await running.get()).toBe(flags.join())
    const spare = await spareOf(running)
    project.write({ 'text.mjs': exporting('"two"') })
    await running.answers('two')
    expect(Number(await running.get('/pid'))).toBe(spare)
  })

  it('is not made for a runtime that does more when it starts, and none is left behind', async () => {
    const { running } = await serving({}, '--node-option=--title=busy')
    const { running: other } = await serving()
    const spare = await spareOf(other)
    expect(children(running.pid)).toHaveLength(1)
    other.child.kill('SIGINT')
    await other.ended()
    await until(() => !isAlive(spare) || undefined)
  })

  it('ends with the runner when that is killed (-9)', async () => {
    const { running } = await serving()
    const spare = await spareOf(running)
    running.child.kill('SIGKILL')
    await until(() => !isAlive(spare) || undefined)
  })
})

describe('sockets that are not wanted any more', () => {
  const listening = (...calls: string[]): string =>
    `import http from 'node:http'\n${calls.map((call) => `http.createServer((req, res) => res.end(${JSON.stringify(call)})).listen(${call})`).join('\n')}`

  it('are closed in every process: another program can have the port', async () => {
    const port = await freePort()
    const project = workshop.project({ 'server.mjs': listening("0, '127.0.0.1'", `${port}, '127.0.0.1'`) })
    const running = await workshop.start(project, ['--no-access', '--no-debugger', 'server.mjs'])
    await running.printed(new RegExp(`localhost:${port}`))
    project.write({ 'server.mjs': listening("0, '127.0.0.1'") })
    await until(async () => ((await canListen(port, '127.0.0.1')) ? true : undefined), running.output)
  })

  it('are closed before the same port is bound at another address', async () => {
    const port = await freePort()
    const project = workshop.project({ 'server.mjs': listening(`${port}, '127.0.0.1'`) })
    const running = await workshop.start(project, ['--no-access', '--no-debugger', 'server.mjs'])
    await running.printed(/Serving on/)
    project.write({ 'server.mjs': listening(`${port}, '0.0.0.0'`) })
    await running.answers(`${port}, '0.0.0.0'`)
    expect(running.output()).not.toContain('EADDRINUSE')
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  await new Promise((resolve) => void server.close(resolve))
  return port
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
