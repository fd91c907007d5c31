import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withScenarios } from '../../scripts/docs/scenarios-table.ts'
import { RUN_OPTIONS } from '../../src/dev/run-options.ts'

const root = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(root, 'docs', 'dev-runner.md'), 'utf8')

describe('the document of the runner', () => {
  it('has the scenarios that the tests have; `npm run docs` writes it', () => {
    const scenarios = readFileSync(join(root, 'test', 'dev', 'scenarios.ts'), 'utf8')
    expect(withScenarios(page, scenarios)).toBe(page)
    expect(page.match(/^\| .+ \|$/gm)?.length).toBeGreaterThan(30)
  })

  it('names every option', () => {
    for (const name of Object.keys(RUN_OPTIONS)) {
      if (name !== 'help' && name !== 'version') expect(page).toContain(`--${name}`)
    }
  })
})
