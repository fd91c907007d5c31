import { describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

const flags = { import: ['--import', 'rocksolid/register'], require: ['--require', 'rocksolid/register'] }

async function withApp(
  name: string,
  nodeArgs: readonly string[],
  use: (app: AppProcess) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const app = await startApp(`frameworks/${name}.mjs`, { nodeArgs, env })
  try {
    await use(app)
  } finally {
    await app.stop()
  }
}

describe.each(Object.entries(flags))('node --%s rocksolid/register', (_flag, nodeArgs) => {
  it.each(['http', 'express5'])('gives %s an access log and pages with consoles', async (name) => {
    await withApp(name, nodeArgs, async (app) => {
      expect((await request({ port: app.port, path: '/ok?id=7' })).body).toBe('ok')
      await app.printed(/"GET \/ok\?id=7 HTTP\/1\.1" 200 2 /)
      const page = await openErrorPage(app.port, '/async?id=8')
      expect(page.page.status).toBe(500)
      const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
      await page.unlock({ pin })
      expect(await page.evaluate(page.live[0] as string, 'local')).toMatchObject({
        value: { text: "'local of 8'" },
      })
      await app.printed(/TypeError: async 8\n/)
      await app.printed(/"GET \/async\?id=8 HTTP\/1\.1" 500 /)
    })
  })
})
