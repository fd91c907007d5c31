/**
 * What grows with work: `npm run bench -- memory [short] [options]`. A server with the access log and the debugger, and
 * a bare one, get requests, connections and errors in growing numbers; the heap is measured after full collections.
 */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { benchArguments } from '../arguments.mjs'
import { load, startServer } from '../harness.mjs'
import { publish } from '../results.mjs'

const { requests, connections, errors, whole } = benchArguments('memory', {
  numbers: {
    requests: [1_000_000, 10_000],
    connections: [10_000, 1000],
    errors: [10_000, 100],
  },
})
/** Descriptors that a process needs beside its connections. */
const OTHER_FILES = 200
const openFiles = Number(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' })) || Infinity
const mostConnections = Math.min(connections, openFiles - OTHER_FILES)

/** Powers of ten from the first to the last number, which need not be one. */
function steps(first, last) {
  const found = []
  for (let step = first; step < last; step *= 10) found.push(step)
  return [...found, last]
}
const REQUESTS = steps(1000, requests)
const CONNECTIONS = steps(1, mostConnections)
const ERRORS = steps(10, errors)

/** What may be added to a heap between two steps and still be called nothing; KiB. */
const HEAP_NOISE = 512
/** How much slower a later step may be and still be called the same; the bare server's own change is added to it. */
const TIME_NOISE = 0.15

const file = join(tmpdir(), `bench-memory-${process.pid}.log`)
const module = new URL('./server.mjs', import.meta.url)

const afterWork = {
  requests: await compareServers(afterRequests),
  connections: await compareServers(withConnections),
  errors: await compareServers(afterErrors),
}
rmSync(file, { force: true })

publish('memory', {
  about:
    'A plain http server with the access log (to a file) and the debugger, beside a bare one. The heap (with external memory) ' +
    'after full collections, as the difference to the heap of the server that has just answered its first request. ' +
    `This machine allows ${openFiles} open files in a process. What must be flat is compared between the last step and an earlier one, ` +
    'at which caches, rings and compiled code have their size.',
  remarks: [
    'The debugger keeps a bounded number of errors with their frames; what a ring or a cache holds is reached early and does not grow. What still grows after errors is code that V8 has compiled, ever less of it, and 24 bytes an error that V8 itself keeps of each promise that failed while a debugger listens. A page costs what it shows: frames with live consoles and values.',
  ],
  keep: whole ? 'all' : 'none',
  tables: [
    growth('After requests: memory', 'requests', afterWork.requests, 'heap', 'KiB'),
    growth('After requests: time', 'requests', afterWork.requests, 'cpu', 'CPU µs/request'),
    growth(
      'Open connections, each after one request',
      'connections',
      afterWork.connections,
      'heap',
      'KiB/connection',
    ),
    growth('After errors, each with its page: memory', 'errors', afterWork.errors, 'heap', 'KiB'),
    growth('After errors, each with its page: time', 'errors', afterWork.errors, 'cpu', 'CPU ms/error'),
    verdicts(afterWork),
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

function growth(title, what, [bare, ours], key, unit) {
  return {
    title,
    columns: [
      { name: what },
      { name: `bare, ${unit}`, digits: 1 },
      { name: `rocksolid, ${unit}`, digits: 1 },
    ],
    rows: bare.map((step, at) => [step.at.toLocaleString('en'), step[key], ours[at][key]]),
    curves: [1, 2],
  }
}

function verdicts({ requests, connections, errors }) {
  const rows = []
  const compareSteps = (what, results, key, isFlat, digits) => {
    const at = results[1].length - 2
    const [bare, ours] = results.map((steps) => ({ from: steps[at][key], to: steps.at(-1)[key] }))
    const show = ({ from, to }) => `${from.toFixed(digits)} → ${to.toFixed(digits)}`
    const range = `${results[1][at].at.toLocaleString('en')} → ${results[1].at(-1).at.toLocaleString('en')}`
    rows.push([what, range, show(bare), show(ours), isFlat(bare, ours) ? 'flat' : 'grows'])
  }
  const sameTime = (bare, ours) =>
    ours.to / ours.from <= 1 + TIME_NOISE + Math.max(0, bare.to / bare.from - 1)
  const sameHeap = (_bare, ours) => ours.to - ours.from <= HEAP_NOISE
  compareSteps('KiB after requests', requests, 'heap', sameHeap, 0)
  compareSteps('CPU µs a request', requests, 'cpu', sameTime, 1)
  compareSteps('KiB a connection', connections, 'heap', sameTime, 1)
  compareSteps('KiB after errors', errors, 'heap', sameHeap, 0)
  compareSteps('CPU ms an error', errors, 'cpu', sameTime, 2)
  return {
    title: 'What must be flat',
    columns: [
      { name: 'what' },
      { name: 'between' },
      { name: 'bare' },
      { name: 'rocksolid' },
      { name: 'verdict' },
    ],
    rows,
  }
}
