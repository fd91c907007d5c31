import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

describe.each(RUNTIMES)('a throw that the application handles, on %s', (_name, node) => {
  let app: AppProcess
  beforeEach(async () => {
    app = await startApp('handled-throws.mjs', { node })
  })
  afterEach(() => app.stop())

  /** Pauses in each of some requests. */
  async function pauses(path: string, times: number): Promise<readonly number[]> {
    const found: number[] = []
    for (let turn = 0; turn < times; turn++)
      found.push(Number((await request({ port: app.port, path })).body))
    return found
  }

  it('pauses no more after a few where a small function catches it', async () => {
    const [first, ...later] = await pauses('/tolerant', 12)
    expect(first).toBe(1)
    expect(later.slice(-4)).toEqual([0, 0, 0, 0])
  })

  // Its nearest frame is that of JSON.parse.
  it('leaves its function live frames for an error that reaches a page, the second time at the latest', async () => {
    await pauses('/tolerant', 8)
    const first = await openErrorPage(app.port, '/tolerant/fails')
    expect(first.page.body).toMatch(/ data-(?:live|pending)/)
    expect((await openErrorPage(app.port, '/tolerant/fails')).live).toContain('0.1')
  })

  it.each(['/large', '/thrower'])(
    'takes no console from the first error of %s, whose other errors nobody may catch',
    async (path) => {
      await pauses(path, 8)
      expect((await openErrorPage(app.port, `${path}/fails`)).live).toContain('0.0')
    },
  )
})
