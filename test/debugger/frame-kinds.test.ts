import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { request } from '../support/request.ts'
import { RUNTIMES } from '../support/runtimes.ts'

let app: AppProcess

/** What the local `own` of the frame that threw holds. */
const OWN: Readonly<Record<string, string>> = {
  function: "'function'",
  arrow: "'arrow'",
  anonymous: "'anonymous'",
  eval: "'eval'",
  'new-function': "'made'",
  vm: "'vm'",
  method: "'method'",
  static: "'static'",
  getter: "'getter'",
  setter: "'setter'",
  constructor: "'constructor'",
  field: "'set before'",
  generator: "'generator'",
  'async-generator': "'async generator'",
  callback: "'callback'",
  timer: "'scheduled'",
  immediate: "'scheduled'",
  'next-tick': "'scheduled'",
  microtask: "'scheduled'",
  emitter: "'listener'",
  stream: "'stream'",
  proxy: "'trap'",
  'to-json': "'to json'",
  tag: "'tag 1'",
  reaction: "'reaction'",
  block: "'block b'",
  'catch-clause': "'SyntaxError'",
  // What is thrown is no error and has no stack: its frames are those that were on the stack.
  string: "'a string'",
  number: '42',
  symbol: 'Symbol(thrown)',
  object: "{ code: 'E_OWN' }",
  undefined: "'nothing'",
}

describe.each(RUNTIMES)('a frame has a console whatever its kind, on %s', (_name, node) => {
  let pin = ''
  beforeAll(async () => {
    app = await startApp('kinds.mjs', { node })
    pin = (await app.printed(/PIN (\d\S+)/))[1] as string
  })
  afterAll(() => app.stop())

  it('and every kind is tested', async () => {
    const kinds = JSON.parse((await request({ port: app.port, path: '/' })).body) as string[]
    expect(kinds.sort()).toEqual([...Object.keys(OWN), 'other-context'].sort())
  })

  it('but for code in another context of vm, which cannot hand anything over: it is shown without', async () => {
    const client = await openErrorPage(app.port, '/other-context')
    expect(client.page.status).toBe(500)
    expect(client.page.body).toContain('Error: context')
    expect(client.live).not.toContain('0.0')
  })

  it.each(Object.entries(OWN))('%s', async (kind, expected) => {
    const client = await openErrorPage(app.port, `/${kind}`)
    await client.unlock({ pin })
    expect(client.live).toContain('0.0')
    const read = await client.evaluate('0.0', 'own')
    expect(read.kind === 'value' ? read.value.text : read).toBe(expected)
    expect(await client.evaluate('0.0', 'let extra = 1; extra + 1')).toMatchObject({ value: { text: '2' } })
  })
})
