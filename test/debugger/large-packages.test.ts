import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { type AppProcess, startApp } from '../support/app-process.ts'
import { openErrorPage } from '../support/debugger-client.ts'
import { RUNTIMES } from '../support/runtimes.ts'

const folder = mkdtempSync(join(tmpdir(), 'rocksolid-large-'))
afterAll(() => rmSync(folder, { recursive: true }))

let app: AppProcess
afterEach(() => app.stop())

const DEPTH = 20

/** A package with one file of that many functions. */
function packageOf(functions: number): string {
  const home = join(folder, 'node_modules', `large-${functions}`)
  mkdirSync(home, { recursive: true })
  const filler = Array.from(
    { length: functions },
    (_, index) =>
      `function filler${index}(one, other) { const sum${index} = one + other; return () => sum${index} * ${index} }`,
  )
  // Each function of its own, as in a bundle: V8 keeps what it has read of one.
  const steps = Array.from(
    { length: DEPTH },
    (_, left) => `function step${left}(then) { return ${left === 0 ? 'then()' : `step${left - 1}(then)`} }`,
  )
  const through = `exports.through = (then) => step${DEPTH - 1}(then)`
  const path = join(home, 'index.js')
  writeFileSync(path, [...filler, ...steps, through, ''].join('\n'))
  return path
}

/** Live frames and those that say why they are not, of the application and of the package. */
async function framesOf(node: string, path: string) {
  app = await startApp('large-package.mjs', { node, env: { LARGE_PACKAGE: path } })
  const { page } = await openErrorPage(app.port, '/')
  const frames = page.body.match(/<details class="rs-frame"[\s\S]*?<\/details>/g) ?? []
  const own = frames.filter((frame) => frame.includes('data-kind="app"'))
  const others = frames.filter((frame) => frame.includes('data-kind="dependency"'))
  const live = (list: readonly string[]) => list.filter((frame) => frame.includes('data-console=')).length
  const late = (list: readonly string[]) =>
    list.filter((frame) => frame.includes('No console: its package')).length
  return { own: own.length, ownLive: live(own), ownLate: late(own), live: live(others), late: late(others) }
}

describe.each(RUNTIMES)('a stack of a package, on %s', (_name, node) => {
  it('has a console in each of its functions where that takes no time', async () => {
    const found = await framesOf(node, packageOf(10))
    expect(found).toMatchObject({ own: 3, ownLive: 3, ownLate: 0 })
    expect(found.live + found.late).toBe(DEPTH + 1)
    expect(found.live).toBeGreaterThan(0)
  })

  it('keeps the application from waiting for a bundle: its own frames first, and the page says so of others', async () => {
    const found = await framesOf(node, packageOf(30_000))
    expect(found).toMatchObject({ own: 3, ownLive: 3, ownLate: 0 })
    expect(found.late).toBeGreaterThan(0)
    expect(found.live + found.late).toBe(DEPTH + 1)
  })
})
