/**
 * The first thing a serving process loads, by `--require`: it makes the process a good child of the one that watches.
 * It must load fast, and does nothing in worker threads and in processes the application starts.
 */

import { ChildProcess } from 'node:child_process'
import { isatty } from 'node:tty'
import { isMainThread } from 'node:worker_threads'
import { earlierProcess } from '../../debugger/earlier-process.ts'
import { CHILD_VARIABLE, type ChildStart } from '../messages.ts'
import { aroundFetch } from '../overlay/around-fetch.ts'
import { interceptFor } from '../overlay/intercept.ts'
import { Overlay } from '../overlay/overlay.ts'
import { InFlight, listenBehindGate, openGateDesk } from './behind-gate.ts'
import { type Channel, openChannel } from './channel.ts'
import { type Connections, watchConnections } from './connections.ts'
import { handleEnding } from './ending.ts'
import { reportFailures, reportRefusal } from './failure.ts'
import { serveBehindGate } from './fetch-servers.ts'
import { sharedServers, shareSockets } from './listen.ts'
import { reportReads } from './reads.ts'
import { waitForGo } from './spare.ts'
import { childState } from './state.ts'

/** Makes Node report the modules it loads, or fails to find, over IPC; its own `--watch` is built on it. */
const REPORT_MODULES = 'WATCH_REPORT_DEPENDENCIES'

const isNode = !('Bun' in globalThis) && !('Deno' in globalThis)

const start = readStart()
if (start !== undefined) serve(start)

function readStart(): ChildStart | undefined {
  const text = process.env[CHILD_VARIABLE]
  delete process.env[CHILD_VARIABLE]
  if (text === undefined || !isMainThread || process.send === undefined) return undefined
  return JSON.parse(text) as ChildStart
}

function serve(start: ChildStart): void {
  const channel = openChannel()
  Object.assign(earlierProcess(), {
    pin: start.isAgain ? (process.env.ROCKSOLID_PIN ?? '') : '',
    key: start.key,
    ports: start.toldPorts,
  })
  if (start.isSpare) waitForGo(channel, process.env.ROCKSOLID_DEBUGGER !== 'off')
  const connections = openServers(start, channel)
  if (!start.prints) Object.assign(console, { log() {}, info() {}, debug() {} })
  channel.on('connection', ({ key }, handle) => {
    if (handle !== undefined && !connections.adopt(key, handle as object))
      (handle as { close(): void }).close()
  })
  const addHook = handleEnding(channel, connections, start.graceMs)
  const isServing = (): boolean => sharedServers.size > 0
  reportFailures(channel, isServing)
  if (start.reportFiles) reportReads(process.cwd(), channel, isServing)
  if (isNode) keepReportsPrivate()
  tellOfStdin(channel)
  childState().current = {
    start,
    addHook,
    watch: (files) => channel.send({ rocksolid: 'read', files, streamed: [], at: Date.now() }),
  }
}

/** Servers on sockets that outlive this process, in the way that this runtime can. */
function openServers(start: ChildStart, channel: Channel): Connections {
  const overlay = start.overlay ? new Overlay(start, channel) : undefined
  const intercept = interceptFor(overlay)
  if (start.gates === undefined) {
    const connections = watchConnections(intercept)
    shareSockets(start.sockets, channel, start.isWorker, (server) => {
      connections.watch(server)
      reportRefusal(channel, server)
    })
    return connections
  }
  const desk = openGateDesk(channel, start.gates)
  const inFlight = new InFlight()
  listenBehindGate(desk, inFlight, intercept)
  if (!isNode) serveBehindGate(desk, inFlight, aroundFetch(overlay))
  return inFlight.asConnections()
}

/** Processes the application forks would report their modules to the application. */
function keepReportsPrivate(): void {
  type Spawn = (this: ChildProcess, options: { envPairs?: readonly string[] }) => unknown
  const prototype = ChildProcess.prototype as unknown as { spawn: Spawn }
  const { spawn } = prototype
  prototype.spawn = function (options) {
    const envPairs = options.envPairs?.filter((pair) => !pair.startsWith(`${REPORT_MODULES}=`))
    return spawn.call(this, envPairs === undefined ? options : { ...options, envPairs })
  }
}

/** The parent reads keys from the terminal until the application does. */
function tellOfStdin(channel: Channel): void {
  const found = Object.getOwnPropertyDescriptor(process, 'stdin')
  const get = found?.get
  if (get === undefined || !isatty(0)) return
  let stream: NodeJS.ReadStream | undefined
  Object.defineProperty(process, 'stdin', {
    ...found,
    get() {
      if (stream !== undefined) return stream
      const opened = get.call(process) as NodeJS.ReadStream
      const read = opened._read
      opened._read = function (size) {
        opened._read = read
        channel.send({ rocksolid: 'stdin' })
        read.call(this, size)
      }
      stream = opened
      return opened
    },
  })
}
