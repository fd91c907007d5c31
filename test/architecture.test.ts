import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..')
const src = join(root, 'src')

/** Floor of each room: a file imports from its own room or from lower floors only. */
const FLOORS: Record<string, number> = {
  core: 0,
  http: 1,
  stack: 1,
  inspect: 1,
  report: 2,
  access: 3,
  logger: 3,
  debugger: 3,
  adapters: 4,
  dev: 5,
}
/** Doors have no room: they stand on top. */
const DOOR = 6

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return sourceFiles(path)
    return /\.ts$/.test(name) ? [path] : []
  })
}

const roomOf = (file: string): string | undefined => {
  const [first, second] = relative(src, file).split('/')
  return second === undefined ? undefined : first
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
    resolve(dirname(file), match[1] as string),
  )
}

const files = sourceFiles(src)
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>
}

describe('the house', () => {
  it('has only rooms that stand on a floor', () => {
    const rooms = new Set(files.map(roomOf).filter((room) => room !== undefined))
    expect([...rooms].filter((room) => FLOORS[room] === undefined)).toEqual([])
    expect(rooms.size).toBeGreaterThan(5)
  })

  it('lets a file import from its own room and lower floors only', () => {
    const wrong: string[] = []
    let seen = 0
    for (const file of files) {
      const room = roomOf(file)
      for (const target of importsOf(file)) {
        seen++
        const other = roomOf(target)
        if (room === other && room !== undefined) continue
        const from = room === undefined ? DOOR : (FLOORS[room] ?? -1)
        const to = other === undefined ? DOOR : (FLOORS[other] ?? DOOR)
        if (to >= from) wrong.push(`${relative(src, file)} imports ${relative(src, target)}`)
      }
    }
    expect(wrong).toEqual([])
    expect(seen).toBeGreaterThan(20)
  })

  it.each([
    ['debugger/client', '/debugger/protocol.ts'],
    ['dev/overlay/client', '/dev/overlay/protocol.ts'],
  ])('keeps the browser client %s out of the server', (folder, protocol) => {
    const client = join(src, folder)
    expect(files.some((file) => file.startsWith(client))).toBe(true)
    const wrong = files.flatMap((file) => {
      const inside = file.startsWith(client)
      return importsOf(file)
        .filter((target) =>
          inside ? !target.startsWith(client) && !target.endsWith(protocol) : target.startsWith(`${client}/`),
        )
        .map((target) => `${relative(src, file)} imports ${relative(src, target)}`)
    })
    expect(wrong).toEqual([])
  })

  it('imports no HTTP in core', () => {
    const wrong = files.filter(
      (file) => roomOf(file) === 'core' && /from 'node:https?2?'/.test(readFileSync(file, 'utf8')),
    )
    expect(wrong).toEqual([])
  })

  it('has doors of export lines only', () => {
    const doors = files.filter((file) => roomOf(file) === undefined && !/cli\.ts$|register\.ts$/.test(file))
    expect(doors.length).toBeGreaterThanOrEqual(4)
    for (const door of doors) {
      const code = readFileSync(door, 'utf8')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/\/\/.*$/gm, '')
      const statements = code
        .split(/\n(?=export|import)/)
        .map((line) => line.trim())
        .filter(Boolean)
      for (const statement of statements) expect(statement).toMatch(/^export (type )?(\{[^}]*\}|\*) from '/)
    }
  })

  it('has no file that is everything at once', () => {
    const tooLong = files
      .filter((file) => !/\.generated\.ts$/.test(file))
      .map((file) => [relative(src, file), readFileSync(file, 'utf8').split('\n').length] as const)
      .filter(([, lines]) => lines > 320)
    expect(tooLong).toEqual([])
  })

  it('has no grab-bag files and no index files in rooms', () => {
    const names = files.filter((file) => roomOf(file) !== undefined).map((file) => relative(src, file))
    expect(names.filter((name) => /(^|\/)(index|utils?|helpers?|common|types|misc)\.ts$/.test(name))).toEqual(
      [],
    )
  })
})

describe('one word, five places', () => {
  const doors = Object.keys(manifest.exports)
    .filter((name) => name.startsWith('./') && name !== './package.json')
    .map((name) => name.slice(2))

  it.each(doors)('%s has a door, docs and an example', (word) => {
    expect(existsSync(join(src, `${word}.ts`)), `src/${word}.ts`).toBe(true)
    const room = existsSync(join(src, word))
    if (room) expect(existsSync(join(root, 'test', word)), `test/${word}/`).toBe(true)
    const documented =
      existsSync(join(root, 'docs', `${word}.md`)) || existsSync(join(root, 'docs', 'frameworks.md'))
    expect(documented, `docs/${word}.md`).toBe(true)
    if (room) expect(existsSync(join(root, 'examples', word)), `examples/${word}/`).toBe(true)
  })
})
