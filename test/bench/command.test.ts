import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const NAMES = readdirSync(join(root, 'bench'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'results')
  .map(({ name }) => name)

function bench(...args: readonly string[]): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bench', 'run.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { status, text: stdout + stderr }
}

describe('npm run bench', () => {
  it.each([
    ['no benchmark was named', []],
    ['there is no benchmark "acess"', ['acess']],
    ['there is no benchmark "results"', ['results']],
  ])('says %s, and which there are', (reason, args) => {
    const { status, text } = bench(...args)
    expect(status).toBe(1)
    expect(text).toContain(reason)
    expect(text).toContain(NAMES.join(', '))
  })

  it.each(NAMES)('%s has a short mode, and tells its options', (name) => {
    const { status, text } = bench(name, '--help')
    expect(status).toBe(0)
    expect(text).toContain(`npm run bench -- ${name} [short]`)
    expect(text).toContain('in short mode')
  })

  it.each([
    ['"shorty" is unknown here', ['debugger', 'shorty']],
    ["Unknown option '--turn'", ['reload', '--turn', '3']],
    ['--turns is "none". Allowed: a whole number from 1', ['register', '--turns', 'none']],
    [
      '--table is "on deno", which is part of none of: On http; On Express',
      ['access', 'short', '--table', 'On Deno'],
    ],
  ])('refuses what a benchmark does not know: %s', (reason, args) => {
    const { status, text } = bench(...args)
    expect(status).toBe(1)
    expect(text).toContain(reason)
    expect(text).toContain(`Usage: npm run bench -- ${args[0]}`)
  })

  it('keeps nothing of a run with fewer rounds than a full one', () => {
    const file = join(root, 'bench', 'results', 'page.json')
    const kept = readFileSync(file, 'utf8')
    const { status, text } = bench('page', '--rounds', '1', '--processes', '1')
    expect(status).toBe(0)
    expect(text).toMatch(/\| rocksolid \| +\d/)
    expect(text).not.toContain('Kept in')
    expect(readFileSync(file, 'utf8')).toBe(kept)
  }, 40_000)
})

describe('the packages that the benchmarks compare with', () => {
  const PEERS = [
    'morgan',
    'pino-http',
    'koa-logger',
    'bunyan',
    'log4js',
    'winston',
    'pino',
    '@logtape/logtape',
    'my-bad',
    'nodemon',
  ]

  it('are needed by nobody who installs this one', () => {
    const { dependencies, peerDependencies, devDependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    ) as Record<string, Readonly<Record<string, string>>>
    for (const peer of PEERS) {
      expect(devDependencies).toHaveProperty([peer])
      expect({ ...dependencies, ...peerDependencies }).not.toHaveProperty([peer])
    }
  })

  it('are imported by no source and no example', () => {
    const imports = new RegExp(`(from|import|require)\\(?\\s*['"](${PEERS.join('|')})['"/]`)
    const files = ['src', 'examples'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(ts|mts|mjs|js|cjs)$/.test(path) && !path.includes('node_modules'))
        .map((path) => join(root, folder, path)),
    )
    expect(files.length).toBeGreaterThan(100)
    expect(files.filter((file) => imports.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})
