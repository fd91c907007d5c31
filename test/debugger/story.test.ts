import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReportSection } from '../../src/report/report.ts'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { type RawReply, request } from '../support/request.ts'

let app: AppProcess
beforeAll(async () => {
  app = await startApp('story.mjs', { env: { STRIPE_SECRET: 'hunter2', PLAIN_SETTING: 'visible' } })
})
afterAll(() => app?.stop())

const order = (accept: string, body: object = { good: 'hat', password: 'hunter2' }): Promise<RawReply> =>
  request({
    port: app.port,
    method: 'POST',
    path: '/orders/7?coupon=abc&token=xyz',
    headers: {
      accept,
      'content-type': 'application/json',
      'content-length': String(JSON.stringify(body).length),
    },
    body: JSON.stringify(body),
  })

async function sectionsOf(reply: RawReply): Promise<Map<string, ReportSection>> {
  const { debug } = JSON.parse(reply.body) as { debug: { sections: ReportSection[] } }
  return new Map(debug.sections.map((section) => [section.name, section]))
}

describe('what happened in the request', () => {
  it('lists what it printed and logged, in order and masked, each line once', async () => {
    const sections = await sectionsOf(await order('application/json'))
    const lines = sections.get('Logs')?.text?.split('\n') ?? []
    expect(lines.map((line) => line.replace(/^ *\d+\.\d ms {2}/, ''))).toEqual([
      'stdout  placing order 7',
      'warn    shop: stock is low  left=2 apiKey=[masked]',
      'stdout  authorization: [masked]',
    ])
  })

  it('has a timeline of middleware, handler, requests to others and queries, with what they took', async () => {
    const sections = await sectionsOf(await order('application/json'))
    const steps = sections.get('Timeline')?.steps ?? []
    expect(steps.map(({ kind, text, failed }) => `${failed ? '!' : ''}${kind} ${text}`)).toEqual([
      'request POST /orders/7',
      'body 35 bytes',
      'middleware timing',
      'middleware jsonParser',
      '!handler POST /orders/:id placeOrder → Error',
      `http GET ${app.origin}/up → 200`,
      `!http GET ${app.origin}/down → 503`,
      'query pg: select * from users',
      '!query pg: select * from goods → 42P01',
    ])
    const [whole, , timing] = steps
    expect(timing?.ms).toBeGreaterThan(10)
    expect(whole?.ms).toBeGreaterThan(timing?.ms ?? 0)
    for (const { at, ms } of steps) expect(at + (ms ?? 0)).toBeLessThanOrEqual((whole?.ms ?? 0) + 0.01)
  })

  it('tells the route, where its handler was written, the parameters and the body, masked', async () => {
    const rows = new Map((await sectionsOf(await order('application/json'))).get('Route')?.rows)
    expect(rows.get('Route')).toBe('/orders/:id')
    expect(rows.get('Registered')).toBe('test/apps/story.mjs:28:5')
    expect(rows.get('Handler')).toMatch(/^test\/apps\/story\.mjs:28:\d+$/)
    expect(rows.get('Params')).toBe("{ id: '7' }")
    expect(rows.get('Query')).toBe("{ coupon: 'abc', token: [masked] }")
    expect(rows.get('Body')).toBe("{ good: 'hat', password: [masked] }")
  })

  it('keeps 200 lines and 200 steps at most, and says how many more there were', async () => {
    const sections = await sectionsOf(await order('application/json', { many: true }))
    const lines = sections.get('Logs')?.text?.split('\n') ?? []
    expect(lines).toHaveLength(201)
    expect(lines[0]).toBe('… 103 earlier lines')
    expect(lines.at(-1)).toContain('line 299')
    const steps = sections.get('Timeline')?.steps ?? []
    expect(steps).toHaveLength(202)
    expect(steps.at(-1)?.text).toMatch(/^10\d more steps$/)
  })

  it('shows environment and application on the page, masked, and leaves them out of copies', async () => {
    const page = (await order('text/html')).body
    const rowOf = (name: string): string | undefined =>
      new RegExp(`<th scope="row">${name}</th><td>([^<]*)</td>`).exec(page)?.[1]
    expect(rowOf('PLAIN_SETTING')).toBe('visible')
    expect(rowOf('STRIPE_SECRET')).toBe('[masked]')
    expect(rowOf('Revision') ?? 'main 1234567890').toMatch(
      /^[\w./-]+ [0-9a-f]{10}$|^[0-9a-f]{10}$|^[\w./-]+$/,
    )
    expect(rowOf('Started as')).toContain('story.mjs')
    expect(page).not.toContain('hunter2')
    for (const accept of ['application/json', 'text/markdown', 'text/plain']) {
      const text = (await order(accept)).body
      expect(text).not.toContain('PLAIN_SETTING')
      expect(text).not.toContain('hunter2')
    }
  })

  it('has no part about what did not happen', async () => {
    const reply = await request({ port: app.port, path: '/quiet', headers: { accept: 'application/json' } })
    const sections = await sectionsOf(reply)
    expect([...sections.keys()]).toEqual(['Route', 'Timeline'])
  })
})
