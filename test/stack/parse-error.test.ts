import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Frame } from '../../src/stack/frame.ts'
import { framesOf } from '../../src/stack/parse-error.ts'

const parse = (...lines: string[]): Promise<readonly Frame[]> =>
  framesOf({ stack: ['Error', ...lines.map((line) => `    at ${line}`)].join('\n') })

async function one(line: string): Promise<Frame> {
  const [frame] = await parse(line)
  if (frame === undefined) throw new Error(`no frame from ${line}`)
  return frame
}

describe('framesOf reads each kind of line', () => {
  it.each([
    ['f (/a/b.js:1:2)', '/a/b.js', 1, 2, 'f'],
    ['/a/b.js:1:2', '/a/b.js', 1, 2, undefined],
    ['<anonymous> (/a/b.js:1:2)', '/a/b.js', 1, 2, undefined],
    ['Object.<anonymous> (/a/b.js:1:2)', '/a/b.js', 1, 2, 'Object.<anonymous>'],
    ['User.save [as persist] (/a/b.js:1:2)', '/a/b.js', 1, 2, 'User.save [as persist]'],
    ['f (file:///a/b%20c.mjs?t=1:1:2)', '/a/b c.mjs', 1, 2, 'f'],
    ['f (/srv/dir (copy)/a.js:3:4)', '/srv/dir (copy)/a.js', 3, 4, 'f'],
    ['/srv/route (x).js:3:4', '/srv/route (x).js', 3, 4, undefined],
    ['/srv/with space/a.js:3:4', '/srv/with space/a.js', 3, 4, undefined],
    ['f (C:\\app\\a.js:3:4)', 'C:\\app\\a.js', 3, 4, 'f'],
    ['f (node:internal/x:3:4)', 'node:internal/x', 3, 4, 'f'],
    ['Array.map (<anonymous>)', undefined, undefined, undefined, 'Array.map'],
    ['Promise.all (index 0)', undefined, undefined, undefined, 'Promise.all'],
    ['f (native)', undefined, undefined, undefined, 'f'],
    ['f (https://example.com/x.js:3:4)', undefined, 3, 4, 'f'],
    ['f (\\\\server\\share\\x.js:3:4)', undefined, 3, 4, 'f'],
    ['f (//server/share/x.js:3:4)', undefined, 3, 4, 'f'],
  ])('%s', async (line, file, row, column, functionName) => {
    expect(await one(line)).toMatchObject({ file, line: row, column, functionName, raw: line })
  })

  it('tells awaiting callers and constructors', async () => {
    expect(await one('async f (/a.js:1:2)')).toMatchObject({ isAsync: true, functionName: 'f' })
    expect(await one('async file:///a.mjs:1:2')).toMatchObject({ isAsync: true, file: '/a.mjs' })
    expect(await one('async Promise.all (index 0)')).toMatchObject({
      isAsync: true,
      functionName: 'Promise.all',
    })
    expect(await one('new Foo (/a.js:1:2)')).toMatchObject({ isConstructor: true, functionName: 'Foo' })
  })

  it('does not give code made by eval the line of its host', async () => {
    const frame = await one('eval (eval at run (/app/host.js:10:20), <anonymous>:3:4)')
    expect(frame).toMatchObject({ file: undefined, line: 3, column: 4, kind: 'app' })
  })

  it('keeps the order and drops no line', async () => {
    const frames = await parse('a (/a.js:1:1)', 'Array.map (<anonymous>)', '???', 'b (/b.js:1:1)')
    expect(frames.map((frame) => frame.raw)).toEqual([
      'a (/a.js:1:1)',
      'Array.map (<anonymous>)',
      '???',
      'b (/b.js:1:1)',
    ])
  })

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 42],
    ['an object', {}],
    ['a stack that is no string', { stack: 42 }],
  ])('finds no frames in %s', async (_name, value) => {
    expect(await framesOf(value)).toEqual([])
  })

  it('finds no frames in a Proxy, and runs none of its traps', async () => {
    expect(
      await framesOf(new Proxy({}, { get: () => fail(), getOwnPropertyDescriptor: () => fail() })),
    ).toEqual([])
  })

  it('does not run a getter called stack', async () => {
    let ran = false
    const value = Object.defineProperty({}, 'stack', {
      get: () => {
        ran = true
        return 'Error\n    at f (/a.js:1:2)'
      },
    })
    expect(await framesOf(value)).toEqual([])
    expect(ran).toBe(false)
  })

  it('survives an Error.prepareStackTrace that throws', async () => {
    const before = Error.prepareStackTrace
    Error.prepareStackTrace = () => fail()
    try {
      expect(Array.isArray(await framesOf(new Error('x')))).toBe(true)
    } finally {
      Error.prepareStackTrace = before
    }
  })
})

const fail = (): never => {
  throw new Error('must not run')
}

describe('framesOf tells whose code a frame is', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'frames-')))
    await mkdir(join(folder, 'node_modules/@scope/lib/dist'), { recursive: true })
    await mkdir(join(folder, 'node_modules/rocksolid/dist'), { recursive: true })
    await mkdir(join(folder, 'own/dist'), { recursive: true })
    const manifest = (name: string, version: string): string => JSON.stringify({ name, version })
    await writeFile(join(folder, 'node_modules/@scope/lib/package.json'), manifest('@scope/lib', '1.2.3'))
    await writeFile(join(folder, 'node_modules/rocksolid/package.json'), manifest('rocksolid', '0.1.0'))
    await writeFile(join(folder, 'own/package.json'), manifest('rocksolid', '0.1.0'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('an application file', async () => {
    expect((await one(`f (${folder}/app.js:1:1)`)).kind).toBe('app')
  })

  it('a scoped dependency with its version', async () => {
    const frame = await one(`f (${folder}/node_modules/@scope/lib/dist/x.js:1:1)`)
    expect(frame).toMatchObject({ kind: 'dependency', package: { name: '@scope/lib', version: '1.2.3' } })
  })

  it('a dependency that is not there any more', async () => {
    const frame = await one(`f (${folder}/node_modules/gone/x.js:1:1)`)
    expect(frame).toMatchObject({ kind: 'dependency', package: { name: 'gone', version: undefined } })
  })

  it('a dependency of a dependency', async () => {
    const frame = await one(`f (/x/node_modules/a/node_modules/b/x.js:1:1)`)
    expect(frame.package?.name).toBe('b')
  })

  it('this package, installed or worked on', async () => {
    expect((await one(`f (${folder}/node_modules/rocksolid/dist/index.js:1:1)`)).kind).toBe('rocksolid')
    expect((await one(`f (${folder}/own/dist/index.js:1:1)`)).kind).toBe('rocksolid')
    expect((await one(`f (${folder}/own/test/x.js:1:1)`)).kind).toBe('app')
  })

  it('the runtime', async () => {
    expect((await one('f (node:net:1:1)')).kind).toBe('runtime')
    expect((await one('Array.map (<anonymous>)')).kind).toBe('runtime')
  })
})
