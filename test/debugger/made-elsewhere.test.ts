import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let app: AppProcess
let pin = ''

async function open(path: string): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, path)
  await client.unlock({ pin })
  return client
}

async function read(client: DebuggerClient, frame: string, code: string): Promise<string> {
  const answer = await client.evaluate(frame, code)
  return answer.kind === 'value' ? answer.value.text : answer.kind
}

describe.each(RUNTIMES)(
  'an error that is made in one place and thrown or passed on in another, on %s',
  (_name, node) => {
    beforeAll(async () => {
      app = await startApp('made.mjs', { node })
      pin = (await app.printed(/PIN (\d\S+)/))[1] as string
    })
    afterAll(() => app.stop())

    it.each([
      ['next', 'inHandler', "'handler 2'"],
      ['callback', 'inTimer', "'timer look-up 2'"],
      ['made', 'inMaker', "'maker 2'"],
      ['class', 'id', "'2'"],
    ])('%s: its frames are offered the first time and live the next', async (kind, name, expected) => {
      const first = await open(`/${kind}/1`)
      expect(first.live).not.toContain('0.0')
      expect(first.page.body).toMatch(/data-frame="0\.0"[^>]* data-pending/)
      const second = await open(`/${kind}/2`)
      expect(second.live).toContain('0.0')
      expect(await read(second, '0.0', name)).toBe(expected)
    })

    it('is told from others that are made at the same time', async () => {
      await open('/made/1')
      const clients = await Promise.all([3, 4, 5, 6].map((id) => open(`/made/${id}`)))
      for (const [index, client] of clients.entries())
        expect(await read(client, '0.0', 'inMaker')).toBe(`'maker ${index + 3}'`)
    })

    it('is not waited for in a function that calls itself without end', async () => {
      for (const id of [1, 2, 3]) {
        const page = await request({ port: app.port, path: `/deep/${id}`, headers: { accept: 'text/html' } })
        expect(page.body).toContain('Maximum call stack size exceeded')
      }
    })

    it('costs a request that does not fail nothing but the pass', async () => {
      await open('/next/1')
      expect((await request({ port: app.port, path: '/' })).body).toBe('fine')
    })
  },
)
