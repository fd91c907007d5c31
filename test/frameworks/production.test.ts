import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

// What a production server loads, read from the built files: static imports all the way down. What is imported
// dynamically is loaded by the first error, if at all.

const dist = resolve(import.meta.dirname, '..', '..', 'dist')

interface Graph {
  readonly sources: ReadonlySet<string>
  readonly packages: ReadonlySet<string>
}

/** What esbuild says it has put into each file of one format. */
const inputsOf = (format: 'esm' | 'cjs'): Readonly<Record<string, { inputs: object }>> =>
  JSON.parse(readFileSync(join(dist, `metafile-${format}.json`), 'utf8')).outputs

function graphOf(entry: string): Graph {
  const outputs = inputsOf(entry.endsWith('.cjs') ? 'cjs' : 'esm')
  const sources = new Set<string>()
  const packages = new Set<string>()
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    const code = readFileSync(file, 'utf8')
    const { inputs } = outputs[relative(join(dist, '..'), file).replaceAll('\\', '/')] ?? {}
    if (inputs === undefined) throw new Error(`${file} is not in the build's own record`)
    for (const source of Object.keys(inputs)) sources.add(source.replace(/^.*?src\//, ''))
    const imports = file.endsWith('.cjs')
      ? code.matchAll(/(?<!=> )require\(['"]([^'"]+)['"]\)/g)
      : code.matchAll(/^(?:import|export)\s[^;'"]*?['"]([^'"]+)['"]/gm)
    for (const [, name = ''] of imports) {
      if (name.startsWith('.')) visit(join(dirname(file), name))
      else if (!isBuiltin(name)) packages.add(name)
    }
  }
  visit(join(dist, entry))
  return { sources, packages }
}

const inDebugger = ({ sources }: Graph): string[] =>
  [...sources].filter((source) => source.startsWith('debugger/'))

const DOORS = ['access', 'logger', 'express', 'koa', 'fastify', 'hapi', 'hono', 'h3', 'nest', 'fetch']

describe.each(['js', 'cjs'])('the built .%s files', (extension) => {
  it.each(DOORS)('rocksolid/%s loads nothing of the debugger', (door) => {
    const graph = graphOf(`${door}.${extension}`)
    expect(graph.sources.size).toBeGreaterThan(10)
    expect(inDebugger(graph)).toEqual([])
    expect([...graph.packages]).not.toContain('youch')
    expect([...graph.packages]).not.toContain('acorn')
  })

  it('rocksolid/debugger does, so this test would notice', () => {
    expect(inDebugger(graphOf(`debugger.${extension}`)).length).toBeGreaterThan(10)
  })

  it.each(['express', 'koa', 'fastify', 'hapi', 'hono', 'h3', 'nest'])(
    'rocksolid/%s loads no framework of its own',
    (door) => {
      const { packages } = graphOf(`${door}.${extension}`)
      expect([...packages].filter((name) => name !== 'on-finished' && name !== 'stack-trace')).toEqual([])
    },
  )
})
