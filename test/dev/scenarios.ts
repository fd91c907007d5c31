/** What happens to servers while they are written. Each is run as a test, and is a row of docs/dev-runner.md. */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { expect } from 'vitest'
import { makeCertificate } from '../support/certificate.ts'
import { request } from '../support/request.ts'
import { isAlive, type Project, type Running, until, type Workshop } from './runner.ts'

export interface Scenario {
  readonly title: string
  run(workshop: Workshop): Promise<void>
}

/** A server that answers what `text.mjs` exports, and says when it starts. */
const SERVER = `
import http from 'node:http'
import { text } from './text.mjs'
console.log('started', process.pid)
http.createServer((req, res) => {
  res.setHeader('x-pid', process.pid)
  if (req.url === '/slow') setTimeout(() => res.end('slow ' + text), 800, console.log('slow begins'))
  else res.end(text)
}).listen(0, '127.0.0.1')
`
const exporting = (text: string): string => `export const text = ${JSON.stringify(text)}\n`
const PROJECT = { 'package.json': '{ "type": "module" }', 'server.mjs': SERVER, 'text.mjs': exporting('one') }

/** What requests in flight get where nothing may wait for that limit: longer than any test. */
const GRACE = ['--grace', '600'] as const

/** What is shown here is the runner alone. */
const PLAIN = ['--no-access', '--no-debugger'] as const

/** Starts a server and waits until it answers. */
async function serving(workshop: Workshop, files: Readonly<Record<string, string>> = {}, ...args: string[]) {
  const project = workshop.project({ ...PROJECT, ...files })
  const running = await workshop.start(project, [...PLAIN, ...args, 'server.mjs'])
  await running.printed(/Serving on/)
  return { project, running }
}

/** Something that must not happen is shown not to have by something that happens after it. */
async function changeSeen({ write }: Project, running: Running, text: string): Promise<void> {
  write({ 'text.mjs': exporting(text) })
  await running.answers(text)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))

