import { symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RUNTIMES } from '../support/runtimes.ts'
import { openWorkshop, type Project, type Running } from './runner.ts'

const root = resolve(import.meta.dirname, '..', '..')

/** A package that cannot be resolved hides one that a folder above may hold. */
const NO_TSX = { 'node_modules/tsx/package.json': '{ "name": "tsx", "exports": {} }' }

const SERVER = `
  import http from 'node:http'
  import { text, type Text } from './text.ts'
  const answer: Text = text satisfies string
  http.createServer((_req: http.IncomingMessage, res: http.ServerResponse) => void res.end(answer)).listen(0, '127.0.0.1')`
const MODULE = (text: string): string => `export type Text = string\nexport const text: Text = '${text}'\n`
const ENUM =
  'export type Text = string\nenum Word { Text = "translated" }\nexport const text: string = Word.Text\n'

const COMMONJS = {
  'server.cts': `
    const http = require('node:http') as typeof import('node:http')
    const { text } = require('./text.cts') as { readonly text: string }
    http.createServer((_req, res) => void res.end(text)).listen(0, '127.0.0.1')`,
  'text.cts': "exports.text = 'one' as string\n",
}

for (const [name, node] of RUNTIMES) {
  const strips = !name.startsWith('Node 20')
  describe(`TypeScript on ${name}`, () => {
    const workshop = openWorkshop(node)
    afterAll(() => workshop.close())

    async function serving(
      files: Readonly<Record<string, string>>,
      entry: string,
      hasTsx: boolean,
    ): Promise<{ project: Project; running: Running }> {
      const project = workshop.project({ ...files, ...(hasTsx ? { 'node_modules/.keep': '' } : NO_TSX) })
      if (hasTsx) symlinkSync(join(root, 'node_modules', 'tsx'), project.path('node_modules/tsx'))
      const running = await workshop.start(project, ['--no-access', '--no-debugger', entry])
      return { project, running }
    }

    /** The ES module, then the CommonJS one beside it: each answers with its new code after a save. */
    async function runsAnew(project: Project, running: Running, first: string): Promise<void> {
      await running.printed(/Serving on/)
      expect(await running.get()).toBe(first)
      project.write({ 'text.ts': MODULE('two') })
      await running.answers('two')
      const commonjs = await workshop.start(project, ['--no-access', '--no-debugger', 'server.cts'])
      await commonjs.printed(/Serving on/)
      project.write({ 'text.cts': "exports.text = 'two' as string\n" })
      await commonjs.answers('two')
    }

    const modules = { 'package.json': '{ "type": "module" }', 'server.ts': SERVER, 'text.ts': MODULE('one') }

    it.runIf(strips)('runs ES modules and CommonJS by itself, and runs them anew', async () => {
      const { project, running } = await serving({ ...modules, ...COMMONJS }, 'server.ts', false)
      await runsAnew(project, running, 'one')
    })

    it('runs all of TypeScript with tsx, ES modules and CommonJS', async () => {
      const files = { ...modules, ...COMMONJS, 'text.ts': ENUM }
      const { project, running } = await serving(files, 'server.ts', true)
      await runsAnew(project, running, 'translated')
    })

    it.runIf(strips)('says what to do about an enum, in the terminal and on the page', async () => {
      const { project, running } = await serving({ ...modules, 'text.ts': ENUM }, 'server.ts', false)
      await running.printed(/did not start \(SyntaxError: .*enum.*; tsx can: npm install --save-dev tsx\)/)
      project.write({ 'text.ts': MODULE('one') })
      await running.printed(/Serving on/)
      running.mark()
      project.write({ 'text.ts': ENUM })
      await running.printed(/did not start/)
      const page = await running.get()
      expect(page).toContain('Node.js only leaves types out')
      expect(page).toMatch(/text\.ts:2[\s\S]*enum Word/)
      project.write({ 'text.ts': MODULE('cured') })
      await running.answers('cured')
    })

    it.runIf(!strips)('says what to install where nothing can run it', async () => {
      const { running } = await serving(modules, 'server.ts', false)
      expect((await running.ended()).code).toBe(2)
      expect(running.output()).toMatch(/does not run TypeScript by itself\. Install tsx/)
    })
  })
}
