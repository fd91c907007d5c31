import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'

// A project that has another version of this package installed than the one that is preloaded: the same files, which
// call themselves another version and are other modules to the runtime.
const root = resolve(import.meta.dirname, '..', '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
const OTHER = '99.9.9'
let project: string

beforeAll(() => {
  mkdirSync(join(root, '.artifacts'), { recursive: true })
  project = mkdtempSync(join(root, '.artifacts', 'versions-'))
  const installed = join(project, 'node_modules', 'rocksolid')
  cpSync(join(root, 'dist'), join(installed, 'dist'), {
    recursive: true,
    filter: (name) => !/\.(?:map|d\.[cm]?ts)$|metafile/.test(name),
  })
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ ...manifest, version: OTHER }))
  symlinkSync(
    join(root, 'test', 'apps', 'frameworks', 'node_modules', 'express'),
    join(project, 'node_modules', 'express'),
  )
  writeFileSync(join(project, 'package.json'), '{ "name": "two-versions", "type": "module" }')
  const fail = "const fail = (local) => { throw new Error('thrown beside ' + local) }\n"
  const listen = "listen(0, 'localhost', function () { console.log('listening', this.address().port) })\n"
  writeFileSync(
    join(project, 'plain.mjs'),
    `import http from 'node:http'\n${fail}http.createServer((req, res) => req.url === '/' ? res.end('ok') : fail('nothing')).${listen}`,
  )
  writeFileSync(
    join(project, 'wrapped.mjs'),
    `import http from 'node:http'\nimport { withAccessLog, withDebugger } from 'rocksolid'\n${fail}
const app = (req, res) => req.url === '/' ? res.end('ok') : fail('its own')
http.createServer(withAccessLog(withDebugger(app), ':url :status by the application')).${listen}`,
  )
  writeFileSync(
    join(project, 'adapted.cjs'),
    `const express = require('express')\nconst { createDebugger } = require('rocksolid/debugger')
const { rocksolid } = require('rocksolid/express')\n${fail}
const watch = rocksolid({ debugger: createDebugger(), access: ':url :status by the application' })
const app = express().use(watch).get('/', (req, res) => res.send('ok')).get('/fail', () => fail('its adapter')).use(watch.errors)
app.${listen}`,
  )
})
afterAll(() => rmSync(project, { recursive: true }))

const here = (kind: 'js' | 'cjs') => join(root, 'dist', `register.${kind}`)
const imported = (file: string) => ['--import', pathToFileURL(file).href]
const required = (file: string) => ['--require', file]

