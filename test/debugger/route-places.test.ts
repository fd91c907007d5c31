import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { ReportSection } from '../../src/report/report.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { request } from '../support/request.ts'

let app: AppProcess
afterEach(() => app.stop())

const FILE = 'test/apps/routes.mjs'
const lines = readFileSync(join(import.meta.dirname, '..', 'apps', 'routes.mjs'), 'utf8').split('\n')

/** `file:line:column` of the first place of `text` below the line that starts the framework. */
function placeOf(framework: string, text: string, within = ''): string {
  const from = framework === '' ? 0 : lines.findIndex((line) => line.includes(`async ${framework}()`))
  const at = lines.findIndex((line, index) => index >= from && line.includes(text))
  return `${FILE}:${at + 1}:${(lines[at] ?? '').indexOf(within === '' ? text : within) + 1}`
}

it('the parameters on the failing line are those of the route, which Express has taken off by then', async () => {
  app = await startApp('routes.mjs', { args: ['express'] })
  const reply = await request({ port: app.port, path: '/shop/params/42', headers: { accept: '*/*' } })
  const values = reply.body.split('\n').filter((line) => /^ +│.*└/.test(line))
  expect(values.map((line) => line.replace(/^[ │]*└ /, ''))).toEqual([
    "'42'",
    "[Object: null prototype] { id: '42' }",
    expect.stringMatching(/^IncomingMessage/),
  ])
})

describe.each([
  ['express', "get('/express/:id'", "get('/inline/:id'"],
  ['fastify', "get('/fastify/:id'", "url: '/inline/:id'"],
  ['hono', "get('/hono/:id'", "get('/inline/:id'"],
  ['hapi', "path: '/shop/hapi/{id}'", "path: '/shop/inline/{id}'"],
])('a route of %s', (framework, elsewhere, inPlace) => {
  it('tells where it was registered and where its handler was written', async () => {
    app = await startApp('routes.mjs', { args: [framework] })
    const ask = async (path: string) => {
      const reply = await request({ port: app.port, path, headers: { accept: 'application/json' } })
      const { debug } = JSON.parse(reply.body) as { debug: { sections: readonly ReportSection[] } }
      const sections = new Map(debug.sections.map((section) => [section.name, section]))
      return { rows: new Map(sections.get('Route')?.rows), steps: sections.get('Timeline')?.steps ?? [] }
    }
    const answers = new Map<string, Awaited<ReturnType<typeof ask>>>()
    /** The search for it is limited in time, and done again a second later. */
    const registered = (path: string) => async (): Promise<string | undefined> => {
      const answer = await ask(path)
      answers.set(path, answer)
      return answer.rows.get('Registered')
    }
    const path = `/shop/${framework}/7`
    await expect.poll(registered(path)).toBe(placeOf(framework, elsewhere))
    const item = answers.get(path) as Awaited<ReturnType<typeof ask>>
    expect(item.rows.get('Handler')).toBe(placeOf('', 'async function showItem', '()'))
    await expect.poll(registered('/shop/inline/7')).toBe(placeOf(framework, inPlace))
    const inline = answers.get('/shop/inline/7') as Awaited<ReturnType<typeof ask>>
    expect(inline.rows.get('Handler')).toContain(FILE)
    if (framework === 'express') {
      const twice = await ask('/shop/twice/7')
      expect(twice.rows.get('Route')).toBe('/shop/twice/:id')
      expect(twice.rows.has('Registered')).toBe(false)
    }
    if (framework === 'fastify') {
      const handler = item.steps.find(({ kind }) => kind === 'handler')
      expect(handler?.text).toBe('GET /shop/fastify/:id showItem → Error')
      expect(handler?.failed).toBe(true)
      expect(handler?.ms).toBeGreaterThan(3)
    }
  })
})
