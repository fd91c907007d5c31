import { once } from 'node:events'
import { existsSync } from 'node:fs'
import http from 'node:http'
import { createServer } from 'node:net'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { Duplex } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { makeCertificate } from '../support/certificate.ts'
import { request } from '../support/request.ts'
import { isAlive, openWorkshop, type Project, type Running, until } from './runner.ts'

const packages = resolve(import.meta.dirname, '..', '..', 'tools', 'frameworks', 'node_modules')
const workshop = openWorkshop()
const { folder: pems, remove } = makeCertificate()
afterAll(async () => {
  await workshop.close()
  remove()
})

const ANSWER = (sleep: string): string => `
  if (pathname === '/slow') { console.log('slow begins'); await ${sleep}(500); return new Response('slow ' + text) }
  if (pathname === '/events') {
    const body = new ReadableStream({ async start(to) {
      for (;;) { try { to.enqueue(new TextEncoder().encode('data: tick\\n\\n')) } catch { return } await ${sleep}(50) }
    } })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return new Response(text)`

/** Servers of runtimes that take no sockets over; `tls` is what is put into their options. */
const SERVERS = [
  {
    runtime: 'bun',
    binary: join(packages, '@oven', 'bun-linux-x64', 'bin', 'bun'),
    tls: `tls: { key: Bun.file('${pems}/key.pem'), cert: Bun.file('${pems}/cert.pem') },`,
    server: (tls: string) => `
      import { text } from './text.ts'
      Bun.serve({
        port: 0, hostname: '127.0.0.1', ${tls}
        async fetch(req, server) {
          if (server.upgrade(req)) return
          const { pathname } = new URL(req.url)
          ${ANSWER('Bun.sleep')}
        },
        websocket: { message: (socket, word) => void socket.send(text + ' ' + word) },
      })`,
  },
  {
    runtime: 'deno',
    binary: join(packages, '@deno', 'linux-x64-glibc', 'deno'),
    tls: `key: Deno.readTextFileSync('${pems}/key.pem'), cert: Deno.readTextFileSync('${pems}/cert.pem'),`,
    server: (tls: string) => `
      import { text } from './text.ts'
      const sleep = (ms: number) => new Promise((go) => setTimeout(go, ms))
      Deno.serve({ port: 0, hostname: '127.0.0.1', ${tls} onListen() {} }, async (req) => {
        if (req.headers.get('upgrade') === 'websocket') {
          const { socket, response } = Deno.upgradeWebSocket(req)
          socket.onmessage = ({ data }) => socket.send(text + ' ' + data)
          return response
        }
        const { pathname } = new URL(req.url)
        ${ANSWER('sleep')}
      })`,
  },
] as const

const TEXT = (text: string): string => `export const text: string = '${text}'\n`

/** A client of websockets that says a word and keeps what it is told. */
async function openSocket(
  port: number,
): Promise<{ readonly told: () => string; readonly ended: Promise<unknown> }> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-version': '13',
  }
  const [, socket] = (await once(http.get({ port, headers }), 'upgrade')) as [unknown, Duplex]
  const received: Buffer[] = []
  socket.on('data', (chunk: Buffer) => received.push(chunk))
  const ended = once(socket, 'end').then(() => socket.destroy())
  socket.write(Buffer.from([0x81, 0x83, 0, 0, 0, 0, ...Buffer.from('hey')]))
  return { told: () => Buffer.concat(received).toString('latin1'), ended }
}

