/**
 * In a process of its own: draws the page of a three-error chain with one of the pages under test. Asked for `cold`
 * it draws one and tells how long that took, imports included; asked for `warm` it draws many.
 */

// What a server has loaded long before it fails: Express brings both.
import 'node:crypto'
import 'node:http'
import { failChain } from './chain.mjs'

const [name, mode, built] = process.argv.slice(2)

const PAGES = {
  async rocksolid() {
    const { buildReport, renderHtml } = await import(built)
    return async (error) => renderHtml(await buildReport(error))
  },
  async youch() {
    const { Youch } = await import('youch')
    return (error) => new Youch().toHTML(error, {})
  },
  async 'my-bad'() {
    const { createReport, fsLoader, renderPage } = await import('my-bad')
    const cwd = process.cwd()
    return async (error) => renderPage(await createReport(error, { cwd, loaders: [fsLoader()] }), { cwd })
  },
}

const error = await failChain()
const started = performance.now()
const draw = await PAGES[name]()
const first = await draw(error)
const cold = performance.now() - started
const times = []
for (let count = 0; mode === 'warm' && count < 300; count++) {
  const next = await failChain()
  const from = performance.now()
  await draw(next)
  // The first rounds are the compiler's.
  if (count >= 100) times.push(performance.now() - from)
}
process.send({ cold, times, page: first })
process.disconnect()
