import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

// Tools that start the application's code in their own way.
const root = resolve(import.meta.dirname, '..', '..')
mkdirSync(join(root, '.artifacts'), { recursive: true })
const folder = mkdtempSync(join(root, '.artifacts', 'tools-'))
afterAll(() => rmSync(folder, { recursive: true }))

const REGISTER = pathToFileURL(join(root, 'dist', 'register.js')).href
const run = promisify(execFile)

const app = (answer: string): string => `import http from 'node:http'
export const server = http.createServer((req, res) => {
  if (req.url === '/fail') throw new Error('thrown in ${answer}')
  res.end('${answer}')
})
`

describe('node --watch', () => {
  it('runs the register in each process it starts', async () => {
    const file = join(folder, 'watched.mjs')
    const listen = "server.listen(Number(process.env.PORT), 'localhost', function () {\n"
    const write = (answer: string): void =>
      writeFileSync(
        file,
        `${app(answer)}${listen}  console.log('listening', this.address().port, '${answer}')\n})\n`,
      )
    write('first')
    const process = await startApp(file, {
      nodeArgs: ['--watch', '--import', REGISTER],
      cwd: folder,
      ready: /listening (\d+) first/,
    })
    try {
      expect((await openErrorPage(process.port, '/fail')).page.body).toContain('thrown in first')
      write('second')
      await vi.waitFor(() => expect(process.stdout()).toMatch(/listening \d+ second/), { timeout: 30_000 })
      const port = Number(/listening (\d+) second/.exec(process.stdout())?.[1])
      const { page, live } = await openErrorPage(port, '/fail')
      expect([page.body.includes('thrown in second'), live.length > 0]).toEqual([true, true])
      await request({ port, path: '/' })
      await process.printed(/"GET \/ HTTP\/1\.1" 200 6 /)
    } finally {
      // SIGKILL would leave behind the process that it watches.
      await process.stop('SIGTERM')
    }
  })
})

/** Vitest rewrites modules, so that its frames are found in the source but not among those that run: no consoles. */
const check = (runner: string): string => `${app('a test')}
import { test } from '${runner}'
import assert from 'node:assert/strict'
test('the page of an error', async () => {
  await new Promise((done) => server.listen(0, 'localhost', done))
  const reply = await fetch('http://localhost:' + server.address().port + '/fail', { headers: { accept: 'text/html' } })
  const body = await reply.text()
  assert.deepEqual([reply.status, /thrown in a test/.test(body), /data-console=/.test(body)], [500, true, ${runner === 'node:test'}])
  await new Promise((done) => server.close(done).closeAllConnections())
})
`

describe('test runners', () => {
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import ${REGISTER}`,
    NO_COLOR: '1',
    VITEST: '',
    NODE_ENV: 'test',
  }

  it('node --test: servers of tests have the register', async () => {
    const file = join(folder, 'by-node.test.mjs')
    writeFileSync(file, check('node:test'))
    const { stdout } = await run(process.execPath, ['--test', file], { cwd: folder, env })
    expect(stdout).toMatch(/# pass 1\b|ℹ pass 1\b/)
    expect(stdout).toMatch(/"GET \/fail HTTP\/1\.1" 500 /)
  })

  it('vitest: servers of tests have the register', async () => {
    writeFileSync(join(folder, 'by-vitest.test.mjs'), check('vitest'))
    writeFileSync(join(folder, 'vitest.config.mjs'), "export default { test: { include: ['*.test.mjs'] } }")
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const flags = ['run', '--root', folder, '--no-color', 'by-vitest']
    const { stdout } = await run(process.execPath, [vitest, ...flags], { cwd: folder, env })
    expect(stdout).toMatch(/1 passed/)
    expect(stdout).toMatch(/"GET \/fail HTTP\/1\.1" 500 /)
  })
})
