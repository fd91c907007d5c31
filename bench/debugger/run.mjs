/**
 * What a debugger in the server costs: `npm run bench -- debugger [short] [options]`.
 * The happy path with the debugger armed against a server without it, with sockets and without; throws that the
 * application handles, places that throw all the time, and the page of an error with 30 frames.
 */

import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { benchArguments } from '../arguments.mjs'
import { compare, inRandomTurns, load, quartiles, startServer, warmUp } from '../harness.mjs'
import { publish } from '../results.mjs'

const { turns, ms, throws, pages, whole, ...options } = benchArguments('debugger', {
  numbers: { turns: [40, 5], ms: [250, 100], throws: [40, 15], pages: [60, 30], 'warm-up': [40_000, 5000] },
})
const module = new URL('./server.mjs', import.meta.url)
const innerModule = new URL('./inner.mjs', import.meta.url)

const agent = new Agent({ keepAlive: true, maxSockets: 1 })

/** Milliseconds of a request from end to end, and what it answered. */
async function ask(server, path, headers = {}) {
  const before = performance.now()
  const [response] = await once(
    get({ port: server.port, host: '127.0.0.1', path, agent, headers }),
    'response',
  )
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk) => {
    text += chunk
  })
  await once(response, 'end')
  return { ms: performance.now() - before, status: response.statusCode, text }
}

async function happyPath(bare, armed) {
  const servers = new Map([['bare', bare]])
  for (const [name, variant] of [
    ['the same again (noise)', 'bare'],
    ['no consoles', 'no consoles'],
  ]) {
    servers.set(name, await startServer(module, [variant]))
    await warmUp(servers.get(name), options['warm-up'])
  }
  servers.set('debugger', armed)
  const found = await compare(servers, { turns, ms })
  for (const server of servers.values()) if (server !== bare && server !== armed) server.stop()
  const one = found.get('bare').cpu
  return {
    title: 'A request that does not fail',
    columns: [
      { name: 'variant' },
      { name: 'bare µs/req', digits: 1 },
      { name: 'variant µs/req', digits: 1 },
      { name: 'CPU ratio', digits: 3 },
      { name: 'req/s ratio', digits: 3 },
    ],
    rows: [...found].slice(1).map(([name, { cpu, ratio, speed }]) => [name, one, cpu, ratio, speed]),
    plot: 3,
  }
}

/** Requests of a turn without sockets: some 20 ms, so that what else the machine does meets all of a turn. */
const ROUND = 2000

/** The same without sockets, where a difference of a few hundredths can be told; `request` µs take one with sockets. */
async function withoutSockets(request) {
  const servers = new Map()
  for (const [name, variant] of [
    ['bare', 'bare'],
    ['the same again (noise)', 'bare'],
    ['no consoles', 'no consoles'],
    ['debugger', 'debugger'],
  ]) {
    const server = await startServer(innerModule, [variant])
    for (let done = 0; done < options['warm-up']; done += ROUND) await server.ask(ROUND)
    servers.set(name, server)
  }
  const found = await inRandomTurns(servers, turns * 4, async (server) => ({
    cpu: await server.ask(ROUND),
    count: ROUND,
  }))
  for (const server of servers.values()) server.stop()
  const one = found.get('bare').cpu
  return {
    title: 'The same without sockets',
    columns: [
      { name: 'variant' },
      { name: 'bare µs/req', digits: 2 },
      { name: 'variant µs/req', digits: 2 },
      { name: 'added µs/req', digits: 2 },
      { name: 'of a request with sockets', digits: 3 },
    ],
    rows: [...found]
      .slice(1)
      .map(([name, { cpu, added }]) => [name, one, cpu, added, 1 + added.median / request.median]),
    plot: 3,
  }
}

/** The servers by name, the other one first each time. */
function inTurns(turn, servers) {
  const pairs = Object.entries(servers)
  return turn % 2 === 0 ? pairs : pairs.reverse()
}

/** Throws a little apart, so that the place does not become a chatty one; bare and armed in turns. */
async function handledThrow(bare, armed, path) {
  const found = { bare: [], armed: [] }
  for (let turn = 0; turn < throws; turn++) {
    for (const [name, server] of inTurns(turn, { bare, armed }))
      found[name].push(Number((await ask(server, path)).text))
    await sleep(40)
  }
  // The first few compile, and are learnt from.
  return [quartiles(found.bare.slice(5)), quartiles(found.armed.slice(5))]
}