export const SCENARIOS: readonly Scenario[] = [
  {
    title: 'a save: the new code answers',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      expect(await running.get()).toBe('one')
      await changeSeen(project, running, 'two')
      await running.printed(/Restarting server\.mjs: text\.mjs changed/)
    },
  },
  {
    title: 'a server that takes a second to start: requests wait, none is refused',
    async run(workshop) {
      const slowly = `console.log('begins'); await new Promise((resolve) => setTimeout(resolve, 1000))\n${SERVER}`
      const { project, running } = await serving(workshop, { 'server.mjs': slowly })
      running.mark()
      project.write({ 'text.mjs': exporting('two') })
      await running.printed(/^begins$/m)
      expect(await Promise.all([running.get(), running.get(), running.get()])).toEqual(['two', 'two', 'two'])
    },
  },
  {
    title: 'a request in flight during a restart: it is finished by the old code',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      const slow = running.get('/slow')
      await running.printed(/slow begins/)
      await changeSeen(project, running, 'two')
      expect(await slow).toBe('slow one')
    },
  },
  {
    title: 'a connection that is kept open: it goes on in the new code, without being closed',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      const ports = new Set<number | undefined>()
      const get = (): Promise<string> =>
        new Promise((resolve, reject) => {
          const req = http.get({ port: running.port(), host: '127.0.0.1', agent }, (res) => {
            ports.add(req.socket?.localPort)
            res
              .setEncoding('utf8')
              .once('data', resolve)
              .on('end', () => {})
          })
          req.on('error', reject)
        })
      expect(await get()).toBe('one')
      running.mark()
      project.write({ 'text.mjs': exporting('two') })
      await running.printed(/again after/)
      expect(await get()).toBe('two')
      expect(ports.size).toBe(1)
      agent.destroy()
    },
  },
  {
    title: 'an editor that saves by renaming, three times',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      for (const text of ['two', 'three', 'four']) {
        project.write({ '.text.mjs.swp': exporting(text) })
        renameSync(project.path('.text.mjs.swp'), project.path('text.mjs'))
        await running.answers(text)
      }
      expect(running.starts()).toBe(4)
    },
  },
  {
    title: 'a syntax error, then the cure: waiting and new requests get the error, then the server',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      running.mark()
      project.write({ 'text.mjs': 'export const text = ;\n' })
      await running.printed(/did not start/)
      expect(await running.get()).toMatch(/^The server did not start\.\n\nSyntaxError[\s\S]*text\.mjs:1:21/)
      project.write({ 'text.mjs': exporting('cured') })
      await running.answers('cured')
    },
  },
  {
    title: 'a syntax error at the first start, then the cure',
    async run(workshop) {
      const project = workshop.project({ ...PROJECT, 'text.mjs': 'export const text = ;\n' })
      const running = await workshop.start(project, [...PLAIN, 'server.mjs'])
      await running.printed(/did not start \(SyntaxError/)
      project.write({ 'text.mjs': exporting('cured') })
      await running.printed(/Serving on/)
      expect(await running.get()).toBe('cured')
    },
  },
  {
    title: 'a package.json that cannot be read, then the cure: the error is served, then the server',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      running.mark()
      project.write({ 'package.json': '{ "type": }' })
      await running.printed(/server\.mjs did not start/)
      expect(await running.get()).toMatch(/^The server did not start\./)
      project.write({ 'package.json': '{ "type": "module" }', 'text.mjs': exporting('cured') })
      await running.answers('cured')
    },
  },
  {
    title: 'something thrown that is no error, before it listens: it is told as it is',
    async run(workshop) {
      const project = workshop.project({ 'server.mjs': 'throw { wrong: "shape" }' })
      const running = await workshop.start(project, [...PLAIN, 'server.mjs'])
      await running.printed(/server\.mjs did not start \(Error: \{ wrong: 'shape' \}\)/)
      project.write({ 'server.mjs': 'throw "a text"' })
      await running.printed(/server\.mjs did not start \(Error: a text\)/)
    },
  },
  {
    title: 'an imported file that is missing, then made',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      project.write({ 'server.mjs': SERVER.replace('./text.mjs', './lib/new/text.mjs') })
      await running.printed(/did not start/)
      expect(await running.get()).toContain('There is no file')
      project.write({ 'lib/new/text.mjs': exporting('found') })
      await running.answers('found')
    },
  },
  {
    title: 'ten writes in a row: one restart, two at most',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      let stalls = 0
      for (let turn = 0; turn < 10; turn++) {
        project.write({ 'text.mjs': exporting(`turn ${turn}`) })
        const pausedAt = performance.now()
        await pause(5)
        // Where the machine has stalled between two writes they are in a row no more.
        if (performance.now() - pausedAt > 50) stalls++
      }
      await running.answers('turn 9')
      expect(running.starts()).toBeLessThanOrEqual(3 + stalls)
    },
  },
  {
    title: 'a git checkout of many files: one restart',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      const git = (...args: string[]): void =>
        void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
          cwd: project.folder,
          stdio: 'ignore',
        })
      project.write({ '.gitignore': '*.log' })
      git('init', '-q')
      git('add', '-A')
      git('commit', '-qm', 'one')
      git('checkout', '-qb', 'other')
      project.write({
        'text.mjs': `export { text } from './parts/9.mjs'\n`,
        'parts/9.mjs': exporting('nine'),
      })
      for (let part = 0; part < 9; part++)
        project.write({ [`parts/${part}.mjs`]: `export * from './${part + 1}.mjs'\n` })
      await running.answers('nine')
      git('add', '-A')
      git('commit', '-qm', 'two')
      git('checkout', '-q', '-')
      await running.answers('one')
      const before = running.starts()
      git('checkout', '-q', 'other')
      await running.answers('nine')
      expect(running.starts()).toBe(before + 1)
      // A slow one: what git has not finished is not run.
      const lock = project.path('.git/index.lock')
      project.write({ '.git/index.lock': '', 'parts/9.mjs': exporting('half') })
      await pause(400)
      expect(running.starts()).toBe(before + 1)
      project.write({ 'parts/9.mjs': exporting('whole') })
      rmSync(lock)
      await running.answers('whole')
      expect(running.starts()).toBe(before + 2)
    },
  },
  {
    title:
      'an open event stream and a server that waits for its end on SIGTERM: it is ended, and the server ends in its own way',
    async run(workshop) {
      const { project, running } = await serving(workshop, {
        'server.mjs': `
          import http from 'node:http'
          import { text } from './text.mjs'
          const server = http.createServer((req, res) => {
            if (req.url !== '/events') return res.end(text)
            res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: hello\\n\\n')
            setInterval(() => res.write('data: tick\\n\\n'), 20)
          }).listen(0, '127.0.0.1')
          process.on('SIGTERM', () => server.close(() => { console.log('closed'); process.exit(0) }))`,
      })
      const stream = await new Promise<http.IncomingMessage>((resolve) => {
        http.get({ port: running.port(), path: '/events' }, resolve)
      })
      const ended = new Promise((resolve) => stream.resume().once('close', resolve))
      await changeSeen(project, running, 'two')
      await ended
      await running.printed(/^closed$/m)
    },
  },
  {
    title: 'a websocket: its client is told to come again (1012)',
    async run(workshop) {
      const { project, running } = await serving(workshop, {
        'server.mjs': `
          import http from 'node:http'
          import { text } from './text.mjs'
          http.createServer((req, res) => res.end(text))
            .on('upgrade', (req, socket) =>
              socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection: upgrade\\r\\n\\r\\n'))
            .listen(0, '127.0.0.1')`,
      })
      const headers = { connection: 'upgrade', upgrade: 'websocket' }
      const socket = await new Promise<Duplex>((resolve) => {
        http.get({ port: running.port(), headers }).on('upgrade', (_res, opened) => resolve(opened))
      })
      const received: Buffer[] = []
      const ended = new Promise((resolve) => {
        socket.on('data', (chunk: Buffer) => received.push(chunk)).on('end', resolve)
      })
      project.write({ 'text.mjs': exporting('two') })
      await ended
      socket.destroy()
      expect(Buffer.concat(received)).toEqual(Buffer.from([0x88, 0x02, 0x03, 0xf4]))
      await running.answers('two')
    },
  },
  {
    title: 'HTTP/2: what has begun is finished, streams end, and the client asks the new code',
    async run(workshop) {
      const { project, running } = await serving(
        workshop,
        {
          'server.mjs': `
          import http2 from 'node:http2'
          import { text } from './text.mjs'
          http2.createServer((req, res) => {
            if (req.url === '/slow') return void setTimeout(() => res.end('slow ' + text), 500, console.log('slow begins'))
            if (req.url !== '/events') return void res.end(text)
            res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: hello\\n\\n')
          }).listen(0, '127.0.0.1')`,
        },
        ...GRACE,
      )
      const open = (): http2.ClientHttp2Session => http2.connect(`http://127.0.0.1:${running.port()}`)
      const old = open()
      const closed = once(old, 'close')
      const stream = old.request({ ':path': '/events' })
      await once(stream, 'data')
      const slow = textOf(old.request({ ':path': '/slow' }))
      await running.printed(/slow begins/)
      const ended = once(stream.resume(), 'end')
      running.mark()
      project.write({ 'text.mjs': exporting('two') })
      await running.printed(/again after/)
      await ended
      expect(await slow).toBe('slow one')
      await closed
      const next = open()
      expect(await textOf(next.request({ ':path': '/' }))).toBe('two')
      next.close()
    },
  },
  {
    title: 'TLS: what rests is closed, what has begun is finished, and nothing waits for a limit',
    async run(workshop) {
      const { folder, remove } = makeCertificate()
      const { project, running } = await serving(
        workshop,
        {
          'server.mjs': SERVER.replace(
            "import http from 'node:http'",
            "import fs from 'node:fs'\nimport https from 'node:https'",
          ).replace(
            'http.createServer(',
            `https.createServer({ key: fs.readFileSync('${folder}/key.pem'), cert: fs.readFileSync('${folder}/cert.pem') }, `,
          ),
        },
        ...GRACE,
      )
      remove()
      const port = Number((await running.printed(/Serving on https:\/\/localhost:(\d+)/))[1])
      const pid = Number((await running.printed(/started (\d+)/))[1])
      const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false })
      const get = async (path: string): Promise<string> => {
        const [res] = (await once(https.get({ port, path, agent, host: '127.0.0.1' }), 'response')) as [
          http.IncomingMessage,
        ]
        return textOf(res)
      }
      expect(await get('/')).toBe('one')
      const slow = get('/slow')
      await running.printed(/slow begins/)
      expect(await get('/')).toBe('one')
      project.write({ 'text.mjs': exporting('two') })
      expect(await slow).toBe('slow one')
      await until(() => !isAlive(pid) || undefined)
      agent.destroy()
    },
  },
  {
    title: 'a process that does not end on SIGTERM: it is ended',
    async run(workshop) {
      const stubborn = `process.on('SIGTERM', () => {})\n${SERVER}`
      const { project, running } = await serving(workshop, { 'server.mjs': stubborn })
      const pid = Number((await running.printed(/started (\d+)/))[1])
      await changeSeen(project, running, 'two')
      await until(() => !isAlive(pid) || undefined)
    },
  },
  {
    title: 'a package of the workspace behind a symbolic link',
    async run(workshop) {
      const shared = workshop.project({
        'package.json': '{ "name": "shared", "type": "module", "exports": "./index.mjs" }',
        'index.mjs': exporting('one'),
      })
      const project = workshop.project({ ...PROJECT, 'server.mjs': SERVER.replace('./text.mjs', 'shared') })
      mkdirSync(project.path('node_modules'))
      symlinkSync(shared.folder, project.path('node_modules/shared'))
      const running = await workshop.start(project, [...PLAIN, 'server.mjs'])
      await running.printed(/Serving on/)
      shared.write({ 'index.mjs': exporting('two') })
      await running.answers('two')
    },
  },
  {
    title: 'an installed package: what changes in node_modules restarts nothing, whoever loads or reads it',
    async run(workshop) {
      const { project, running } = await serving(workshop, {
        'node_modules/esm/package.json': '{ "name": "esm", "type": "module", "exports": "./index.js" }',
        'node_modules/esm/index.js': `${exporting('one')}export * from './deep.js'\n`,
        'node_modules/esm/deep.js': 'export const deep = 1\n',
        'node_modules/cjs/package.json': '{ "name": "cjs" }',
        'node_modules/cjs/index.js': 'module.exports = require("./data.json")\n',
        'node_modules/cjs/data.json': '1',
        'node_modules/cjs/template.txt': 'one',
        'server.mjs': `import 'esm'
          import 'cjs'
          import { readFileSync } from 'node:fs'
          readFileSync('node_modules/cjs/template.txt', 'utf8')
          ${SERVER}`,
      })
      project.write({
        'node_modules/esm/package.json': '{ "name": "esm", "version": "2.0.0", "exports": "./index.js" }',
        'node_modules/esm/index.js': exporting('two'),
        'node_modules/esm/deep.js': 'export const deep = 2\n',
        'node_modules/cjs/index.js': 'module.exports = 2\n',
        'node_modules/cjs/data.json': '2',
        'node_modules/cjs/template.txt': 'two',
        'node_modules/new/index.js': '',
      })
      await pause(300)
      await changeSeen(project, running, 'two')
      expect(running.starts()).toBe(2)
      expect(running.output()).not.toMatch(/Restarting .*node_modules/)
    },
  },
  {
    title: 'a CommonJS server with JSON and its own modules',
    async run(workshop) {
      const project = workshop.project({
        'server.cjs': `const { text } = require('./lib/a.cjs'); const { n } = require('./data.json')
          require('http').createServer((req, res) => res.end(text + n)).listen(0, '127.0.0.1')`,
        'lib/a.cjs': 'exports.text = "one"',
        'data.json': '{ "n": 1 }',
      })
      const running = await workshop.start(project, [...PLAIN, 'server.cjs'])
      await running.printed(/Serving on/)
      project.write({ 'lib/a.cjs': 'exports.text = "two"' })
      await running.answers('two1')
      project.write({ 'data.json': '{ "n": 2 }' })
      await running.answers('two2')
    },
  },
  {
    title: 'a configuration and a template read with fs, and one that is missing at first',
    async run(workshop) {
      const { project, running } = await serving(workshop, {
        'data/config.json': '"one"',
        'views/page.html': 'first',
        'server.mjs': `
          import fs, { readFileSync } from 'node:fs'
          import { readFile } from 'node:fs/promises'
          import http from 'node:http'
          const config = JSON.parse(readFileSync('data/config.json', 'utf8'))
          let extra = 'none'
          try { extra = fs.readFileSync('data/extra.txt', 'utf8') } catch {}
          const pages = new Map()
          http.createServer(async (req, res) => {
            if (!pages.has('page')) pages.set('page', await readFile('views/page.html', 'utf8'))
            res.end([config, extra, pages.get('page')].join())
          }).listen(0, '127.0.0.1')`,
      })
      expect(await running.get()).toBe('one,none,first')
      project.write({ 'data/config.json': '"two"' })
      await running.answers('two,none,first')
      project.write({ 'views/page.html': 'second' })
      await running.answers('two,none,second')
      project.write({ 'data/extra.txt': 'there' })
      await running.answers('two,there,second')
    },
  },
  {
    title: '.env, package.json and tsconfig.json',
    async run(workshop) {
      const { project, running } = await serving(
        workshop,
        { '.env': 'WORD=one', 'text.mjs': 'export const text = String(process.env.WORD)' },
        '--env-file=.env',
      )
      expect(await running.get()).toBe('one')
      project.write({ '.env': 'WORD=two' })
      await running.answers('two')
      project.write({ '.env': 'OTHER=one' })
      await running.answers('undefined')
      running.mark()
      project.write({ 'package.json': '{ "type": "module", "version": "2.0.0" }' })
      await running.printed(/package\.json changed[\s\S]*again after/)
      running.mark()
      project.write({ 'tsconfig.json': '{}' })
      await running.printed(/tsconfig\.json changed[\s\S]*again after/)
    },
  },
  {
    title: 'files named by globs, the article’s --patterns="*.html;*.txt"',
    async run(workshop) {
      const { project, running } = await serving(workshop, { 'a/b/c.txt': '1' }, '--patterns=*.html;*.txt')
      running.mark()
      project.write({ 'a/b/c.txt': '2' })
      await running.printed(/c\.txt changed[\s\S]*again after/)
      running.mark()
      project.write({ 'new/folder/page.html': '1' })
      await running.printed(/page\.html changed[\s\S]*again after/)
      project.write({ 'a/b/c.bin': '1' })
      const before = running.starts()
      await changeSeen(project, running, 'two')
      expect(running.starts()).toBe(before + 1)
    },
  },
  {
    title: 'the same content written again, swap files, and files the server writes itself: no restart',
    async run(workshop) {
      const { project, running } = await serving(workshop, {
        'state.json': '0',
        'server.mjs': `${SERVER}
          import fs from 'node:fs'
          fs.writeFileSync('state.json', String(Number(fs.readFileSync('state.json', 'utf8')) + 1))`,
      })
      project.write({
        'text.mjs': exporting('one'),
        '.text.mjs.swp': 'x',
        'text.mjs~': 'x',
        'state.json': '7',
      })
      await pause(300)
      expect(running.starts()).toBe(1)
      await changeSeen(project, running, 'two')
      expect(running.starts()).toBe(2)
    },
  },
  {
    title: 'where no events come: looking by the clock (--poll)',
    async run(workshop) {
      const { project, running } = await serving(workshop, {}, '--poll=50')
      await changeSeen(project, running, 'two')
      rmSync(project.path('text.mjs'))
      await running.printed(/did not start/)
      await changeSeen(project, running, 'three')
    },
  },
  {
    title: 'processes the server has started: ended with it, at a restart and at Ctrl-C',
    async run(workshop) {
      const { project, running } = await serving(workshop, {
        'server.mjs': `${SERVER}
          import { spawn } from 'node:child_process'
          console.log('grandchild', spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid)`,
      })
      const grandchild = async () => Number((await running.printed(/grandchild (\d+)/))[1])
      const first = await grandchild()
      running.mark()
      await changeSeen(project, running, 'two')
      const second = await grandchild()
      await until(() => !isAlive(first) || undefined)
      expect(isAlive(second)).toBe(true)
      running.child.kill('SIGINT')
      await running.ended()
      await until(() => !isAlive(second) || undefined)
    },
  },
  {
    title: 'the runner is killed (-9): the server ends too and lets go of its port',
    async run(workshop) {
      const { project, running } = await serving(workshop)
      const pid = Number((await running.printed(/started (\d+)/))[1])
      expect(isAlive(pid)).toBe(true)
      running.child.kill('SIGKILL')
      await until(() => !isAlive(pid) || undefined)
      await expect(running.get()).rejects.toThrow('ECONNREFUSED')
      expect(project.folder).not.toBe('')
    },
  },
  {
    title: 'a server that reads its standard input: what is typed arrives, before and after a restart',
    async run(workshop) {
      const { project, running } = await serving(workshop, {
        'server.mjs': `${SERVER}
          process.stdin.setEncoding('utf8').on('data', (line) => console.log(text, 'heard', line.trim()))`,
      })
      running.type('hello\n')
      await running.printed(/one heard hello/)
      await changeSeen(project, running, 'two')
      running.type('again\n')
      await running.printed(/two heard again/)
    },
  },
  {
    title: 'several files: each is a server of its own, and each line says whose it is',
    async run(workshop) {
      const second = `${SERVER.replace('./text.mjs', './more.mjs')}
        process.stdout.write('port ' + process.env.PORT + ', no end of line')`
      const project = workshop.project({
        ...PROJECT,
        'second.mjs': second,
        'more.mjs': exporting('other one'),
      })
      const running = await workshop.start(project, [...PLAIN, '--port', '4000', 'server.mjs', 'second.mjs'])
      const portOf = async (name: string): Promise<number> =>
        Number((await running.printed(new RegExp(`Serving ${name} on http://localhost:(\\d+)`)))[1])
      const ports = [await portOf('server.mjs'), await portOf('second.mjs')]
      const answers = async (): Promise<string> =>
        (await Promise.all(ports.map(async (port) => (await request({ port })).body))).join()
      expect(await answers()).toBe('one,other one')
      await running.printed(/^server\.mjs │ started \d+$/m)
      await running.printed(/^second\.mjs │ started \d+$/m)
      expect(running.output().match(/ENGINE On: /g)).toHaveLength(1)
      running.mark()
      project.write({ 'more.mjs': exporting('other two') })
      await until(async () => ((await answers()) === 'one,other two' ? true : undefined), running.output)
      await running.printed(
        /Restarting second\.mjs: more\.mjs changed[\s\S]*Serving second\.mjs on \S+ again/,
      )
      expect(running.output()).not.toContain('Restarting server.mjs')
      // The old process ends, and its last words are a line.
      await running.printed(/^second\.mjs │ port 4001, no end of line$/m)
      running.child.kill('SIGTERM')
      await running.ended()
      expect(running.output()).not.toMatch(/server\.mjs │ .*(?:server|second)\.mjs │/)
    },
  },
  {
    title: 'a server that crashes while it serves: the reason is served, and it comes back with a save',
    async run(workshop) {
      const { project, running } = await serving(workshop, {
        'server.mjs': `let broken = false
          setInterval(() => { if (broken) throw new TypeError('boom') }, 5)
          ${SERVER.replace("if (req.url === '/slow')", "broken = req.url === '/crash'\n  if (req.url === '/slow')")}`,
      })
      await running.get('/crash').catch(() => {})
      await running.printed(/crashed \(TypeError: boom\)/)
      expect(await running.get()).toMatch(/^The server crashed\.\n\nTypeError: boom/)
      await changeSeen(project, running, 'two')
    },
  },
]
