import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const NAMES = readdirSync(join(root, 'bench'), { withFileTypes: true })
  .filter(({ name }) => existsSync(join(root, 'bench', name, 'run.mjs')))
  .map(({ name }) => name)

function bench(...args: readonly string[]): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bench', 'run.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 150_000,
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
    const file = join(root, 'bench', 'results', 'memory.json')
    const kept = readFileSync(file, 'utf8')
    const { status, text } = bench('memory', '--requests', '2000', '--connections', '20', '--errors', '20')
    expect(status).toBe(0)
    expect(text).toMatch(/\| KiB after requests \| 1,000 → 2,000 \|/)
    expect(text).not.toContain('Kept in')
    expect(readFileSync(file, 'utf8')).toBe(kept)
  }, 180_000)
})

describe('the packages that the benchmarks compare with', () => {
  const manifestOf = (folder: string): Record<string, Readonly<Record<string, string>>> =>
    JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const { devDependencies: peers = {} } = manifestOf('bench/peers')
  const { dependencies, peerDependencies, devDependencies = {} } = manifestOf('.')

  function filesIn(...folders: readonly string[]): readonly string[] {
    const files = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(ts|mts|mjs|js|cjs)$/.test(path) && !path.includes('node_modules'))
        .map((path) => join(root, folder, path)),
    )
    expect(files.length).toBeGreaterThan(20)
    return files
  }

  it('stand in a package of their own, each with one version', () => {
    expect(Object.keys(peers)).toEqual(
      expect.arrayContaining(['morgan', 'pino-http', 'koa-logger', 'winston', 'pino', 'bunyan', 'log4js']),
    )
    for (const version of Object.values(peers)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    const lock = JSON.parse(readFileSync(join(root, 'bench/peers/package-lock.json'), 'utf8'))
    expect(lock.packages[''].devDependencies).toEqual(peers)
  })

  it('are needed by nobody who installs this one', () => {
    for (const peer of Object.keys(peers))
      expect({ ...dependencies, ...peerDependencies }).not.toHaveProperty([peer])
  })

  it('are in the root only where a test or a script needs them too, in the same version', () => {
    const code = filesIn('test', 'scripts')
      .filter((file) => !file.includes('/test/bench/'))
      .map((file) => readFileSync(file, 'utf8'))
    const isNamed = (peer: string): boolean =>
      code.some((text) => text.includes(`'${peer}'`) || text.includes(`'${peer}/`))
    const shared = Object.keys(peers).filter((peer) => peer in devDependencies)
    expect(shared.filter((peer) => !isNamed(peer))).toEqual([])
    for (const peer of shared) expect(`${peer} ${devDependencies[peer]}`).toBe(`${peer} ${peers[peer]}`)
    expect(shared.length).toBeLessThan(Object.keys(peers).length / 2)
  })

  it('are all compared with', () => {
    const code = filesIn('bench').map((file) => readFileSync(file, 'utf8'))
    const unused = Object.keys(peers).filter((peer) => !code.some((text) => text.includes(`'${peer}'`)))
    expect(unused).toEqual([])
  })

  it('are imported by no source and no example', () => {
    const imports = new RegExp(`(from|import|require)\\(?\\s*['"](${Object.keys(peers).join('|')})['"/]`)
    const files = filesIn('src', 'examples')
    expect(files.filter((file) => imports.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})
