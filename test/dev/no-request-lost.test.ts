import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openWorkshop } from './runner.ts'

const workshop = openWorkshop()
afterAll(() => workshop.close())

/** How many restarts. Most take over from a spare process, some come before one is ready. */
const RELOADS = Number(process.env.RELOADS ?? 200)

const SERVER = (turn: number): string => `
  import http from 'node:http'
  http.createServer((req, res) => {
    if (req.method === 'POST') return req.pipe(res)
    setTimeout(() => res.end('${turn}'), 5)
  }).listen(0, '127.0.0.1')`

interface Tally {
  readonly failures: string[]
  answers: number
}

/** Asks without a pause until told to stop, by connections that are kept or not; counts what goes wrong. */
async function load(port: number, agent: http.Agent, tally: Tally, signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    const method = turn % 3 === 0 ? 'POST' : 'GET'
    await new Promise<void>((resolve) => {
      const fail = (error: Error & { readonly code?: string }): void => {
        tally.failures.push(`${method} ${error.code ?? error.message}`)
        resolve()
      }
      const req = http.request({ port, host: '127.0.0.1', agent, method }, (res) => {
        res.on('error', fail)
        res.resume().on('end', () => {
          if (res.statusCode === 200 && res.complete) tally.answers++
          else tally.failures.push(`${method} ${res.statusCode}`)
          resolve()
        })
      })
      req.on('error', fail)
      req.end(method === 'POST' ? 'x'.repeat(2000) : undefined)
    })
    await pause(5 + (turn % 10))
  }
}

describe('requests during restarts', () => {
  it(`refuses and resets none over ${RELOADS} restarts under load`, { timeout: 600_000 }, async () => {
    const project = workshop.project({ 'server.mjs': SERVER(0) })
    const running = await workshop.start(project, ['--no-access', '--no-debugger', 'server.mjs'])
    await running.printed(/Serving on/)
    const stop = new AbortController()
    const tally: Tally = { failures: [], answers: 0 }
    const agents = [new http.Agent({ keepAlive: true }), new http.Agent({ keepAlive: false })]
    const loads = agents.flatMap((agent) =>
      Array.from({ length: 3 }, () => load(running.port(), agent, tally, stop.signal)),
    )
    for (let turn = 1; turn <= RELOADS; turn++) {
      running.mark()
      project.write({ 'server.mjs': SERVER(turn) })
      await running.printed(/again after/)
      // A keep-alive connection may still have had its answer from the old process.
      await running.answers(String(turn))
    }
    stop.abort()
    await Promise.all(loads)
    for (const agent of agents) agent.destroy()
    expect(tally.failures).toEqual([])
    expect(tally.answers).toBeGreaterThan(RELOADS * 4)
  })
})
