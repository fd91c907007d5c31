import { once } from 'node:events'
import http2 from 'node:http2'
import type { Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { withDebugger } from '../../src/debugger.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

it('prints the link of a server of node:http2 too, plain and secure', async () => {
  for (const scheme of ['http', 'https'] as const) {
    let printed = ''
    const terminal = {
      write(text: string) {
        printed += text
      },
    }
    const app = withDebugger((_req: unknown, res: { end(): void }) => res.end(), {
      terminal: terminal as never,
    })
    const server =
      scheme === 'http' ? http2.createServer(app as never) : http2.createSecureServer({}, app as never)
    servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    await expect.poll(() => printed).toMatch(new RegExp(`${scheme}://localhost:\\d+/__rocksolid/#unlock=`))
    app.close()
  }
})
