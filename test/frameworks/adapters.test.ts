import { describe, expect, it } from 'vitest'
import { ADAPTERS, RUNTIMES, tryAll } from './servers.ts'

const cases = ADAPTERS.flatMap((server) =>
  RUNTIMES.filter(({ name }, index) => index === 0 || (server.name === 'fetch' && /Bun|Deno/.test(name))).map(
    (runtime) => ({ server, runtime, title: server.title, on: runtime.name }),
  ),
)

describe('the adapter', () => {
  it.each(cases)('of $title behaves on $on', { timeout: 120_000 }, async ({ server, runtime }) => {
    const outcomes = await tryAll(server, runtime, 'adapter')
    expect([...outcomes].filter(([, failure]) => failure !== undefined)).toEqual([])
    expect(outcomes.size).toBeGreaterThan(8)
  })
})
