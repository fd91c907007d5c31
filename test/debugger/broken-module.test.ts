import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

// Below the project, since the source of other folders is not shown.
const apps = join(import.meta.dirname, '..', 'apps')
let folder: string

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(apps, 'broken-')))
  writeFileSync(
    join(folder, 'broken.mjs'),
    "export const price = 1\nexport const good = {\n  name: 'hat,\n}\n",
  )
  writeFileSync(join(folder, 'importer.mjs'), "export { good } from './broken.mjs'\n")
  writeFileSync(join(folder, 'missing.mjs'), "import { readFlie } from 'node:fs'\nreadFlie()\n")
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(RUNTIMES)('a module that cannot be parsed, imported in a request, on %s', (_name, node) => {
  let app: AppProcess
  beforeAll(async () => {
    app = await startApp('broken-module.mjs', { node })
  })
  afterAll(() => app.stop())

  const failure = async (file: string) =>
    (await request({ port: app.port, path: `/?${join(folder, file)}`, headers: { accept: '*/*' } })).body

  it('is shown with its file, line and caret, each time and through who imports it', async () => {
    for (const file of ['broken.mjs', 'importer.mjs', 'broken.mjs']) {
      const text = await failure(file)
      expect(text).toMatch(/SyntaxError: /)
      expect(text).toMatch(/at \(module\) \(.*broken\.mjs:3:9\)/)
      const lines = text.split('\n').map((line) => line.trimEnd())
      const at = lines.findIndex((line) => line.includes("> 3 │   name: 'hat,"))
      expect(lines[at + 1]?.indexOf('^')).toBe(lines[at]?.indexOf("'hat"))
    }
  })

  it('gives no other error a place: an import that is not there is told as it is', async () => {
    await failure('broken.mjs')
    const text = await failure('missing.mjs')
    expect(text).toContain('readFlie')
    expect(text).not.toContain('broken.mjs')
  })
})
