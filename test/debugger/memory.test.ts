import { describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

/** Each error of the application holds a local of 160 kB. */
const LOCAL_MB = 0.16

async function heapMb(app: AppProcess, path = '/heap'): Promise<number> {
  await request({ port: app.port, path: '/heap' })
  return Number((await request({ port: app.port, path })).body) / 1e6
}

async function fail(app: AppProcess, count: number): Promise<void> {
  const AT_ONCE = 10
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_one, index) =>
        request({ port: app.port, path: `/fail/${done + index}` }),
      ),
    )
  }
}

describe('memory', () => {
  it('of 5,000 errors is that of the 20 that are kept', async () => {
    const app = await startApp('errors.mjs', { nodeArgs: ['--expose-gc'] })
    try {
      await fail(app, 100)
      const before = await heapMb(app)
      await fail(app, 5000)
      const grown = (await heapMb(app)) - before
      // Of all of them it would be 800 MB; the heap levels off after some thousand, here about 6 MB above the start.
      expect(grown).toBeLessThan(20 * LOCAL_MB + 24)
    } finally {
      await app.stop()
    }
  }, 600_000)

  it('of what was shown while it was typed is given back', async () => {
    const app = await startApp('errors.mjs', { nodeArgs: ['--expose-gc'] })
    try {
      const client = await openErrorPage(app.port, '/fail/1')
      await client.unlock({ pin: (await app.printed(/PIN (\d\S+)/))[1] as string })
      const [frame = '0.0'] = client.live
      const show = async (): Promise<void> => {
        for (let round = 0; round < 100; round++) {
          const code = `new Array(100_000 + ${round}).fill(0)`
          // A machine that stalls may give one up that takes too long.
          await expect
            .poll(async () => (await client.post('preview', { error: client.data.error, frame, code })).body)
            .toContain('100')
        }
      }
      await show()
      const before = await heapMb(app)
      await show()
      // All of them are 80 MB.
      expect((await heapMb(app)) - before).toBeLessThan(30)
    } finally {
      await app.stop()
    }
  }, 180_000)

  it('of throws that the application catches is given back', async () => {
    const app = await startApp('errors.mjs', { nodeArgs: ['--expose-gc'] })
    try {
      const before = await heapMb(app, '/caught')
      for (let round = 0; round < 20; round++) await heapMb(app, '/caught')
      expect((await heapMb(app)) - before).toBeLessThan(10 * LOCAL_MB + 5)
    } finally {
      await app.stop()
    }
  }, 180_000)
})
