import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RUNTIMES } from '../support/runtimes.ts'
import { type Files, openWorkshop, type Project, type Running } from './runner.ts'

const root = resolve(import.meta.dirname, '..', '..')

async function serving(
  workshop: ReturnType<typeof openWorkshop>,
  files: Files,
  options: readonly string[] = [],
): Promise<{ project: Project; running: Running }> {
  const project = workshop.project({ 'package.json': '{ "type": "module" }', ...files })
  const running = await workshop.start(project, ['--no-access', '--no-debugger', ...options, 'server.mjs'])
  await running.printed(/Serving on/)
  return { project, running }
}

/** A server that answers what `reading` leaves in `text`, read once at the start. */
const atStart = (reading: string): string => `
  import fs from 'node:fs'
  import http from 'node:http'
  import { once } from 'node:events'
  import { text as textOf } from 'node:stream/consumers'
  const file = 'data/rows.csv'
  ${reading}
  console.log('started')
  http.createServer((req, res) => res.end(text.trim())).listen(0, '127.0.0.1')`

const WAYS: readonly (readonly [way: string, reading: string])[] = [
  [
    'readFile',
    `const text = await new Promise((go) => fs.readFile(file, 'utf8', (_none, read) => go(read)))`,
  ],
  ['readFileSync of an URL', `const text = fs.readFileSync(new URL(file, import.meta.url), 'utf8')`],
  ['promises.readFile', `const text = await fs.promises.readFile(file, 'utf8')`],
  ['createReadStream', 'const text = await textOf(fs.createReadStream(file))'],
  [
    'promises.open',
    `const handle = await fs.promises.open(file); const text = await handle.readFile('utf8'); await handle.close()`,
  ],
  [
    'openSync and readSync',
    `const bytes = Buffer.alloc(9), fd = fs.openSync(file, 'r'); const text = bytes.toString('utf8', 0, fs.readSync(fd, bytes))`,
  ],
]

/** A module whose function `n` gives a number below 64. */
const wasm = (number: number): Uint8Array =>
  Uint8Array.from(
    [
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f],
      [0x03, 0x02, 0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x6e, 0x00, 0x00],
      [0x0a, 0x06, 0x01, 0x04, 0x00, 0x41, number, 0x0b],
    ].flat(),
  )

describe.concurrent('what a server reads with fs before it listens', () => {
  const workshop = openWorkshop()
  afterAll(() => workshop.close())

  it.each(WAYS)('%s: a change restarts it', async (_way, reading) => {
    const { project, running } = await serving(workshop, {
      'server.mjs': atStart(reading),
      'data/rows.csv': 'one\n',
    })
    expect(await running.get()).toBe('one')
    project.write({ 'data/rows.csv': 'two\n' })
    await running.answers('two')
    await running.printed(/Restarting server\.mjs: data\/rows\.csv changed/)
  })
})

describe.concurrent('what a server reads while it serves', () => {
  const workshop = openWorkshop()
  afterAll(() => workshop.close())

  it('restarts it for a template of Express’s views that it keeps, and not for a file that it sends', async () => {
    const project = workshop.project({
      'package.json': '{ "type": "module" }',
      'views/index.tpl': '<h1>one</h1>',
      'public/a.txt': 'first',
      'server.mjs': `
        import express from 'express'
        import { readFile } from 'node:fs'
        const app = express()
        const kept = new Map()
        app.engine('tpl', (path, options, done) => {
          if (kept.has(path)) return done(null, kept.get(path))
          readFile(path, 'utf8', (error, text) => done(error, kept.set(path, text).get(path)))
        })
        app.set('view engine', 'tpl')
        app.use(express.static('public'))
        app.get('/', (req, res) => res.render('index'))
        console.log('started')
        app.listen(0, '127.0.0.1')`,
    })
    project.write({ 'node_modules/.keep': '' })
    symlinkSync(join(root, 'node_modules', 'express'), project.path('node_modules/express'))
    const running = await workshop.start(project, ['--no-access', '--no-debugger', 'server.mjs'])
    await running.printed(/Serving on/)
    expect(await running.get()).toBe('<h1>one</h1>')
    expect(await running.get('/a.txt')).toBe('first')
    project.write({ 'public/a.txt': 'second' })
    await running.answers('second', '/a.txt')
    project.write({ 'views/index.tpl': '<h1>two</h1>' })
    await running.answers('<h1>two</h1>')
    expect(running.starts()).toBe(2)
  })

  it('does not restart it for what it writes itself, beside and put in place too', async () => {
    const { project, running } = await serving(workshop, {
      'state.json': '0',
      'copy.json': '0',
      'text.mjs': 'export const text = "one"',
      'server.mjs': `
        import fs from 'node:fs'
        import http from 'node:http'
        import { text } from './text.mjs'
        console.log('started')
        const count = () => Number(fs.readFileSync('state.json', 'utf8')) + 1
        fs.readFileSync('copy.json')
        http.createServer((req, res) => {
          fs.writeFileSync('state.json.tmp', String(count()))
          fs.renameSync('state.json.tmp', 'state.json')
          fs.copyFileSync('state.json', 'copy.json')
          res.end(text)
        }).listen(0, '127.0.0.1')`,
    })
    for (let turn = 0; turn < 5; turn++) expect(await running.get()).toBe('one')
    project.write({ 'text.mjs': 'export const text = "two"' })
    await running.answers('two')
    expect(running.starts()).toBe(2)
  })
})

describe.concurrent.each(RUNTIMES)('WebAssembly on %s', (name, node) => {
  const workshop = openWorkshop(node)
  afterAll(() => workshop.close())
  const answering = (begin: string): string =>
    `${begin}
     import http from 'node:http'
     http.createServer((req, res) => res.end(String(n()))).listen(0, '127.0.0.1')`

  /** Where a module of WebAssembly needs a flag, and its source cannot be had at all. */
  const isOld = /Node 2[02]/.test(name)
  const FLAG = '--node-option=--experimental-wasm-modules'
  const ways = [
    [
      'read and compiled',
      `import { readFile } from 'node:fs/promises'
       const { n } = (await WebAssembly.instantiate(await readFile('n.wasm'))).instance.exports`,
      true,
      [],
    ],
    ['imported as a module', `import { n } from './n.wasm'`, true, isOld ? [FLAG] : []],
    [
      'imported as its source',
      `import source module from './n.wasm'
       const { n } = new WebAssembly.Instance(module).exports`,
      !isOld,
      [],
    ],
  ] as const

  it.each(ways.filter(([, , isKnown]) => isKnown))(
    '%s: a change restarts the server',
    async (_way, begin, _isKnown, options) => {
      const files = {
        'server.mjs': answering(begin),
        'n.wasm': wasm(7),
      }
      const { project, running } = await serving(workshop, files, options)
      expect(await running.get()).toBe('7')
      project.write({ 'n.wasm': wasm(8) })
      await running.answers('8')
      await running.printed(/n\.wasm changed/)
    },
  )
})
