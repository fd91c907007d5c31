import { mkdirSync, symlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createSupervisor, runWithReloader } from '../../src/dev.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { openWorkshop, type Project, type Running } from './runner.ts'

const root = resolve(import.meta.dirname, '..', '..')
const workshop = openWorkshop()
afterAll(() => workshop.close())

/** A script run by node itself, with this package installed. */
async function run(files: Readonly<Record<string, string>>): Promise<{ project: Project; running: Running }> {
  const project = workshop.project({ 'package.json': '{ "type": "module" }', ...files })
  mkdirSync(project.path('node_modules'))
  symlinkSync(root, project.path('node_modules/rocksolid'))
  const running = await workshop.start(project, ['server.js'], {}, true)
  await running.printed(/Serving on/)
  return { project, running }
}

const answering = (text: string): string => `export const text = ${JSON.stringify(text)}`

describe('rocksolid/dev', () => {
  it('runs with a reloader, as gevent does', async () => {
    const { project, running } = await run({
      'text.js': answering('one'),
      'server.js': `
        import http from 'node:http'
        import { runWithReloader } from 'rocksolid/dev'
        import { text } from './text.js'
        await runWithReloader(() => http.createServer((req, res) => res.end(text)).listen(0, '127.0.0.1'))
        console.log('below', process.pid)`,
    })
    expect(await running.get()).toBe('one')
    await running.printed(/below/)
    expect(running.output()).not.toContain(`below ${running.pid}\n`)
    project.write({ 'text.js': answering('two') })
    await running.answers('two')
  })

  it('keeps one PIN and one link for the debugger over all restarts, and tells them once', async () => {
    const { project, running } = await run({
      'text.js': answering('one'),
      'server.js': `
        import http from 'node:http'
        import { withDebugger } from 'rocksolid/debugger'
        import { runWithReloader } from 'rocksolid/dev'
        import { text } from './text.js'
        const app = withDebugger((req, res) => {
          if (req.url === '/crash') throw new Error(text)
          res.end(text)
        })
        await runWithReloader(() => http.createServer(app).listen(0, '127.0.0.1'))
        console.log('pin', process.env.ROCKSOLID_PIN)`,
    })
    const [, pin = ''] = await running.printed(/^pin (\S+)$/m)
    await running.printed(new RegExp(`console PIN ${pin}`))
    const [, key = ''] = await running.printed(/\/__rocksolid\/#unlock=(\S+)/)
    running.mark()
    project.write({ 'text.js': answering('two') })
    await running.answers('two')
    await running.printed(new RegExp(`^pin ${pin}$`, 'm'))
    expect(running.output().match(new RegExp(`console PIN ${pin}`, 'g'))).toHaveLength(1)
    // The link that was printed at the start unlocks the new process, but what the old one gave its pages does not.
    const page = await openErrorPage(running.port(), '/crash')
    expect((await page.unlock({ key: `${key.slice(0, -1)}_` })).status).toBe(403)
    expect((await page.unlock({ key })).status).toBe(200)
    expect(running.output().match(/__rocksolid\/#unlock=/g)).toHaveLength(1)
    project.write({ 'text.js': answering('three') })
    await running.answers('three')
    expect(await page.evaluate('0.0', '1').catch(String)).toMatch(/403/)
    const next = await openErrorPage(running.port(), '/crash')
    expect((await next.unlock({ key })).status).toBe(200)
    expect(running.output().match(/__rocksolid\/#unlock=/g)).toHaveLength(1)
  })

  it('reloads by itself with hooks and watched files, as Tornado does', async () => {
    const { project, running } = await run({
      'extra.cfg': '1',
      'server.js': `
        import http from 'node:http'
        import { autoreload } from 'rocksolid/dev'
        await autoreload.start()
        autoreload.watch('extra.cfg')
        autoreload.addReloadHook(async () => {
          await new Promise((resolve) => setTimeout(resolve, 20))
          console.log('hook ran')
        })
        http.createServer((req, res) => res.end('up')).listen(0, '127.0.0.1')`,
    })
    project.write({ 'extra.cfg': '2' })
    await running.printed(/extra\.cfg changed[\s\S]*hook ran/)
    await running.answers('up')
  })

  it('refuses wrong options when it is wired', async () => {
    await expect(runWithReloader(() => {}, { wach: [] } as never)).rejects.toThrow('Did you mean "watch"?')
    expect(() => createSupervisor({ entry: 'package.json', workers: 0 })).toThrow('"workers" is 0')
    expect(() => createSupervisor({ entry: 'nowhere.js' })).toThrow('there is no file')
  })
})
