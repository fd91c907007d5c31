import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { EVENTS, readEvents } from './behaviours.ts'
import { openClient } from './client.ts'

// Installed by scripts/ensure-nginx.mjs. Without it there is nothing to test; CI must have it.
const hasNginx = ((): boolean => {
  try {
    execFileSync('nginx', ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

const folder = mkdtempSync(join(tmpdir(), 'rocksolid-nginx-'))
let app: AppProcess
let nginx: ChildProcess
let port = 0
let http2Port = 0

/** Starts nginx; again on other ports when somebody else was faster to take them. */
async function startNginx(upstream: number): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    port = await freePort()
    http2Port = await freePort()
    writeFileSync(join(folder, 'nginx.conf'), configuration(upstream))
    nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' })
    // It writes the file once it listens, and ends where it cannot.
    const isUp = (): boolean => existsSync(join(folder, 'pid'))
    await vi.waitFor(() => expect(isUp() || nginx.exitCode !== null).toBe(true), { timeout: 15_000 })
    if (isUp()) return
  }
  throw new Error('nginx does not start')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return free
}

const configuration = (upstream: number): string => `
daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f;
  uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream app { server 127.0.0.1:${upstream}; keepalive 2; }
  server {
    listen 127.0.0.1:${port};
    listen 127.0.0.1:${http2Port} http2;
    location / {
      proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_buffering off;
    }
  }
}`

it('has nginx in CI', () => {
  if (process.env.CI && !hasNginx) throw new Error('CI has no nginx: see scripts/ensure-nginx.mjs')
  expect(typeof hasNginx).toBe('boolean')
})

describe.runIf(hasNginx)('behind nginx with a connection to the server that stays open', () => {
  beforeAll(async () => {
    const config = join(folder, 'rocksolid.config.json')
    writeFileSync(
      config,
      JSON.stringify({
        access: {
          format: ':remote-addr ":method :url" :status :bytes :outcome :connection-id',
          trustProxy: ['loopback'],
        },
      }),
    )
    app = await startApp('frameworks/http.mjs', {
      nodeArgs: ['--import', 'rocksolid/register'],
      env: { ROCKSOLID_CONFIG: config },
      cwd: resolve(import.meta.dirname, '..', '..'),
    })
    await startNginx(app.port)
  })
  afterAll(async () => {
    nginx?.kill('SIGTERM')
    await app?.stop()
    rmSync(folder, { recursive: true })
  })

  it('logs the address of the client, over HTTP/1.1 and HTTP/2', async () => {
    const client = openClient(port, 'http')
    await client.get('/ok?id=1', { 'x-forwarded-for': '203.0.113.9' })
    await app.printed(/^203\.0\.113\.9 "GET \/ok\?id=1" 200 2 ok \d+$/m)
    client.close()
    const second = openClient(http2Port, 'http2')
    await second.get('/ok?id=2', { 'x-forwarded-for': '203.0.113.10' })
    await app.printed(/^203\.0\.113\.10 "GET \/ok\?id=2" 200 2 ok \d+$/m)
    second.close()
  })

  it('fails one request after the other over the same connection to the server', async () => {
    const client = openClient(port, 'http')
    const connections = new Set<string | undefined>()
    for (const id of ['3', '4', '5']) {
      const reply = await client.get(`/async?id=${id}`)
      expect([reply.status, reply.broken]).toEqual([500, false])
      await app.printed(new RegExp(`TypeError: async ${id}\\n`))
      const [, connection] = await app.printed(new RegExp(`"GET /async\\?id=${id}" 500 \\d+ ok (\\d+)\\n`))
      connections.add(connection)
    }
    expect((await client.get('/ok?id=6')).body).toBe('ok')
    const [, last] = await app.printed(/"GET \/ok\?id=6" 200 2 ok (\d+)\n/)
    expect([...connections]).toEqual([last])
    client.close()
  })

  it.each(['http', 'http2'] as const)(
    'fails a request over %s alone, without its stack',
    async (protocol) => {
      const client = openClient(protocol === 'http' ? port : http2Port, protocol)
      const id = `f${protocol}`
      // To the server everybody behind a proxy is somebody else: it cannot know better.
      const reply = await client.get(`/sync?id=${id}`, {
        accept: 'text/html',
        'x-forwarded-for': '203.0.113.9',
      })
      expect([reply.status, reply.broken, reply.headers['x-debug-url']]).toEqual([500, false, undefined])
      expect(reply.body).not.toMatch(/rocksolid-data|sync f|work\.mjs/)
      await app.printed(new RegExp(`TypeError: sync ${id}\\n`))
      expect((await client.get(`/ok?id=${id}`)).body).toBe('ok')
      expect(client.connections).toBe(1)
      client.close()
    },
  )

  it.each(['http', 'http2'] as const)(
    'passes on each event over %s before there is another',
    async (protocol) => {
      const open = () => openClient(protocol === 'http' ? port : http2Port, protocol)
      const client = open()
      const reply = await readEvents(client, open(), `e${protocol}`, () => {})
      expect([reply.status, reply.broken, reply.body]).toEqual([200, false, EVENTS.join('')])
      client.close()
    },
  )

  it('logs a client that leaves as aborted', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /big?id=9 HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(socket, 'data')
    socket.destroy()
    await app.printed(/"GET \/big\?id=9" 200 \d+ (aborted|reset)/)
  })

  it('logs a client that leaves before there is an answer', async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /upload?id=waiting HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await app.printed(/asked for \/upload\?id=waiting/)
    socket.destroy()
    await app.printed(/"GET \/upload\?id=waiting" 499 - (aborted|reset)/)
  })

  it('logs an HTTP/2 client that cancels one of its requests, and goes on with the others', async () => {
    const client = openClient(http2Port, 'http2')
    const cancel = await client.stall('/big?id=10')
    cancel()
    await app.printed(/"GET \/big\?id=10" 200 \d+ (aborted|reset)/)
    expect((await client.get('/ok?id=11')).body).toBe('ok')
    expect(client.connections).toBe(1)
    client.close()
  })
})
