import { createServer } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { openWorkshop } from './runner.ts'

const workshop = openWorkshop()
afterAll(() => workshop.close())

const LISTENING: readonly (readonly [name: string, code: (port: number) => string])[] = [
  ['that does not look', (port) => `http.createServer().listen(${port}, '127.0.0.1')`],
  [
    'that takes the error and ends without a word, as Express 5 does',
    (port) => `http.createServer().on('error', () => console.log('ready')).listen(${port}, '127.0.0.1')`,
  ],
]

describe('a port that another program holds', () => {
  it.each(LISTENING)('is told with who holds it, by a server %s', async (_name, listen) => {
    const other = createServer()
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { readonly port: number }
    const project = workshop.project({ 'server.mjs': `import http from 'node:http'\n${listen(port)}` })
    const running = await workshop.start(project, ['--no-access', '--no-debugger', 'server.mjs'])
    await running.printed(new RegExp(`server\\.mjs did not start \\(Error: listen EADDRINUSE.*:${port}\\)`))
    if (process.platform === 'linux')
      await running.printed(new RegExp(`Port ${port} is held by process ${process.pid}: `))
    running.mark()
    await new Promise((resolve) => void other.close(resolve))
    project.write({ 'server.mjs': `import http from 'node:http'\n${listen(port)}\n` })
    await running.printed(new RegExp(`Serving on http://localhost:${port}`))
  })

  it('is listened on by itself as soon as it is free', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { readonly port: number }
    const project = workshop.project({
      'server.mjs': `import http from 'node:http'\nhttp.createServer((req, res) => res.end('up')).listen(${port}, '127.0.0.1')`,
    })
    const running = await workshop.start(project, ['--no-access', '--no-debugger', 'server.mjs'])
    await running.printed(new RegExp(`waiting for a change, or for port ${port} to be free`))
    await new Promise((resolve) => void other.close(resolve))
    await running.printed(new RegExp(`Restarting server\\.mjs: port ${port} is free[\\s\\S]*Serving on`))
    expect(await running.get()).toBe('up')
  })

  it('may be given up before it is free', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { readonly port: number }
    const listening = (wanted: number): string =>
      `import http from 'node:http'\nhttp.createServer((req, res) => res.end('up')).listen(${wanted}, '127.0.0.1')`
    const project = workshop.project({ 'server.mjs': listening(port) })
    const running = await workshop.start(project, ['--no-access', '--no-debugger', 'server.mjs'])
    await running.printed(/waiting for a change, or/)
    project.write({ 'server.mjs': listening(0) })
    await running.printed(/Serving on/)
    running.mark()
    await new Promise((resolve) => void other.close(resolve))
    // Longer than it takes to look again.
    await new Promise((resolve) => setTimeout(resolve, 1200))
    running.child.kill('SIGINT')
    await running.ended()
    expect(running.output()).not.toContain('is free')
  })

  it('is no matter where the server takes the next one', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { readonly port: number }
    const project = workshop.project({
      'server.mjs': `import http from 'node:http'
        const server = http.createServer((req, res) => { res.end('up'); if (req.url === '/end') server.close() })
        server.once('error', () => server.listen(0, '127.0.0.1')).listen(${port}, '127.0.0.1')`,
    })
    const running = await workshop.start(project, ['--no-access', '--no-debugger', 'server.mjs'])
    await running.printed(/Serving on/)
    expect(await running.get('/end')).toBe('up')
    await running.printed(/server\.mjs has ended; waiting for a change/)
    expect(running.output()).not.toContain('EADDRINUSE')
    other.close()
  })
})
