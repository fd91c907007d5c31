import { existsSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openWorkshop, type Project, type Running } from './runner.ts'

const packages = resolve(import.meta.dirname, '..', '..', 'tools', 'frameworks', 'node_modules')
const workshop = openWorkshop()
afterAll(() => workshop.close())

const TEXT = (text: string): string => `export const text: string = '${text}'\n`

const NODE_SERVER = `
  import http from 'node:http'
  import { text } from './text.ts'
  const server = http.createServer((req, res) => {
    if (req.url === '/crash') throw new TypeError('broke')
    if (req.url === '/slow') setTimeout(() => res.end('slow ' + text), 600, console.log('slow begins'))
    else res.end(text)
  }).listen(0, '127.0.0.1', () => console.log('application says', server.address().port))`

const handler = (sleep: string): string => `async (req: Request): Promise<Response> => {
    const { pathname } = new URL(req.url)
    if (pathname === '/crash') throw new TypeError('broke')
    if (pathname === '/slow') { console.log('slow begins'); await ${sleep}; return new Response('slow ' + text) }
    return new Response(text)
  }`

const RUNTIMES = [
  {
    runtime: 'bun',
    binary: join(packages, '@oven', 'bun-linux-x64', 'bin', 'bun'),
    server: `import { text } from './text.ts'
      const server = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: ${handler('Bun.sleep(600)')} })
      console.log('application says', server.port)`,
  },
  {
    runtime: 'deno',
    binary: join(packages, '@deno', 'linux-x64-glibc', 'deno'),
    server: `import { text } from './text.ts'
      const onListen = ({ port }: { port: number }) => console.log('application says', port)
      Deno.serve({ port: 0, hostname: '127.0.0.1', onListen }, ${handler('new Promise((go) => setTimeout(go, 600))')})`,
  },
] as const

for (const { runtime, binary, server } of RUNTIMES) {
  const kinds = [
    [`its own server, by itself`, server, []],
    [`node:http, by option`, NODE_SERVER, ['--runtime', runtime]],
  ] as const
  describe.runIf(existsSync(binary)).each(kinds)(`${runtime}: %s`, (_kind, source, options) => {
    const env = { PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ''}` }

    async function serving(): Promise<{ project: Project; running: Running }> {
      const project = workshop.project({
        'package.json': '{ "type": "module" }',
        'server.ts': source,
        'text.ts': TEXT('one'),
      })
      const running = await workshop.start(project, [...options, 'server.ts'], env)
      await running.printed(/Serving on/)
      return { project, running }
    }

    it('runs, logs, shows errors, finishes what is in flight, and shows what does not start', async () => {
      const { project, running } = await serving()
      expect(await running.get()).toBe('one')
      expect(Number((await running.printed(/application says (\d+)/))[1])).toBe(running.port())
      await running.printed(/"GET \/ HTTP\/1.1" 200 3/)
      expect(await running.get('/crash', { accept: 'text/plain' })).toMatch(
        /TypeError: broke[\s\S]*server\.ts/,
      )

      const slow = running.get('/slow')
      await running.printed(/^slow begins$/m)
      project.write({ 'text.ts': TEXT('two') })
      await running.answers('two')
      expect(await slow).toBe('slow one')

      running.mark()
      project.write({ 'text.ts': 'export const text: = 1\n' })
      await running.printed(/did not start/)
      expect(await running.get()).toMatch(/^The server did not start\./)
      project.write({ 'text.ts': TEXT('cured') })
      await running.answers('cured')
    })

    it('refuses and resets no connection while it restarts', async () => {
      const { project, running } = await serving()
      const failures: string[] = []
      let answers = 0
      let isOver = false
      const asking = Array.from({ length: 4 }, async () => {
        while (!isOver) {
          await running.get().then(
            () => answers++,
            (error: Error) => failures.push(error.message),
          )
        }
      })
      for (let turn = 1; turn <= 8; turn++) {
        project.write({ 'text.ts': TEXT(`turn ${turn}`) })
        await running.answers(`turn ${turn}`)
      }
      isOver = true
      await Promise.all(asking)
      expect(failures).toEqual([])
      expect(answers).toBeGreaterThan(30)
    })
  })
}

describe('which runtime runs a file', () => {
  it.each([
    ['#!/usr/bin/env bun\nconsole.log(1)', 'bun'],
    ['import { file } from "bun"', 'bun'],
    ['#!/usr/bin/env -S deno run -A\n', 'deno'],
    ['import x from "jsr:@std/path"', 'deno'],
  ])('%j needs it, and where it is not installed that is said', async (source, runtime) => {
    const project = workshop.project({ 'server.ts': source })
    const running = await workshop.start(project, ['server.ts'], { PATH: '', HOME: project.folder })
    expect((await running.ended()).code).toBe(2)
    expect(running.output()).toContain(`server.ts is for ${runtime}, which is not in the PATH`)
  })

  it('is Node for what asks, and no other than the three', async () => {
    const project = workshop.project({
      'server.mjs': 'console.log(typeof Bun === "undefined" ? "node" : Bun.version)',
    })
    const running = await workshop.start(project, ['--no-reload', 'server.mjs'], { PATH: '' })
    await running.ended()
    expect(running.output()).toContain('node\n')
    const wrong = await workshop.start(project, ['--runtime', 'dino', 'server.mjs'])
    expect((await wrong.ended()).code).toBe(2)
    expect(wrong.output()).toContain('--runtime is "dino". Allowed: node, bun, deno. Did you mean "deno"?')
  })
})
