/**
 * One server that is fed without sockets: `fed-server.mjs <kind> <variant> <file>`. Requests are pushed into
 * connections that have no system below them, each in a callback of its own as the event loop reads them, so that what
 * is left is the runtime's HTTP, the framework and the log. Told a number, it answers that many requests and the CPU µs of each.
 */

import { Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { REQUEST } from '../harness.mjs'
import { openServer } from './servers.mjs'

const CONNECTIONS = 32
/** Milliseconds after the requests of a turn in which what is held back is written. */
const REST_MS = 25

let answered = 0

class FedSocket extends Socket {
  get remoteAddress() {
    return '127.0.0.1'
  }
  get remotePort() {
    return 40_000
  }
  _read() {}
  _write(_chunk, _encoding, done) {
    answered++
    done()
  }
  _writev(_chunks, done) {
    answered++
    done()
  }
}

const [kind, variant, to] = process.argv.slice(2)
const server = await openServer(kind, variant, to)
server.keepAliveTimeout = 0
const bytes = Buffer.from(REQUEST)
const sockets = Array.from({ length: CONNECTIONS }, () => {
  const socket = new FedSocket()
  server.emit('connection', socket)
  return socket
})

async function answer(requests) {
  answered = 0
  for (let fed = 0; fed < requests; fed += CONNECTIONS) {
    for (const socket of sockets) setImmediate(() => socket.push(bytes))
    await nextTurn()
  }
  await sleep(REST_MS)
  if (answered < requests) throw new Error(`${variant} answered ${answered} of ${requests} requests`)
  return answered
}

process.on('message', async (requests) => {
  const before = process.cpuUsage()
  const count = await answer(requests)
  const { user, system } = process.cpuUsage(before)
  process.send({ cpu: (user + system) / count, count })
})
process.on('disconnect', () => process.exit())
process.send('ready')
