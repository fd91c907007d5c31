/**
 * How a serving process ends. Replaced: it gives its sockets and resting connections away, finishes what is in flight
 * and says so. Asked to stop by a signal: the same, and then it ends as the signal would have ended it, unless the
 * application has its own way. Its parent is gone: it ends too, with everything it started.
 */

import { passiveListeners } from '../../core/last-words.ts'
import { descendants, signalAll } from '../process-tree.ts'
import type { Channel } from './channel.ts'
import type { Connections } from './connections.ts'
import { type ServerWithHandle, sharedServers, type TcpHandle } from './listen.ts'

/** Called with the reason before the process ends; what it returns is waited for, for at most `graceMs`. */
export type EndHook = () => unknown

/** How long connections that were accepted but have not asked yet are waited for. */
const LINGER_MS = 60
/** After the parent's death: how long the application gets to end in its own way. */
const ORPHAN_MS = 1000

/** The same Ctrl-C may come from the terminal and by way of the parent. */
const SAME_SIGNAL_MS = 200

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Ends the process well; gives back how to add hooks. */
export function handleEnding(
  channel: Channel,
  connections: Connections,
  graceMs: number,
): (hook: EndHook) => void {
  const hooks = new Set<EndHook>()
  const received = new Map<NodeJS.Signals, number>()
  let ended: Promise<void> | undefined
  const finish = (): Promise<void> => {
    // With its sockets gone nothing else may hold the process, and what it has to say would be lost.
    const stay = setInterval(() => {}, graceMs)
    ended ??= (async () => {
      for (const server of sharedServers.values()) stopAccepting(server)
      const hooked = Promise.allSettled([...hooks].map(async (hook) => hook()))
      const quiet = waitUntilIdle(connections, channel)
      await Promise.race([Promise.all([quiet, hooked]), pause(graceMs)])
    })()
    return ended.finally(() => clearInterval(stay))
  }
  channel.on('drain', () => {
    const stay = setInterval(() => {}, graceMs)
    void finish().then(() => channel.send({ rocksolid: 'drained' }, undefined, () => clearInterval(stay)))
  })
  channel.on('stop', ({ signal }) => {
    // A terminal sends its signal to every process of the group: it may have come already.
    if (!received.has(signal)) process.kill(process.pid, signal)
  })
  for (const signal of SIGNALS) {
    const onSignal = (): void => {
      const before = received.get(signal)
      if (before !== undefined) {
        if (performance.now() - before > SAME_SIGNAL_MS) leave(signal, onSignal)
        return
      }
      received.set(signal, performance.now())
      const isOwn = process.listenerCount(signal) - passiveListeners(signal) > 1
      void finish().then(() => {
        // An application with its own way to end takes it; the parent has a limit for it.
        if (!isOwn) leave(signal, onSignal)
      })
    }
    process.on(signal, onSignal)
  }
  process.once('disconnect', () => {
    const endOwn = (): void => signalAll(descendants(process.pid), 'SIGKILL')
    process.once('exit', endOwn)
    const orphaned = setTimeout(() => {
      endOwn()
      process.kill(process.pid, 'SIGKILL')
    }, ORPHAN_MS)
    orphaned.unref()
    // Before the signal kills: a default end by signal tells nobody.
    if (connections.isIdle()) endOwn()
    process.kill(process.pid, 'SIGTERM')
  })
  return (hook) => void hooks.add(hook)
}

/** Ends as `signal` ends a process that does not listen to it. */
function leave(signal: NodeJS.Signals, listener: () => void): void {
  process.off(signal, listener)
  // Listeners that only write last words are called in a later turn, which must come.
  setInterval(() => {}, LINGER_MS)
  process.kill(process.pid, signal)
}

/**
 * Closes this process's hold of the socket only; others hold it too. The server keeps a stand-in, so that closing it
 * later does what it always does.
 */
function stopAccepting(server: ServerWithHandle): void {
  const handle = server._handle
  if (handle === null) return
  const address = {}
  handle.getsockname(address)
  const standIn: TcpHandle = {
    fd: -1,
    close: (done) => void (done === undefined ? undefined : queueMicrotask(done)),
    readStop: () => 0,
    getsockname: (out) => {
      Object.assign(out, address)
      return 0
    },
    ref() {},
    unref() {},
    hasRef: () => false,
  }
  server._handle = standIn
  handle.close()
}

function waitUntilIdle(connections: Connections, channel: Channel): Promise<void> {
  return new Promise((resolve) => {
    let isLooking = false
    let leaving = 0
    const isOver = (): boolean => leaving === 0 && connections.isIdle()
    const look = (): void => {
      if (isLooking || !isOver()) return
      isLooking = true
      setTimeout(
        () => {
          isLooking = false
          if (isOver()) resolve()
        },
        connections.hasUnasked() ? LINGER_MS : 0,
      )
    }
    connections.drain((key, handle) => {
      leaving++
      channel.send({ rocksolid: 'connection', key }, handle, () => {
        leaving--
        handle.close()
        look()
      })
    }, look)
    look()
  })
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref())
