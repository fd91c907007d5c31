/**
 * What grows with work: `npm run bench -- memory [short]`. A server with the access log and the debugger, and a bare
 * one, get requests, connections and errors in growing numbers; the heap is measured after a full collection.
 * What must be flat is flat when its column is: time per request, heap after errors, heap per connection.
 */

import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { load, startServer } from '../harness.mjs'
import { publish } from '../results.mjs'

const short = process.argv[2] === 'short'
const REQUESTS = short ? [1e3, 1e4] : [1e3, 1e4, 1e5, 1e6]
const CONNECTIONS = short ? [1, 100, 1000] : [1, 10, 100, 1000, 8000]
const ERRORS = short ? [10, 100] : [10, 100, 1000, 10_000]

const file = join(tmpdir(), `bench-memory-${process.pid}.log`)
const module = new URL('./server.mjs', import.meta.url)

const requests = await compareServers(afterRequests)
const connections = await compareServers(withConnections)
const errors = await compareServers(afterErrors)
rmSync(file, { force: true })

publish('memory', {
  about:
    'A plain http server with the access log (to a file) and the debugger, beside a bare one. The heap (with external memory) ' +
    'after full collections, as the difference to the heap of the server that has just answered its first request.',
  short,
  tables: [
    growth('After requests', 'requests', requests, [
      ['bare: heap KiB', 0, 'heap'],
      ['rocksolid: heap KiB', 1, 'heap'],
      ['bare: µs/request', 0, 'cpu'],
      ['rocksolid: µs/request', 1, 'cpu'],
    ]),
    growth('With open connections, each after one request', 'connections', connections, [
      ['bare: KiB/connection', 0, 'heap'],
      ['rocksolid: KiB/connection', 1, 'heap'],
    ]),
    growth('After errors, each with its page', 'errors', errors, [
      ['bare: heap KiB', 0, 'heap'],
      ['rocksolid: heap KiB', 1, 'heap'],
      ['rocksolid: ms/page', 1, 'cpu'],
    ]),
  ],
})

async function compareServers(measure) {
  const results = []
  for (const variant of ['bare', 'rocksolid']) {
    const server = await startServer(module, [variant, file])
    await load(server.port, 50, { connections: 1 })
    results.push(await measure(server, await server.ask('heap')))
    server.stop()
  }
  return results
}

/** Steps of one size: heap in KiB above the start, CPU µs per request of the step. */
async function afterRequests(server, start) {
  const steps = []
  let done = 0
  for (const goal of REQUESTS) {
    const before = await server.ask('heap')
    const from = done
    while (done < goal) done += await load(server.port, Math.max(20, Math.min(1000, (goal - done) / 20)))
    const after = await server.ask('heap')
    steps.push({
      at: goal,
      heap: (after.heap - start.heap) / 1024,
      cpu: (after.cpu - before.cpu) / (done - from),
    })
  }
  return steps
}

async function withConnections(server, start) {
  const steps = []
  const sockets = []
  for (const goal of CONNECTIONS) {
    while (sockets.length < goal) {
      const socket = connect(server.port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await once(socket, 'data')
      sockets.push(socket)
    }
    const { heap } = await server.ask('heap')
    steps.push({ at: goal, heap: (heap - start.heap) / 1024 / goal })
  }
  for (const socket of sockets) socket.destroy()
  return steps
}

async function afterErrors(server, start) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const steps = []
  let done = 0
  for (const goal of ERRORS) {
    const before = await server.ask('heap')
    const from = done
    for (; done < goal; done++) await crash(server.port, agent, done)
    const after = await server.ask('heap')
    const cpu = (after.cpu - before.cpu) / (done - from) / 1000
    steps.push({ at: goal, heap: (after.heap - start.heap) / 1024, cpu })
  }
  agent.destroy()
  return steps
}

async function crash(port, agent, number) {
  const headers = { accept: 'text/html' }
  const [response] = await once(
    get({ port, host: '127.0.0.1', path: `/crash/${number}`, agent, headers }),
    'response',
  )
  if (response.statusCode !== 500) throw new Error(`answered ${response.statusCode} for a crash`)
  response.resume()
  await once(response, 'end')
}

function growth(title, what, results, columns) {
  const rows = results[0].map(({ at }, step) => [
    at.toLocaleString('en'),
    ...columns.map(([, server, key]) => results[server][step][key]),
  ])
  const named = columns.map(([name, , key]) => ({ name, digits: key === 'cpu' ? 1 : 0 }))
  return { title, columns: [{ name: what }, ...named], rows }
}
