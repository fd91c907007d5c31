/**
 * One server under measurement without a socket: `inner.mjs <bare|debugger|no consoles>`. Requests come as bytes on a
 * stream and are parsed, handled and answered as any; the kernel, which is most of a request and all of its noise, has
 * no part in it.
 */

import { createServer } from 'node:http'
import { Duplex } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { REQUEST } from '../harness.mjs'
import { listenerOf } from './application.mjs'

const BURST = 20
const burst = Buffer.from(REQUEST.repeat(BURST))

let answered = 0
const server = createServer(listenerOf(process.argv[2]))
server.on('request', (_req, res) => {
  if (res.writableEnded) answered++
})
const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
server.emit('connection', connection)

/** CPU µs per request. */
async function round(requests) {
  const before = process.cpuUsage()
  const from = answered
  for (let sent = 0; sent < requests; sent += BURST) {
    connection.push(burst)
    await turn()
  }
  while (answered - from < requests) await turn()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (answered - from)
}

process.on('message', async (requests) => process.send(await round(requests)))
process.on('disconnect', () => process.exit())
process.send({ port: 0 })
