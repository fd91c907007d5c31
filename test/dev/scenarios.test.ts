import { afterAll, describe, it } from 'vitest'
import { RUNTIMES } from '../support/runtimes.ts'
import { openWorkshop } from './runner.ts'
import { SCENARIOS } from './scenarios.ts'

/** The oldest Node that is supported, and the long-term one of today. */
const tried = RUNTIMES.filter(([name]) => name.startsWith('Node 20') || name.startsWith('Node 24'))

/** It does not tell of a module that it could not parse. */
const node22 = RUNTIMES.filter(([name]) => name.startsWith('Node 22'))

describe.concurrent.each(node22)('rocksolid server.mjs on %s', (_name, node) => {
  const workshop = openWorkshop(node)
  afterAll(() => workshop.close())

  it.each(SCENARIOS.filter(({ title }) => title.includes('syntax error')))('$title', async ({ run }) => {
    await run(workshop)
  })
})

describe.concurrent.each(tried)('rocksolid server.mjs on %s', (_name, node) => {
  const workshop = openWorkshop(node)
  afterAll(() => workshop.close())

  it.each(SCENARIOS)('$title', async ({ run }) => {
    await run(workshop)
  })
})
