import { describe, expect, it } from 'vitest'
import { RUNTIMES, SERVERS, tryAll } from './servers.ts'

const [here, ...others] = RUNTIMES
const failures = (outcomes: ReadonlyMap<string, string | undefined>) =>
  [...outcomes].filter(([, failure]) => failure !== undefined)

const CORE = ['http', 'express5', 'koa', 'fastify', 'hono']

describe('rocksolid/register on this runtime', () => {
  it.each(SERVERS)('$title behaves', { timeout: 300_000 }, async (server) => {
    if (here === undefined) throw new Error('no runtime')
    const outcomes = await tryAll(server, here, 'register')
    expect(failures(outcomes)).toEqual([])
    expect(outcomes.size).toBeGreaterThan(10)
  })
})

// One framework for each way in which errors are found, another one on each runtime; all of them: npm run frameworks.
describe.each(others.map((runtime, index) => ({ runtime, name: runtime.name, index })))(
  'rocksolid/register on $name',
  ({ runtime, index }) => {
    const servers = SERVERS.filter(
      ({ name }) => name === CORE[0] || name === CORE[1 + (index % (CORE.length - 1))],
    )
    it.each(servers)('$title behaves', { timeout: 300_000 }, async (server) => {
      const outcomes = await tryAll(server, runtime, 'register')
      expect(failures(outcomes)).toEqual([])
      expect(outcomes.size).toBeGreaterThan(5)
    })
  },
)
