import { afterAll, describe, it } from 'vitest'
import { RUNTIMES } from '../support/runtimes.ts'
import { openWorkshop } from './runner.ts'
import { SCENARIOS } from './scenarios.ts'

/** The oldest Node that is supported, and the long-term one of today. */
const tried = RUNTIMES.filter(([name]) => name.startsWith('Node 20') || name.startsWith('Node 24'))

describe.concurrent.each(tried)('rocksolid server.mjs on %s', (_name, node) => {
  const workshop = openWorkshop(node)
  afterAll(() => workshop.close())

  it.each(SCENARIOS)('$title', async ({ run }) => {
    await run(workshop)
  })
})
