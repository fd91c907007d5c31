import { describe, expect, it } from 'vitest'
import { ADAPTERS, RUNTIMES, tryAll } from './servers.ts'

const cases = ADAPTERS.flatMap((server) =>
  RUNTIMES.filter(({ name }, index) => index === 0 || (server.name === 'fetch' && /Bun|Deno/.test(name))).map(
    (runtime) => ({ server, runtime, title: server.title, on: runtime.name }),
  ),
)

/** All of them: npm run frameworks. */
const CHOSEN = new Set([
  'logged once',
  'sync throw',
  'async throw',
  "framework's idiom",
  'own 503 untouched',
  'JSON client',
  'keep-alive',
  'compression',
  'compression outside',
])

describe('the adapter', () => {
  it.each(cases)('of $title behaves on $on', { timeout: 300_000 }, async ({ server, runtime }) => {
    const outcomes = await tryAll(server, runtime, 'adapter', (name) => CHOSEN.has(name))
    expect([...outcomes].filter(([, failure]) => failure !== undefined)).toEqual([])
    expect(outcomes.size).toBeGreaterThan(4)
  })
})
