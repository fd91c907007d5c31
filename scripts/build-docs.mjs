/**
 * Writes the parts of docs/ that the source knows better: docs/reference/tokens.md from the tables of fields and
 * formats. `npm run docs`; a test checks that it is current.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { register } from 'tsx/esm/api'

register()
const { tokensPage } = await import('./docs/tokens-page.ts')

const pages = { 'docs/reference/tokens.md': tokensPage() }

for (const [path, text] of Object.entries(pages)) {
  const file = new URL(`../${path}`, import.meta.url)
  let before = ''
  try {
    before = readFileSync(file, 'utf8')
  } catch {
    // It is written for the first time.
  }
  if (before === text) continue
  writeFileSync(file, text)
  console.log(`wrote ${path}`)
}