async function withApp(
  name: string,
  nodeArgs: readonly string[],
  use: (app: AppProcess) => Promise<void>,
): Promise<void> {
  const app = await startApp(join(project, name), { nodeArgs, cwd: project })
  try {
    await use(app)
  } finally {
    await app.stop()
  }
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

describe('two versions in one process', () => {
  it.each([
    ['ESM, then ESM', [...imported(here('js')), '--import', 'rocksolid/register'], manifest.version, OTHER],
    [
      'CommonJS, then ESM',
      [...required(here('cjs')), '--import', 'rocksolid/register'],
      manifest.version,
      OTHER,
    ],
    [
      'CommonJS of the other, then ESM',
      ['--require', 'rocksolid/register', ...imported(here('js'))],
      OTHER,
      manifest.version,
    ],
  ])(
    'of the register, %s: the first works, and says that the other does nothing',
    async (_how, nodeArgs, first, second) => {
      await withApp('plain.mjs', nodeArgs, async (app) => {
        const page = await openErrorPage(app.port, '/fail')
        expect([page.page.status, page.page.body.includes('thrown beside nothing')]).toEqual([500, true])
        const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
        await page.unlock({ pin })
        expect(await page.evaluate(page.live[0] as string, 'local')).toMatchObject({
          value: { text: "'nothing'" },
        })
        expect((await request({ port: app.port, path: '/' })).body).toBe('ok')
        await app.printed(/"GET \/ HTTP\/1\.1" 200 2 /)
        expect(count(app.stdout(), /"GET \/fail HTTP/g)).toBe(1)
        expect(count(app.stderr(), /console PIN/g)).toBe(1)
        expect(count(app.stderr(), /Error: thrown beside nothing\n/g)).toBe(1)
        const told = new RegExp(
          `^rocksolid/register ${first} \\(.+\\) was loaded before version ${second} \\(.+\\), which does nothing\\.$`,
          'gm',
        )
        expect(count(app.stderr(), told)).toBe(1)
      })
    },
  )

  it.each([
    ['ESM', 'wrapped.mjs', 'its own'],
    ['CommonJS, in an adapter', 'adapted.cjs', 'its adapter'],
  ])(
    'one preloaded, the other in the application, %s: one line, one page, one PIN',
    async (_how, name, local) => {
      await withApp(name, imported(here('js')), async (app) => {
        const page = await openErrorPage(app.port, '/fail')
        expect([page.page.status, page.page.body.includes(`thrown beside ${local}`)]).toEqual([500, true])
        const [, pin = ''] = await app.printed(/PIN (\d\S+)/)
        await page.unlock({ pin })
        expect(await page.evaluate(page.live[0] as string, 'local')).toMatchObject({
          value: { text: `'${local}'` },
        })
        expect((await request({ port: app.port, path: '/' })).body).toBe('ok')
        await app.printed(/^\/ 200 by the application$/m)
        await app.printed(/^\/fail 500 by the application$/m)
        await app.printed(new RegExp(`Error: thrown beside ${local}\n`))
        expect(app.stdout()).not.toMatch(/"GET \//)
        expect(count(app.stderr(), /console PIN/g)).toBe(1)
        expect(count(app.stderr(), new RegExp(`Error: thrown beside ${local}\\n`, 'g'))).toBe(1)
        expect(app.stderr()).not.toContain('does nothing')
      })
    },
  )
})

describe('a version in the application that shares nothing with the one that is preloaded', () => {
  const installed = () => join(project, 'node_modules', 'rocksolid', 'dist')
  /** As the built files write it. */
  const key = (number: number): string => `\`$\{FAMILY}${number}\``
  const rename = (from: string, to: string): void => {
    let count = 0
    for (const name of readdirSync(installed(), { recursive: true, encoding: 'utf8' })) {
      if (!/\.c?js$/.test(name)) continue
      const file = join(installed(), name)
      const text = readFileSync(file, 'utf8')
      if (text.includes(from)) count++
      writeFileSync(file, text.replaceAll(from, to))
    }
    expect(count).toBeGreaterThan(0)
  }

  beforeAll(() => rename(key(1), key(0)))
  afterAll(() => rename(key(0), key(1)))

  it.each([
    ['wrapped.mjs', 'its own'],
    ['adapted.cjs', 'its adapter'],
  ])('%s: pages and lines work, and it is said what does not', async (name, local) => {
    await withApp(name, imported(here('js')), async (app) => {
      const page = await openErrorPage(app.port, '/fail')
      expect([page.page.status, page.page.body.includes(`thrown beside ${local}`)]).toEqual([500, true])
      expect((await request({ port: app.port, path: '/' })).body).toBe('ok')
      await app.printed(/^\/ 200 by the application$/m)
      await app.printed(/"GET \/ HTTP\/1\.1" 200 2 /)
      await app.printed(
        /Two versions of rocksolid are loaded .+ consoles work for the errors of the one loaded first/,
      )
    })
  })
})

it('copies of one version are no news', async () => {
  await withApp('plain.mjs', [...required(here('cjs')), ...imported(here('js'))], async (app) => {
    await request({ port: app.port, path: '/' })
    await app.printed(/"GET \/ HTTP\/1\.1" 200 2 /)
    expect(app.stderr()).not.toContain('does nothing')
  })
})
