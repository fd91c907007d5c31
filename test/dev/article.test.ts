import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { request } from '../support/request.ts'
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

describe.each(SERVERS)('the article’s $name', ({ name, args, plain, ...rest }) => {
  it('meets the requirements: easy to set up, access log, prints, exceptions, reload', {
    timeout: 60_000,
  }, async () => {
    const project = copied()
    const running: Running = await workshop.start(
      project,
      args,
      { PORT: '0', WATCHED: project.folder },
      plain,
    )
    // Easy to set up: one file, one command.
    const [, port] = await running.printed(/Serving (?:\S+ )?on http:\/\/localhost:(\d+)/)
    const get = (path: string, accept = 'text/html') =>
      request({ port: Number(port), path, headers: { accept } })
    expect((await get('/')).body).toBe('Hello World!\n')

    // Access log on stdout in real time.
    await running.printed(/GET (?:200 \/ |\/ )/)
    // Prints are shown.
    await get('/print')
    await running.printed(/printed with console\.log while answering \/print/)
    // Exceptions in the terminal and in the browser.
    const crash = await get('/crash')
    expect(crash.status).toBe(500)
    expect(crash.headers['content-type']).toContain('text/html')
    expect(crash.body).toContain('Cannot read properties of undefined')
    await running.printed(/The order of 2 items was not placed/)

    // Reload when code changes.
    const app = readFileSync(project.path('http-app.mjs'), 'utf8')
    writeFileSync(project.path('http-app.mjs'), app.replace('Hello World!', 'Hello again!'))
    if ('signal' in rest) running.child.kill(rest.signal)
    await until(
      async () => ((await get('/')).body === 'Hello again!\n' ? true : undefined),
      () => `${name} to reload\n${running.output()}`,
    )
    // And it ends when it is told to.
    running.child.kill('SIGTERM')
    const { code, signal } = await running.ended()
    expect(code === 0 || signal === 'SIGTERM').toBe(true)
  })
})
