import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

// Behaviours that the debuggers of other languages are tested for: odd file names, and what a logger gets.

const folder = mkdtempSync(join(tmpdir(), 'rocksolid-ported-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const THROWING = `function fail(order) {
  const stock = 3
  throw new RangeError('no stock for ' + order.id + ' of ' + stock)
}
`

describe('an error', () => {
  it.skipIf(process.platform === 'win32').each([
    ['an ES module', 'a:12:b.mjs', `export ${THROWING}`],
    ['a CommonJS module', 'c:7.cjs', `exports.fail = fail\n${THROWING}`],
  ])(
    'in %s whose name has colons has its place, its source, its values and a live console',
    async (_kind, name, code) => {
      const file = join(folder, name)
      writeFileSync(file, code)
      const app = await startApp('reported.mjs', {
        cwd: folder,
        env: { FAILING: file, LOG: join(folder, 'colons.log') },
      })
      try {
        const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
        const client = await openErrorPage(app.port, '/')
        const line = code.split('\n').findIndex((one) => one.includes('throw')) + 1
        await client.unlock({ pin })
        const { body } = await client.post('frames', { error: client.data.error })
        expect(JSON.parse(body).frames[0]).toMatchObject({ file, line, function: 'fail', state: 'live' })
        expect(client.page.body).toContain('const stock = ')
        expect(await client.evaluate('0.0', 'order.id + stock')).toMatchObject({ value: { text: '10' } })
      } finally {
        await app.stop()
      }
    },
  )

  it('reaches a logger as one fatal record with type, message and the frames of the application', async () => {
    const file = join(folder, 'plain.mjs')
    const path = join(folder, 'reported.log')
    writeFileSync(file, `export ${THROWING}`)
    const app = await startApp('reported.mjs', { cwd: folder, env: { FAILING: file, LOG: path } })
    try {
      const client = await openErrorPage(app.port, '/')
      await openErrorPage(app.port, '/')
      await request({ port: app.port, path: '/flush' })
      const records = readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((one) => JSON.parse(one))
      expect(records).toHaveLength(2)
      expect(records[0]).toMatchObject({
        level: 'fatal',
        id: client.data.error,
        err: { type: 'RangeError', message: 'no stock for 7 of 3' },
      })
      expect(records[0].err.stack).toContain('plain.mjs:3:')
      expect(records[0].err.stack).not.toContain('rocksolidDebugger')
    } finally {
      await app.stop()
    }
  })
})
