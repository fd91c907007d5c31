import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeAwaitBreakpoints } from '../../src/debugger/capture/await-breakpoints.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let app: AppProcess
let pin: string

async function open(path: string): Promise<DebuggerClient> {
  const client = await openErrorPage(app.port, path)
  await client.unlock({ pin })
  return client
}

const pending = (client: DebuggerClient): string[] =>
  [...client.page.body.matchAll(/data-frame="(\d+\.\d+)"[^>]* data-pending/g)].map(
    (match) => match[1] as string,
  )

/** What each live frame sees of a list of names, such as `insideBlock=block 3`. */
async function seen(client: DebuggerClient): Promise<string[]> {
  const names = ['id', 'table', 'insideBlock', 'branch', 'wanted', 'request']
  const code = `Object.entries({ ${names.map((name) => `${name}: typeof ${name} === 'undefined' ? undefined : ${name}`)} }).filter(([, value]) => value !== undefined).map(([name, value]) => name + '=' + value).join(' ')`
  const answers = await Promise.all(client.live.map((frame) => client.evaluate(frame, code)))
  return answers.map((answer) => (answer.kind === 'value' ? answer.value.text : answer.kind))
}

describe.each(RUNTIMES)('on %s', (_name, node) => {
  beforeEach(async () => {
    app = await startApp('frames.mjs', { node })
    pin = (await app.printed(/PIN (\d\S+)/))[1] as string
  })

  afterEach(() => app.stop())

  describe('callers that wait at an await', () => {
    it('are offered the first time and live the next, block scopes included', async () => {
      const first = await open('/rows/1')
      expect(first.live).toEqual(['0.0'])
      expect(pending(first).length).toBeGreaterThanOrEqual(3)
      expect(first.data.again).toBe('/rows/1')

      const second = await open('/rows/1')
      expect(pending(second)).toEqual([])
      expect(await seen(second)).toEqual(
        expect.arrayContaining([
          "'id=3'",
          "'id=3 table=table 3 insideBlock=block 3'",
          "'id=3 branch=branch 3'",
          "'wanted=2,3 request=1'",
        ]),
      )
    })

    it('are each those of their own request and branch, with many in flight', async () => {
      await open('/rows/1')
      const ids = [4, 5, 6, 7, 8, 9, 10, 11]
      const clients = await Promise.all(ids.map((id) => open(`/rows/${id}`)))
      for (const [index, client] of clients.entries()) {
        const id = ids[index] as number
        const odd = 2 * id + 1
        expect(await seen(client)).toEqual(
          expect.arrayContaining([
            `'id=${odd} table=table ${odd} insideBlock=block ${odd}'`,
            `'id=${odd} branch=branch ${odd}'`,
            `'wanted=${2 * id},${odd} request=${id}'`,
          ]),
        )
      }
    })

    it('can be assigned to, and the response of a request that passes is not changed', async () => {
      await open('/rows/1')
      const client = await open('/rows/2')
      const frame = client.live.at(-2) as string
      expect(await client.evaluate(frame, 'wanted.push(99); wanted.length')).toMatchObject({
        value: { text: '3' },
      })
      const passing = await request({ port: app.port, path: '/handled' })
      expect([passing.status, passing.body]).toEqual([200, 'fine'])
    })

    it('are given up where they are passed too often: the server stays fast', async () => {
      await open('/loop/1')
      const startedAt = performance.now()
      const reply = await request({ port: app.port, path: '/loop/20000' })
      expect(reply.body).toBe('20000')
      expect(performance.now() - startedAt).toBeLessThan(5000)
    })

    it('are disarmed when the error is no longer kept', async () => {
      await app.stop()
      app = await startApp('frames.mjs', { node, env: { DEBUGGER_OPTIONS: '{"maxErrors": 1}' } })
      pin = (await app.printed(/PIN (\d\S+)/))[1] as string
      await open('/rows/1')
      await open('/sync')
      const again = await open('/rows/1')
      expect(again.live).toEqual(['0.0'])
      expect(pending(again).length).toBeGreaterThanOrEqual(3)
    })
  })
})

describe('a position that several errors wait at', () => {
  it('stays armed until the last of them is let go', () => {
    const posted: string[] = []
    const session = {
      scriptId: () => '7',
      post: (method: string) => {
        posted.push(method)
        return { breakpointId: 'one' }
      },
    }
    const awaits = makeAwaitBreakpoints(() => session as never)
    const position = { file: '/srv/a.js', line: 3, column: 5 }
    awaits.arm('first', [position])
    awaits.arm('second', [position])
    awaits.release('first')
    expect(posted).toEqual(['Debugger.setBreakpoint'])
    awaits.release('second')
    expect(posted).toEqual(['Debugger.setBreakpoint', 'Debugger.removeBreakpoint'])
  })
})
