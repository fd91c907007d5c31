import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'rocksolid-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs the built command to its end. */
async function rocksolid(
  args: readonly string[],
  cwd = folder,
  more: Readonly<Record<string, string | undefined>> = {},
) {
  const { FORCE_COLOR: _color, ...env } = process.env
  const child = spawn(process.execPath, [join(root, 'dist', 'cli.js'), ...args], {
    cwd,
    env: { ...env, NO_COLOR: '1', ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, ...output }
}

function project(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name)
  mkdirSync(join(path, 'src'), { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text)
  return path
}

describe('the command line', () => {
  it('tells its version and its help', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    expect((await rocksolid(['--version'])).stdout).toBe(`${version}\n`)
    const help = await rocksolid(['--help'])
    expect(help.code).toBe(0)
    for (const word of [
      'serve',
      '--no-access',
      '--no-debugger',
      '--no-prints',
      '--no-reload',
      '--no-overlay',
    ])
      expect(help.stdout).toContain(word)
  })

  it.each([
    [['--no-acess', 'x.js'], 'unknown option --no-acess. Did you mean "--no-access"?'],
    [['--no-access=1', 'x.js'], 'option --no-access takes no value, but got "1"'],
    [['--port', 'five', 'x.js'], 'option --port is "five", which is no whole number from 0 to 65535'],
    [['--port', '70000', 'x.js'], 'option --port is "70000", which is no whole number from 0 to 65535'],
    [['--grace=-1', 'x.js'], 'option --grace is "-1", which is no number of at least 0'],
    [['--grace= ', 'x.js'], 'option --grace is " ", which is no number of at least 0'],
    [['--poll=soon', 'x.js'], 'option --poll is "soon", which is no whole number from 10 to 60000'],
    [['serve', '--workers=0', 'x.js'], 'option --workers is "0", which is no whole number from 1 to 512'],
    [['--workers=2', 'x.js'], 'unknown option --workers. "rocksolid serve" has it.'],
    [['serve', '--watch=*.html', 'x.js'], 'unknown option --watch. "rocksolid run" has it.'],
    [['dev', '--port', '1'], 'Did you mean the command "run"?'],
    [
      ['help', 'srve'],
      'there is no command "srve". There are: run, serve, console. Did you mean the command "serve"?',
    ],
    [['.'], 'which file? In '],
    [['x.js', '--grace'], 'option --grace needs a value: --grace <seconds>'],
    [['srve'], 'there is no file'],
  ])('%j is a mistake that is told in one line', async (args, message) => {
    const { code, stderr } = await rocksolid(args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('names the file that was meant', async () => {
    const cwd = project('meant', { 'server.mjs': '' })
    expect((await rocksolid(['sever.mjs'], cwd)).stderr).toContain('Did you mean server.mjs?')
  })

  it('takes a further name for a file, and says where arguments go', async () => {
    const cwd = project('further', { 'server.mjs': '' })
    expect((await rocksolid(['server.mjs', 'fast'], cwd)).stderr).toMatch(
      /there is no file \S+fast\. Arguments of the server go behind --\.$/m,
    )
  })

  it.each([
    [
      'scripts.start',
      { 'package.json': '{ "scripts": { "start": "NODE_ENV=x node --no-warnings src/a.cjs" } }' },
    ],
    ['main', { 'package.json': '{ "main": "src/a.cjs" }' }],
    ['habit', { 'src/server.js': 'console.log("ran", process.argv.slice(2).join())' }],
  ])('finds what to run by %s', async (name, files) => {
    const cwd = project(name, { 'src/a.cjs': 'console.log("ran", process.argv.slice(2).join())', ...files })
    const { stdout, code } = await rocksolid(['--no-reload', '--', '--port', '1'], cwd)
    expect(stdout).toContain('ran --port,1')
    expect(code).toBe(0)
  })

  it('has from scripts.start what its server has: flags, variables, arguments, but not its mode', async () => {
    const start =
      'NODE_ENV=production WORD=one node --watch -r ./src/first.cjs --env-file=.env --no-warnings src/b.cjs --fast 1'
    const cwd = project('start', {
      'package.json': JSON.stringify({ scripts: { start } }),
      '.env': 'OTHER=two',
      'src/first.cjs': 'globalThis.first = true',
      'src/b.cjs':
        'console.log(process.env.WORD, process.env.OTHER, process.env.NODE_ENV, first, process.argv.slice(2).join())',
    })
    const { stdout } = await rocksolid(['--no-reload'], cwd, { NODE_ENV: undefined })
    expect(stdout).toContain('one two undefined true --fast,1\n')
    const other = await rocksolid(['--no-reload', '--', 'own'], cwd, { WORD: 'mine' })
    expect(other.stdout).toMatch(/^mine two \S+ true own$/m)
    // A file that is named is run as it is named.
    const named = await rocksolid(['--no-reload', '--require=./src/first.cjs', 'src/b.cjs'], cwd)
    expect(named.stdout).toMatch(/^undefined undefined \S+ true $/m)
  })

  it('takes a folder for what its package.json names', async () => {
    const folder = { 'package.json': '{ "main": "src/a.cjs" }', 'src/a.cjs': 'console.log("ran")' }
    project('folder', folder)
    expect((await rocksolid(['--no-reload', 'folder'])).stdout).toContain('ran')
  })

  it('says what to do when there is nothing to run', async () => {
    expect((await rocksolid([], project('nothing', {}))).stderr).toContain('Name it: rocksolid server.js')
  })

  it('passes on the exit code and the signal of what it ran', async () => {
    const cwd = project('ends', {
      'code.mjs': 'process.exitCode = 7',
      'signal.mjs': 'process.kill(process.pid, "SIGKILL"); setInterval(() => {}, 1000)',
    })
    expect((await rocksolid(['--no-reload', 'code.mjs'], cwd)).code).toBe(7)
    expect((await rocksolid(['--no-reload', 'signal.mjs'], cwd)).signal).toBe('SIGKILL')
  })
})
