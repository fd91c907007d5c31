import { execFile } from 'node:child_process'
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { originalPlace } from '../../src/stack/source-map.ts'

const run = promisify(execFile)
const parser = new URL('../../src/stack/parse-error.ts', import.meta.url).href
const source = new URL('../../src/stack/source.ts', import.meta.url).href
const reporter = new URL('../../src/report/build-report.ts', import.meta.url).href
let folder = ''

const ORIGINAL = `interface User { name: string }

export function greet(user: User | undefined): string {
  return (user as User).name
}
`

/** A program that loads a compiled file without help of the runtime and prints its first frame. */
const program = (file: string): string => `
import { register } from 'node:module'
const { framesOf } = await import(${JSON.stringify(parser)})
const { readExcerpt } = await import(${JSON.stringify(source)})
const { buildReport } = await import(${JSON.stringify(reporter)})
process.setSourceMapsEnabled(false)
Object.defineProperty(process, 'sourceMapsEnabled', { value: false })
Error.prepareStackTrace = undefined
const { greet } = await import(${JSON.stringify(file)})
try { greet(undefined) } catch (error) {
  const [frame] = await framesOf(error)
  const roots = [${JSON.stringify(folder)}]
  const { errors } = await buildReport(error, { roots })
  console.log(JSON.stringify({ frame, excerpt: await readExcerpt(frame, { roots }), reported: errors[0].frames[0] }))
}
`

async function compile(sourcemap: 'linked' | 'inline', outfile: string): Promise<void> {
  await build({
    stdin: { contents: ORIGINAL, loader: 'ts', sourcefile: 'greet.ts', resolveDir: folder },
    outfile: join(folder, outfile),
    sourcemap,
    format: 'esm',
    minify: true,
  })
}

async function firstFrame(file: string) {
  await writeFile(join(folder, 'main.mjs'), program(join(folder, file)))
  const { stdout } = await run(process.execPath, ['--import', 'tsx', join(folder, 'main.mjs')], {
    cwd: new URL('../..', import.meta.url),
  })
  return JSON.parse(stdout)
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'maps-')))
})
afterAll(() => rm(folder, { recursive: true }))

describe('a compiled file', () => {
  it.each(['linked', 'inline'] as const)(
    'is mapped to its original through a map that is %s',
    async (kind) => {
      await compile(kind, `${kind}.mjs`)
      const { frame, excerpt, reported } = await firstFrame(`${kind}.mjs`)
      expect(frame).toMatchObject({ file: join(folder, 'greet.ts'), line: 4 })
      expect(frame.compiled).toMatchObject({ file: join(folder, `${kind}.mjs`), line: 1 })
      // The original is not on the disk; its text comes out of the map.
      expect(excerpt.lines.join('\n')).toContain('return (user as User).name')
      expect(reported.source.lines).toEqual(excerpt.lines)
      // What ran is told beside it.
      expect(reported.compiledSource.lines[0]).toMatch(
        /^(?:export\s)?function \w+\(\w+\)\{return \w+\.name\}/,
      )
    },
  )

  it('stays as it is when its map is broken', async () => {
    await compile('linked', 'broken.mjs')
    await writeFile(join(folder, 'broken.mjs.map'), '{"version":3,')
    const { frame } = await firstFrame('broken.mjs')
    expect(frame).toMatchObject({ file: join(folder, 'broken.mjs') })
    expect(frame.compiled).toBeUndefined()
  })
})

describe('a place in a compiled file', () => {
  it('is the original place to the column, also right before and at the start of a piece', async () => {
    await compile('linked', 'exact.mjs')
    const file = join(folder, 'exact.mjs')
    const [code = ''] = (await readFile(file, 'utf8')).split('\n')
    const lines = ORIGINAL.split('\n')
    // Columns count from 1, so an index is the column before.
    const name = code.indexOf('return') + 1
    expect(originalPlace(file, 1, name)).toEqual({
      file: join(folder, 'greet.ts'),
      line: 4,
      column: (lines[3] ?? '').indexOf('return') + 1,
    })
    expect(originalPlace(file, 1, name - 1)).not.toMatchObject({ line: 4 })
    expect(originalPlace(file, 1, 0)).toBeUndefined()
    expect(originalPlace(join(folder, 'none.mjs'), 1, 1)).toBeUndefined()
  })
})
