/**
 * Measures servers against each other on a machine that is not quiet: all are alive at once, load goes to them in
 * turns (A B B A …), and what is compared is the CPU time per request of turns that lie side by side.
 */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** What a browser sends. */
export const REQUEST = [
  'GET /user/7?tab=posts HTTP/1.1',
  'Host: localhost',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Encoding: gzip, deflate, br',
  'Accept-Language: en-GB,en;q=0.5',
  'Referer: http://localhost/users',
  'Connection: keep-alive',
  '',
  '',
].join('\r\n')

/**
 * Starts a server in a process of its own; `args` goes to the module's process, `options` to `fork`. What it prints is
 * read away.
 */
export async function startServer(module, args, options = {}) {
  const child = fork(fileURLToPath(module), args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], ...options })
  child.stdout.resume()
  const [{ port }] = await once(child, 'message')
  const ask = async (question) => {
    child.send(question)
    const [answer] = await once(child, 'message')
    return answer
  }
  return { port, ask, stop: () => child.kill() }
}

/** In the server's process: tells the port, and answers questions about CPU time (µs) and memory. */
export function serveMeasured(server, extra = () => ({})) {
  server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send({ cpu: user + system, rss: process.memoryUsage.rss(), ...extra() })
  })
  process.on('disconnect', () => process.exit())
}

/**
 * Keeps connections busy for `ms`, each with `depth` requests at once; answers the number of responses.
 */
export async function load(port, ms, { connections = 32, depth = 1 } = {}) {
  let count = 0
  let stopped = false
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1').setNoDelay()
      await once(socket, 'connect')
      return socket
    }),
  )
  const size = depth * (await firstSize(sockets[0]))
  const burst = REQUEST.repeat(depth)
  for (const socket of sockets) {
    let received = 0
    socket.on('data', (chunk) => {
      received += chunk.length
      if (received < size) return
      received = 0
      count += depth
      if (!stopped) socket.write(burst)
    })
    socket.write(burst)
  }
  await sleep(ms)
  stopped = true
  await sleep(20)
  for (const socket of sockets) socket.destroy()
  return count + 1
}

/** All responses of a server have the same size, so that the load need not parse them. */
async function firstSize(socket) {
  let text = ''
  socket.write(REQUEST)
  for (;;) {
    const [chunk] = await once(socket, 'data')
    text += chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    const length = /content-length: (\d+)/i.exec(text)?.[1]
    if (end >= 0 && length !== undefined && text.length >= end + 4 + Number(length)) return text.length
  }
}

/** Requests before anything is measured: code that has just been loaded is not yet compiled. */
const WARM_UP = 40_000

/** Brings a server to the speed that it keeps. */
export async function warmUp(server, requests = WARM_UP) {
  for (let count = 0; count < requests; ) count += await load(server.port, 250)
}

/** Milliseconds of load before a turn is measured: while the others had theirs, the processor has forgotten this one. */
const LEAD_IN_MS = 100

/** One turn: CPU µs per request. */
async function turn(server, ms, shape) {
  await load(server.port, LEAD_IN_MS, shape)
  const before = await server.ask('cpu')
  const count = await load(server.port, ms, shape)
  const after = await server.ask('cpu')
  return { cpu: (after.cpu - before.cpu) / count, count }
}

/**
 * Has the servers of a map take turns of `ms` milliseconds, in a new random order each time; the rest is the shape of
 * the load. Answers by name what was measured, and how it differs from the first of them in the same turn.
 */
export function compare(servers, { turns, ms, ...shape }) {
  return inRandomTurns(servers, turns, (server) => turn(server, ms, shape))
}

/**
 * The same in several processes of each, one after the other: two processes of one program differ for as long as they
 * live, by what the runtime made of its code and where its memory lies, and no number of turns takes that out.
 *
 * @param names the first is what others are compared with
 * @param open starts one, warm: `{ stop }` and whatever `measure` needs
 * @param turns of all processes together
 * @param measure one turn: `{ cpu, count }`
 */
export async function compareProcesses(names, open, { processes, turns }, measure) {
  const found = new Map(names.map((name) => [name, []]))
  for (let begun = 0; begun < processes; begun++) {
    const subjects = new Map()
    try {
      for (const name of names) subjects.set(name, await open(name))
      await takeTurns(subjects, Math.ceil(turns / processes), measure, found)
    } finally {
      for (const subject of subjects.values()) subject.stop()
    }
  }
  return summary(found)
}

/** One turn with sockets, for `compareProcesses`. */
export const socketTurn =
  ({ ms, ...shape }) =>
  (server) =>
    turn(server, ms, shape)

/** The same for anything that answers `{ cpu, count }`. */
export async function inRandomTurns(subjects, turns, measure) {
  const found = new Map([...subjects.keys()].map((name) => [name, []]))
  await takeTurns(subjects, turns, measure, found)
  return summary(found)
}

async function takeTurns(subjects, turns, measure, found) {
  for (let done = 0; done < turns; done++) {
    for (const [name, subject] of [...subjects].sort(() => Math.random() - 0.5))
      found.get(name).push(await measure(subject))
  }
}

/** What was measured by name, and how it differs from the first of them in the same turn. */
function summary(found) {
  const [bases] = found.values()
  const spread = (results, number) => quartiles(results.map((result, at) => number(result, bases[at])))
  return new Map(
    [...found].map(([name, results]) => [
      name,
      {
        cpu: spread(results, ({ cpu }) => cpu),
        added: spread(results, ({ cpu }, { cpu: bare }) => cpu - bare),
        // What all turns say together: a median alone wanders more from run to run.
        addedMean: middleMean(results.map(({ cpu }, at) => cpu - bases[at].cpu)),
        ratio: spread(results, ({ cpu }, { cpu: bare }) => cpu / bare),
        speed: spread(results, ({ count }, { count: bare }) => count / bare),
      },
    ]),
  )
}

/** Median and quartiles. */
export function quartiles(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { low: at(0.25), median: at(0.5), high: at(0.75) }
}

/** Mean of the middle half: one turn in which the machine did something else does not move it. */
function middleMean(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.slice(Math.floor(sorted.length / 4), Math.ceil((sorted.length * 3) / 4))
  return middle.reduce((sum, value) => sum + value, 0) / middle.length
}
