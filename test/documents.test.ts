import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { dependenciesOf, withDependencies } from '../scripts/docs/dependencies-table.ts'
import { withExamples } from '../scripts/docs/examples.ts'

// Every block of JavaScript in the documents runs.

const root = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
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
  const text = read(name)
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

describe('the article', () => {
  const page = read('docs/article.md')

  it('shows its examples as they are; `npm run docs` writes them', () => {
    expect(withExamples(page, read)).toBe(page)
  })

  it('shows every script that serves, and each is run by the tests of the examples', () => {
    const shown = [...page.matchAll(/^```js examples\/article\/(\S+)\.mjs$/gm)].map(([, name]) => name)
    const tests = ['dev/article', 'article', 'examples'].map((name) => read(`test/${name}.test.ts`)).join('')
    const servers = readdirSync(join(root, 'examples/article'))
      .map((name) => name.replace('.mjs', ''))
      .filter((name) => !/^(?:app|http-app|express-app)$/.test(name))
    expect(shown.sort()).toEqual(servers.sort())
    for (const name of servers) expect(tests).toContain(name)
  })
})

describe('the dependencies', () => {
  const lock = JSON.parse(read('package-lock.json'))

  it('are listed as the lock file has them; `npm run docs` writes them', () => {
    const page = read('docs/reference/support.md')
    expect(withDependencies(page, lock)).toBe(page)
  })

  it('are few, and licensed so that anybody may use them', () => {
    const all = dependenciesOf(lock)
    expect(all.length).toBeGreaterThan(4)
    expect(all.length).toBeLessThan(30)
    for (const { name, license } of all) {
      expect([name, license]).toEqual([
        name,
        expect.stringMatching(/^(?:MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|CC0-1\.0)$/),
      ])
    }
  })
})
