import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

// Every block of JavaScript in the documents runs.

const root = resolve(import.meta.dirname, '..')
const documents = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md') && !name.startsWith('decisions'))
  .map((name) => join('docs', name))

// Below the repository, so that blocks find the built package by its own name.
mkdirSync(join(root, '.artifacts'), { recursive: true })
const folder = mkdtempSync(join(root, '.artifacts', 'documents-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Block {
  readonly line: number
  readonly code: string
}

function blocksOf(name: string): readonly Block[] {
  const text = readFileSync(join(root, name), 'utf8')
  return [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    code: match[1] ?? '',
  }))
}

const withBlocks = documents
  .map((name) => ({ name, blocks: blocksOf(name) }))
  .filter((one) => one.blocks.length > 0)

describe('the blocks of the documents', () => {
  it.each(withBlocks)('of $name run', ({ name, blocks }) => {
    const files = blocks.map(({ line, code }) => {
      const file = join(folder, `${name.replaceAll('/', '-')}-${line}.mjs`)
      writeFileSync(file, code)
      return file
    })
    const output = execFileSync(process.execPath, [join(root, 'test/apps/run-blocks.mjs'), ...files], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_ENV: '', VITEST: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect(output).not.toMatch(/^failed /m)
    for (const file of files) expect(output).toContain(`ran ${file}`)
  })
})