for (const { runtime, binary, server, tls } of SERVERS) {
  describe.runIf(existsSync(binary))(`a server of ${runtime}`, () => {
    const env = { PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ''}` }

    async function serving(source: string): Promise<{ project: Project; running: Running }> {
      const files = { 'package.json': '{ "type": "module" }', 'server.ts': source, 'text.ts': TEXT('one') }
      const project = workshop.project(files)
      const running = await workshop.start(project, ['--no-debugger', 'server.ts'], env)
      await running.printed(/Serving on/)
      return { project, running }
    }

    it('has its websockets told to come again, and its event streams ended, when it is replaced', async () => {
      const { project, running } = await serving(server(''))
      const socket = await openSocket(running.port())
      await until(() => socket.told().includes('one hey') || undefined, socket.told)
      const [events] = (await once(http.get({ port: running.port(), path: '/events' }), 'response')) as [
        http.IncomingMessage,
      ]
      await once(events, 'data')
      const closed = once(events.resume(), 'end')
      project.write({ 'text.ts': TEXT('two') })
      await Promise.all([socket.ended, closed])
      expect(socket.told()).toMatch(/\x88\x02\x03\xf4$/)
      await running.answers('two')
      const next = await openSocket(running.port())
      await until(() => next.told().includes('two hey') || undefined, next.told)
      running.child.kill('SIGINT')
      await next.ended
      expect(next.told()).toMatch(/\x88\x02\x03\xf4$/)
      await running.ended()
    })

    it('ends when the process that watches is killed (-9), and leaves no port', async () => {
      const { running } = await serving(`${server('')}\nconsole.log('started', process.pid)`)
      const pid = Number((await running.printed(/started (\d+)/))[1])
      expect(isAlive(pid)).toBe(true)
      running.child.kill('SIGKILL')
      await until(() => !isAlive(pid) || undefined)
      await expect(running.get()).rejects.toThrow('ECONNREFUSED')
    })

    it('tells who holds its port, and listens when that is free', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port } = other.address() as { readonly port: number }
      const project = workshop.project({
        'package.json': '{ "type": "module" }',
        'server.ts': server('').replace('port: 0', `port: ${port}`),
        'text.ts': TEXT('one'),
      })
      const running = await workshop.start(project, ['--no-debugger', 'server.ts'], env)
      await running.printed(new RegExp(`EADDRINUSE.*; waiting for a change, or for port ${port} to be free`))
      if (process.platform === 'linux')
        await running.printed(new RegExp(`Port ${port} is held by process ${process.pid}: `))
      other.close()
      await running.printed(new RegExp(`Serving on http://localhost:${port}`))
      expect(await running.get()).toBe('one')
    })

    it('finishes what is in flight at Ctrl-C', async () => {
      const { running } = await serving(server(''))
      const slow = running.get('/slow')
      await running.printed(/slow begins/)
      running.child.kill('SIGINT')
      expect(await slow).toBe('slow one')
      await running.ended()
      await expect(running.get()).rejects.toThrow('ECONNREFUSED')
    })

    it('serves TLS, before and after it is replaced', async () => {
      const { project, running } = await serving(server(tls))
      await running.printed(/Serving on https:/)
      const get = async () => (await request({ port: running.port(), secure: true })).body
      expect(await get()).toBe('one')
      project.write({ 'text.ts': TEXT('two') })
      await until(async () => ((await get().catch(() => '')) === 'two' ? true : undefined), running.output)
    })
  })
}

describe.runIf(existsSync(SERVERS[1].binary))('a server of deno', () => {
  it('runs what a large CommonJS file says after a save, though it is as long as before', async () => {
    const large = (text: string): string => `/*${'x'.repeat(20_000)}*/\nexports.text = '${text}'\n`
    const project = workshop.project({
      'package.json': '{ "type": "module" }',
      'server.ts': `
        import { createRequire } from 'node:module'
        const require = createRequire(import.meta.url)
        const { text } = require('./text.cjs')
        Deno.serve({ port: 0, hostname: '127.0.0.1' }, () => new Response(text))`,
      'text.cjs': large('one'),
    })
    const env = { PATH: `${dirname(SERVERS[1].binary)}${delimiter}${process.env.PATH ?? ''}` }
    const running = await workshop.start(project, ['--no-debugger', 'server.ts'], env)
    await running.printed(/Serving on/)
    expect(await running.get()).toBe('one')
    project.write({ 'text.cjs': large('two') })
    await running.answers('two')
  })
})

describe.runIf(existsSync(SERVERS[0].binary))('a server of bun', () => {
  it('may be what a module exports', async () => {
    const project = workshop.project({
      'package.json': '{ "type": "module" }',
      'server.ts': `#!/usr/bin/env bun
        import { text } from './text.ts'
        export default { port: 0, hostname: '127.0.0.1', fetch: (): Response => new Response(text) }`,
      'text.ts': TEXT('one'),
    })
    const env = { PATH: `${dirname(SERVERS[0].binary)}${delimiter}${process.env.PATH ?? ''}` }
    const running = await workshop.start(project, ['server.ts'], env)
    await running.printed(/Serving on/)
    expect(await running.get()).toBe('one')
    await running.printed(/"GET \/ HTTP\/1.1" 200 3/)
    project.write({ 'text.ts': TEXT('two') })
    await running.answers('two')
  })
})