/** The mean of the first twenty throws of a process, those that are learnt from among them; in some processes. */
async function firstThrows() {
  const means = { bare: [], armed: [] }
  for (let turn = 0; turn < throws / 5; turn++) {
    for (const [name, variant] of inTurns(turn, { bare: 'bare', armed: 'debugger' })) {
      const server = await startServer(module, [variant])
      await load(server.port, 500)
      let sum = 0
      for (let count = 0; count < 20; count++) {
        sum += Number((await ask(server, '/caught')).text)
        await sleep(30)
      }
      means[name].push(sum / 20)
      server.stop()
    }
  }
  return [quartiles(means.bare), quartiles(means.armed)]
}

/** µs of a throw of a place that throws 500 times a request, once that was learnt. */
async function chattyPlace(bare, armed, path) {
  for (let turn = 0; turn < 10; turn++) for (const server of [bare, armed]) await ask(server, path)
  const found = { bare: [], armed: [] }
  for (let turn = 0; turn < 30; turn++) {
    for (const [name, server] of inTurns(turn, { bare, armed }))
      found[name].push(Number((await ask(server, path)).text) * 1000)
  }
  return [quartiles(found.bare), quartiles(found.armed)]
}

async function errorPage(bare, armed) {
  const found = { bare: [], armed: [], added: [] }
  const accept = { accept: 'text/html' }
  for (let turn = 0; turn < pages; turn++) {
    const results = {}
    for (const [name, server] of inTurns(turn, { bare, armed })) {
      results[name] = await ask(server, '/fail', accept)
      if (results[name].status !== 500) throw new Error(`answered ${results[name].status}`)
    }
    if (turn >= pages / 3) {
      found.bare.push(results.bare.ms)
      found.armed.push(results.armed.ms)
      found.added.push(results.armed.ms - results.bare.ms)
    }
    const live = results.armed.text.match(/data-console=/g)?.length ?? 0
    if (live < 30) throw new Error(`the page has ${live} consoles`)
  }
  return found
}

const bare = await startServer(module, ['bare'])
const armed = await startServer(module, ['debugger'])
for (const server of [bare, armed]) await warmUp(server, options['warm-up'])
const happy = await happyPath(bare, armed)
const inner = await withoutSockets(happy.rows[0][1])
const first = await firstThrows()
const caught = await handledThrow(bare, armed, '/caught')
const large = await handledThrow(bare, armed, '/large')
const page = await errorPage(bare, armed)
const chatty = await chattyPlace(bare, armed, '/chatty/500')
const json = await chattyPlace(bare, armed, '/json/500')
bare.stop()
armed.stop()
agent.destroy()

publish('debugger', {
  about:
    'A server with `withDebugger` around its handler, consoles armed, against the same without. Without sockets, requests come as bytes on a stream, in rounds of 2,000 that alternate between the processes. A throw that the application handles itself is timed alone, the first twenty of a process as well as later ones; a chatty place throws 500 times a request; the error has 30 frames of the application, each with a console, and its page is drawn whole.',
  tables: [
    happy,
    inner,
    {
      title: 'Throws and pages',
      columns: [
        { name: 'what' },
        { name: 'bare', digits: 3 },
        { name: 'with the debugger', digits: 3 },
        { name: 'unit' },
      ],
      rows: [
        ['a throw that is handled, of the first twenty', ...first, 'ms'],
        ['the same, later', ...caught, 'ms'],
        ['the same in a function of many lines', ...large, 'ms'],
        ['a throw from a place that throws all the time', ...chatty, 'µs'],
        ['a failing JSON.parse in such a place', ...json, 'µs'],
        [
          'a request that fails, 30 frames, the whole page',
          quartiles(page.bare),
          quartiles(page.armed),
          'ms',
        ],
        ['added by the debugger', '–', quartiles(page.added), 'ms'],
      ],
    },
  ],
  remarks: [
    'With sockets, processes of one and the same server differ by a tenth here, as the first row and the two after it show: 3 % cannot be told. Without sockets, where it can, what is left on Node 20 is one AsyncLocalStorage, whose hooks Node calls for each tick; the last column sets it against the request with sockets of the table above.',
    'A function that throws and catches is learnt from three throws, which pause and have their frames kept; the mean of the first twenty has them in it. A function of many lines is not hidden for one kind of error, so each of its throws pauses, which takes V8 about a millisecond on this stack. A failing JSON.parse costs more than without us wherever it is: V8 reports it as a script that could not be compiled. docs/decisions/0007 has the parts.',
  ],
  keep: whole ? 'all' : 'none',
})
