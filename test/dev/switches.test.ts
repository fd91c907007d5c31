import { afterAll, describe, expect, it } from 'vitest'
import { request } from '../support/request.ts'
import { openWorkshop, type Project, type Running } from './runner.ts'

const workshop = openWorkshop()
afterAll(() => workshop.close())

const SERVER = `
  import http from 'node:http'
  import { text } from './text.mjs'
  console.log('the application prints')
  http.createServer((req, res) => {
    res.setHeader('content-type', 'text/html')
    res.end('<!doctype html><h1>' + text + '</h1>')
  }).listen(0, '127.0.0.1')`

async function serving(...options: string[]): Promise<{ project: Project; running: Running }> {
  const project = workshop.project({
    'package.json': '{ "type": "module" }',
    'server.mjs': SERVER,
    'text.mjs': 'export const text = "one"',
  })
  const running = await workshop.start(project, [...options, 'server.mjs'])
  await running.printed(/ENGINE On: /)
  return { project, running }
}

const AS_DOCUMENT = { 'sec-fetch-dest': 'document', accept: 'text/html' }
const SWITCHES = ['access', 'debugger', 'prints', 'reload', 'overlay'] as const

/** What of the five can be seen to work. */
async function whatWorks(project: Project, running: Running): Promise<readonly string[]> {
  const port = running.port()
  const page = (await request({ port, headers: AS_DOCUMENT })).body
  const own = await request({ port, path: '/__rocksolid/', headers: { accept: 'application/json' } })
  project.write({ 'text.mjs': 'export const text = "two"' })
  if (/On:.*reload/.test(running.output())) await running.answers('<!doctype html><h1>two</h1>')
  // Longer than any restart: none may come.
  else await new Promise((resolve) => setTimeout(resolve, 1000))
  const now = await running.get()
  if (/On:.*access/.test(running.output())) await running.printed(/"GET \/ HTTP\/1\.1" 200/)
  const works = {
    access: running.output().includes('"GET / HTTP/1.1" 200'),
    debugger: running.output().includes('debugger on') && !own.body.includes('<h1>'),
    prints: running.output().includes('the application prints'),
    reload: now.includes('two'),
    overlay: page.includes('data-rocksolid'),
  }
  return SWITCHES.filter((name) => works[name])
}

describe('what is on', () => {
  it('is all of it', async () => {
    const { project, running } = await serving()
    expect(await whatWorks(project, running)).toEqual(SWITCHES)
    const time = /\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\]/.source
    for (const line of [
      'Serving on http://localhost:\\d+ \\(\\d+ ms\\)',
      'On: access, debugger, prints, reload, overlay',
      'Restarting server\\.mjs: text\\.mjs changed',
      'Serving on http://localhost:\\d+ again after \\d+ ms',
    ])
      await running.printed(new RegExp(`^${time} ENGINE ${line}$`, 'm'))
  })

  it.each(SWITCHES)('is all but one with --no-%s', async (name) => {
    const { project, running } = await serving(`--no-${name}`)
    const others = SWITCHES.filter((one) => one !== name)
    expect(await whatWorks(project, running)).toEqual(others)
    expect(running.output()).toContain(`On: ${others.join(', ')}\n`)
  })

  it('is the reload alone with all others off, and nothing at all without it', async () => {
    const all = SWITCHES.map((name) => `--no-${name}`)
    const { project, running } = await serving(...all.filter((one) => one !== '--no-reload'))
    expect(await whatWorks(project, running)).toEqual(['reload'])
    expect(running.output()).toMatch(/On: reload$/m)
    await (await serving(...all)).running.printed(/On: nothing$/m)
  })
})

it('tells the PIN at the first start, and not again at each restart', async () => {
  const { project, running } = await serving()
  for (const text of ['two', 'three']) {
    project.write({ 'text.mjs': `export const text = "${text}"` })
    await running.answers(`<!doctype html><h1>${text}</h1>`)
  }
  // A process that was not waiting, too.
  project.write({ 'package.json': '{ "type": "module", "version": "2.0.0" }' })
  await running.printed(/package\.json changed[\s\S]*again after/)
  expect(running.output().match(/console PIN/g)).toHaveLength(1)
  expect(running.output().match(/again after/g)).toHaveLength(3)
})

it('tells the PIN when the server starts at last that did not at first', async () => {
  const project = workshop.project({ 'server.mjs': 'syntax error' })
  const running = await workshop.start(project)
  await running.printed(/did not start/)
  project.write({ 'server.mjs': SERVER.replace("import { text } from './text.mjs'", 'const text = 1') })
  await running.printed(/Serving on/)
  expect(running.output().match(/console PIN/g)).toHaveLength(1)
})
