import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'
import { openWorkshop, type Project, type Running, until } from './runner.ts'

const root = resolve(import.meta.dirname, '..', '..')
const workshop = openWorkshop()
afterAll(() => workshop.close())

/** Each server of the article, how it is started, and how it is told of new code where it does not see it itself. */
const SERVERS = [
  { name: 'cherrypy', args: ['cherrypy.mjs'], plain: true },
  { name: 'gevent', args: ['gevent.mjs'], plain: true },
  { name: 'gunicorn', args: ['gunicorn.mjs'], plain: true },
  { name: 'rocket', args: ['rocket.mjs'], plain: true, signal: 'SIGUSR1' },
  { name: 'tornado', args: ['tornado.mjs', '--port', '0'], plain: true },
  { name: 'werkzeug', args: ['--no-debugger', 'werkzeug.mjs'], plain: false },
  { name: 'wsgilog', args: ['--no-debugger', 'wsgilog.mjs'], plain: false },
] as const

/** A copy of the examples that can be changed, in a folder where this package is installed. */
function copied(): Project {
  const project = workshop.project({ 'package.json': '{ "type": "module" }' })
  cpSync(join(root, 'examples', 'article'), project.folder, { recursive: true })
  mkdirSync(project.path('node_modules'))
  symlinkSync(root, project.path('node_modules/rocksolid'))
  symlinkSync(join(root, 'node_modules', 'express'), project.path('node_modules/express'))
  return project
}

/** Where Jython was for the article: other runtimes than the one of the tests. */
const OTHERS = [
  ...RUNTIMES.filter(([name]) => name.startsWith('Node 24')),
  ...[
    ['bun', '@oven/bun-linux-x64/bin'],
    ['deno', '@deno/linux-x64-glibc'],
  ].flatMap(([name = '', path = '']) => {
    const folder = join(root, 'tools', 'frameworks', 'node_modules', path)
    return existsSync(join(folder, name)) ? [[name, folder] as const] : []
  }),
]

describe.each(SERVERS)('the article’s $name', ({ args, plain }) => {
  // Those that reload by themselves or keep workers are Node's; what they serve is not.
  const possible = OTHERS.filter(([name]) => !plain || name.startsWith('Node'))
  it.each(possible)('works on more than one runtime: %s', async (name, where) => {
    const project = copied()
    const isNode = name.startsWith('Node')
    const shop = isNode ? openWorkshop(where) : workshop
    const options = isNode ? args : ['--runtime', name, ...args]
    const env = isNode ? {} : { PATH: `${where}${delimiter}${process.env.PATH ?? ''}` }
    const running = await shop.start(project, options, { PORT: '0', WATCHED: project.folder, ...env }, plain)
    const [, port] = await running.printed(/Serving (?:\S+ )?on http:\/\/localhost:(\d+)/)
    expect((await request({ port: Number(port) })).body).toBe('Hello World!\n')
    await running.printed(/GET (?:200 \/ |\/ )/)
    const crash = await request({ port: Number(port), path: '/crash', headers: { accept: 'text/html' } })
    expect([crash.status, crash.body.includes('was not placed')]).toEqual([500, true])
    if (isNode) await shop.close()
  })
})

/** The article's list, in its order; more than one runtime is above. Each goes on where the one before it ended. */
describe.each(SERVERS)('the article’s $name', ({ name, args, plain, ...rest }) => {
  const project = copied()
  let running: Running
  let port = 0
  const get = (path: string, accept = 'text/html') => request({ port, path, headers: { accept } })

  it('is easy to set up: one file, one command', async () => {
    running = await workshop.start(project, args, { PORT: '0', WATCHED: project.folder }, plain)
    port = Number((await running.printed(/Serving (?:\S+ )?on http:\/\/localhost:(\d+)/))[1])
    expect((await get('/')).body).toBe('Hello World!\n')
  })

  it('writes its access log to the terminal in real time', async () => {
    running.mark()
    await get('/?for=the-log')
    await running.printed(/GET (?:200 )?\/\?for=the-log/)
  })

  it('shows what is printed', async () => {
    await get('/print')
    await running.printed(/printed with console\.log while answering \/print/)
  })

  it('shows exceptions in the terminal and in the browser', async () => {
    const crash = await get('/crash')
    expect(crash.status).toBe(500)
    expect(crash.headers['content-type']).toContain('text/html')
    expect(crash.body).toContain('Cannot read properties of undefined')
    await running.printed(/The order of 2 items was not placed/)
  })

  it('runs new code when a file changes, and ends when it is told to', async () => {
    const app = readFileSync(project.path('http-app.mjs'), 'utf8')
    writeFileSync(project.path('http-app.mjs'), app.replace('Hello World!', 'Hello again!'))
    if ('signal' in rest) running.child.kill(rest.signal)
    await until(
      async () => ((await get('/')).body === 'Hello again!\n' ? true : undefined),
      () => `${name} to reload\n${running.output()}`,
    )
    running.child.kill('SIGTERM')
    const { code, signal } = await running.ended()
    expect(code === 0 || signal === 'SIGTERM').toBe(true)
  })
})
