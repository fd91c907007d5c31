/**
 * Writes the parts of docs/ that others know better: docs/reference/tokens.md from the source's tables of fields and
 * formats, docs/performance.md from what the benchmarks found, the table of docs/dev-runner.md from its tests, the
 * examples in docs/article.md from their files, the dependencies in docs/reference/support.md from package-lock.json. `npm run docs`; tests check that they are current.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { register } from 'tsx/esm/api'

register()
const { tokensPage } = await import('./docs/tokens-page.ts')
const { keptResults, performancePage, performancePictures } = await import('./docs/performance-page.ts')

const results = keptResults(new URL('../bench/results/', import.meta.url))
const pages = { 'docs/reference/tokens.md': tokensPage(), 'docs/performance.md': performancePage(results) }
const { withScenarios } = await import('./docs/scenarios-table.ts')
const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
pages['docs/dev-runner.md'] = withScenarios(read('docs/dev-runner.md'), read('test/dev/scenarios.ts'))
const { withExamples } = await import('./docs/examples.ts')
pages['docs/article.md'] = withExamples(read('docs/article.md'), read)
const { withDependencies } = await import('./docs/dependencies-table.ts')
const support = 'docs/reference/support.md'
pages[support] = withDependencies(read(support), JSON.parse(read('package-lock.json')))
for (const [path, picture] of performancePictures(results)) pages[`docs/${path}`] = picture

for (const [path, text] of Object.entries(pages)) {
  const file = new URL(`../${path}`, import.meta.url)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, text)
  console.log(`wrote ${path}`)
}
