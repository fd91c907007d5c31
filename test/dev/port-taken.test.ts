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
