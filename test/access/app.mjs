/** A server for the tests of destinations, run in a process of its own: `app.mjs <options as JSON> <what to do>`. */

import { createServer, get } from 'node:http'
import { withAccessLog } from '../../src/access.ts'

const [options, scene] = process.argv.slice(2)
const server = createServer(withAccessLog((_req, res) => res.end('x'), ':url', JSON.parse(options)))

/** Requests one after another; the last one's response is complete when it settles. */
async function ask(...targets) {
  const { port } = server.address()
  for (const path of targets) {
    await new Promise((resolve, reject) => {
      get({ port, path }, (res) => res.resume().on('end', resolve)).on('error', reject)
    })
  }
}

const SCENES = {
  async ends() {
    await ask('/1', '/2')
    server.close()
    server.closeAllConnections()
  },
  async exits() {
    await ask('/1', '/2')
    setImmediate(() => process.exit(3))
  },
  async throws() {
    await ask('/1', '/2')
    throw new Error('the application fails')
  },
  async 'is killed'() {
    await ask('/1', '/2')
    process.kill(process.pid, 'SIGTERM')
  },
  async stays() {
    await ask('/1', '/2')
    process.stderr.write('answered\n')
  },
  async 'goes on'() {
    const told = new Promise((resolve) => process.once('SIGUSR2', resolve))
    await ask('/1')
    process.stderr.write('asked\n')
    await told
    await ask('/2', '/3')
    process.stderr.write('still here\n')
    server.close()
    server.closeAllConnections()
  },
}

server.listen(0, '127.0.0.1', () => SCENES[scene]())
