import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readExcerpt } from '../../src/stack/source.ts'

const SOURCE = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n')
let root = ''
let outside = ''

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'source-')))
  outside = await realpath(await mkdtemp(join(tmpdir(), 'outside-')))
  for (const folder of ['src', '.git', '.secret', 'node_modules/.pnpm/lib@1/node_modules/lib', 'dir.js']) {
    await mkdir(join(root, folder), { recursive: true })
  }
  const files = ['src/a.js', 'src/a.txt', '.env', '.env.js', '.secret/a.js', '.git/a.js']
  files.push('node_modules/.pnpm/lib@1/node_modules/lib/a.js')
  for (const file of files) await writeFile(join(root, file), SOURCE)
  await writeFile(join(outside, 'b.js'), SOURCE)
  await symlink(join(outside, 'b.js'), join(root, 'src/link.js'))
  await symlink('/etc/passwd', join(root, 'src/passwd.js'))
  await writeFile(join(root, 'src/big.js'), 'x\n'.repeat(600_000))
  await writeFile(join(root, 'src/wide.js'), `${'a'.repeat(5000)}HERE${'b'.repeat(5000)}`)
  await writeFile(join(root, 'src/windows.js'), 'one\r\ntwo\r\nthree')
})
afterAll(async () => {
  await rm(root, { recursive: true })
  await rm(outside, { recursive: true })
})

const read = (file: string, line = 10, column: number | undefined = 3, context = 2) =>
  readExcerpt({ file, line, column, compiled: undefined }, { roots: [root], context })

describe('readExcerpt', () => {
  it('gives the lines around the frame', async () => {
    expect(await read(join(root, 'src/a.js'))).toMatchObject({
      startLine: 8,
      lines: ['line 8', 'line 9', 'line 10', 'line 11', 'line 12'],
      line: 10,
      column: 3,
    })
  })

  it('stops at both ends of the file', async () => {
    expect((await read(join(root, 'src/a.js'), 1))?.lines).toEqual(['line 1', 'line 2', 'line 3'])
    expect((await read(join(root, 'src/a.js'), 20))?.lines).toEqual(['line 18', 'line 19', 'line 20'])
    expect(await read(join(root, 'src/a.js'), 21)).toBeUndefined()
  })

  it('reads a package in the store of pnpm', async () => {
    expect(await read(join(root, 'node_modules/.pnpm/lib@1/node_modules/lib/a.js'))).toBeDefined()
  })

  it('cuts a very long line around the column', async () => {
    const excerpt = await read(join(root, 'src/wide.js'), 1, 5001)
    const line = excerpt?.lines[0] ?? ''
    expect(line.length).toBeLessThan(330)
    expect(line.slice((excerpt?.column ?? 0) - 1)).toMatch(/^HERE/)
    // In sight without scrolling.
    expect(excerpt?.column).toBeLessThan(70)
  })

  it('takes carriage returns away', async () => {
    expect((await read(join(root, 'src/windows.js'), 2))?.lines).toEqual(['one', 'two', 'three'])
  })

  it('says when the file was written after the process had started', async () => {
    const file = join(root, 'src/old.js')
    await writeFile(file, SOURCE)
    expect((await read(file))?.changed).toBe(true)
    await utimes(file, new Date(0), new Date(0))
    expect((await read(file))?.changed).toBeUndefined()
  })

  it('sees a file that was changed', async () => {
    const file = join(root, 'src/changing.js')
    await writeFile(file, 'before')
    expect((await read(file, 1))?.lines).toEqual(['before'])
    await writeFile(file, 'afterwards')
    expect((await read(file, 1))?.lines).toEqual(['afterwards'])
  })
})

describe('readExcerpt refuses', () => {
  it.each([
    ['a file outside', () => join(outside, 'b.js')],
    ['a link that leads outside', () => join(root, 'src/link.js')],
    ['a link to a file that is no source', () => join(root, 'src/passwd.js')],
    ['a way up and out', () => join(root, 'src/../../', outside.split('/').at(-1) ?? '', 'b.js')],
    ['a file that is no source', () => join(root, 'src/a.txt')],
    ['a dotfile', () => join(root, '.env')],
    ['a dotfile with the extension of source', () => join(root, '.env.js')],
    ['a file in a dot-directory', () => join(root, '.secret/a.js')],
    ['a file of the repository', () => join(root, '.git/a.js')],
    ['a folder named like a file', () => join(root, 'dir.js')],
    ['a file of more than a megabyte', () => join(root, 'src/big.js')],
    ['a file that is not there', () => join(root, 'src/none.js')],
    ['a relative path', () => 'src/a.js'],
    ['a network path', () => '//server/share/a.js'],
    ['a network path of Windows', () => '\\\\server\\share\\a.js'],
    ['the runtime', () => 'node:net'],
    ['a path with a null byte', () => `${join(root, 'src/a.js')}\0.js`],
    ['/etc/passwd', () => '/etc/passwd'],
  ])('%s', async (_name, path) => {
    expect(await read(path(), 1)).toBeUndefined()
  })

  it('files outside the project when no roots are given', async () => {
    expect(
      await readExcerpt({ file: join(outside, 'b.js'), line: 1, column: 1, compiled: undefined }),
    ).toBeUndefined()
    const own = import.meta.filename
    expect(await readExcerpt({ file: own, line: 1, column: 1, compiled: undefined })).toBeDefined()
  })
})
