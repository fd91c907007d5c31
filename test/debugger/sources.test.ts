import { mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from '../support/app-process.ts'
import { type DebuggerClient, openErrorPage } from '../support/debugger-client.ts'
import { RUNTIMES } from '../support/runtimes.ts'

const root = resolve(import.meta.dirname, '..', '..')
const source = join(root, 'test', 'apps', 'typed.ts')

/** Below the repository, so that the bundles find the built package by its own name. */
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(root, '.artifacts', 'sources-'))
  const common: BuildOptions = {
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  }
  await build({
    ...common,
    format: 'esm',
    minify: true,
    sourcemap: true,
    outfile: join(folder, 'minified.mjs'),
  })
  await build({ ...common, format: 'cjs', sourcemap: 'inline', outfile: join(folder, 'inline.cjs') })
})

afterAll(() => rmSync(folder, { recursive: true }))

const stripping = RUNTIMES.filter(([name]) => /Node 2[2-9]/.test(name)).map(
  ([name, node]) => [`TypeScript on ${name} by its own stripping`, () => source, [], node] as const,
)

const ways: readonly (readonly [string, () => string, readonly string[], string])[] = [
  ['TypeScript by tsx', () => source, ['--import', 'tsx'], process.execPath],
  ...stripping,
  ['a minified bundle with a source map', () => join(folder, 'minified.mjs'), [], process.execPath],
  [
    'a minified bundle and --enable-source-maps',
    () => join(folder, 'minified.mjs'),
    ['--enable-source-maps'],
    process.execPath,
  ],
  ['a CommonJS bundle with an inline map', () => join(folder, 'inline.cjs'), [], process.execPath],
]

const places = (client: DebuggerClient): string[] =>
  [...client.page.body.matchAll(/<span class="rs-place">([\s\S]*?)<\/span><\/summary>/g)]
    .map((match) => (match[1] as string).replace(/<[^>]+>/g, ''))
    .filter((place) => place.includes('typed.ts'))

describe.each(ways)('%s', (_name, file, nodeArgs, node) => {
  it('shows original positions, and has live frames on the stack and at awaits', async () => {
    const app = await startApp(file(), { nodeArgs, node })
    try {
      const pin = (await app.printed(/PIN (\d\S+)/))[1] as string
      const client = await openErrorPage(app.port, '/')
      await client.unlock({ pin })
      expect(places(client)).toEqual([
        expect.stringMatching(/typed\.ts:17:39$/),
        expect.stringMatching(/typed\.ts:25:\d+$/),
      ])
      expect(client.page.body.replace(/<[^>]+>/g, '')).toContain('const wanted: number = id')
      expect(client.live).toEqual(['0.0', '0.1'])
      expect(await client.evaluate('0.0', 'this.rows.length')).toMatchObject({ value: { text: '0' } })

      const first = await openErrorPage(app.port, '/later')
      expect(first.live).toEqual(['0.0', '0.1'])
      const second = await openErrorPage(app.port, '/later')
      await second.unlock({ pin })
      // Where the runtime had another timer to look at, frames of its own stand between.
      expect(second.live).toEqual(['0.0', '0.1', expect.any(String)])
      expect(await second.evaluate(second.live[2] as string, 'req.url')).toMatchObject({
        value: { text: "'/later'" },
      })
    } finally {
      await app.stop()
    }
  })
})
