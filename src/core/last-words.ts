/**
 * Nothing lost at the end. Writers that hold lines back until the turn of the event loop is over register here;
 * they are emptied when the turn ends, when the process exits, and when a signal is about to kill it.
 * The process ends exactly as it would have without us: our signal listeners only flush, and give the signal on.
 */

import { setImmediate } from 'node:timers'
import { isMainThread } from 'node:worker_threads'
import { shared } from './shared.ts'

/** Something with lines to write before the end. */
export interface LastWords {
  /** Writes at once what is held back. `final` is true when there will be no other chance. */
  readonly flushSync: (final: boolean) => void
  /** Writes without ending anything; called when the event loop has run empty. */
  readonly flush?: (() => void | Promise<void>) | undefined
}

/** Told of an uncaught exception or unhandled rejection just before the process dies of it. */
export type DeathListener = (error: unknown, origin: 'uncaughtException' | 'unhandledRejection') => void

interface Shared {
  readonly members: Set<LastWords>
  readonly deaths: Set<DeathListener>
  turn: LastWords[]
  scheduled: boolean
  exiting: boolean
  stop: (() => void) | undefined
}

const state = shared<Shared>('last-words', () => ({
  members: new Set(),
  deaths: new Set(),
  turn: [],
  scheduled: false,
  exiting: false,
  stop: undefined,
}))

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK'] as const

/** True once the process's `exit` event has come: what is written now must be written at once. */
export const isExiting = (): boolean => state.exiting

/** Keeps `member` in mind until {@link forget}. */
export function remember(member: LastWords): void {
  state.members.add(member)
  state.stop ??= listen()
}

/** Lets go of `member`; the last one takes the listeners on `process` with it. */
export function forget(member: LastWords): void {
  state.members.delete(member)
  stopWhenUnused()
}

/** Hears of uncaught errors; gives back the function that ends it. */
export function onDeath(listener: DeathListener): () => void {
  state.deaths.add(listener)
  state.stop ??= listen()
  return () => {
    state.deaths.delete(listener)
    stopWhenUnused()
  }
}

function stopWhenUnused(): void {
  if (state.members.size > 0 || state.deaths.size > 0) return
  state.stop?.()
  state.stop = undefined
}

/** Empties `member` when this turn of the event loop is over. To be called once per turn and member. */
export function atTurnEnd(member: LastWords): void {
  state.turn.push(member)
  if (state.scheduled) return
  state.scheduled = true
  setImmediate(endTurn)
}

function endTurn(): void {
  state.scheduled = false
  const members = state.turn
  state.turn = []
  for (const member of members) quietly(() => member.flushSync(false))
}

function flushAll(final: boolean): void {
  for (const member of state.members) quietly(() => member.flushSync(final))
}

function listen(): () => void {
  const onExit = (): void => {
    state.exiting = true
    flushAll(true)
  }
  const onEmpty = (): void => {
    for (const member of state.members) quietly(() => void member.flush?.())
  }
  const onUncaught = (error: unknown, origin: 'uncaughtException' | 'unhandledRejection'): void => {
    for (const death of state.deaths) quietly(() => death(error, origin))
    flushAll(false)
  }
  process.on('exit', onExit)
  process.on('beforeExit', onEmpty)
  process.on('uncaughtExceptionMonitor', onUncaught)
  const signals = isMainThread ? SIGNALS.map((signal) => listenTo(signal)) : []
  return () => {
    process.off('exit', onExit)
    process.off('beforeExit', onEmpty)
    process.off('uncaughtExceptionMonitor', onUncaught)
    for (const stop of signals) stop()
  }
}

/** How many listeners of a signal only write last words and do not end the process in a way of their own. */
export function passiveListeners(signal: NodeJS.Signals): number {
  const own = state.stop !== undefined && (SIGNALS as readonly string[]).includes(signal) ? 1 : 0
  return own + Math.min(process.listenerCount(signal) - own, signalExitCount())
}

/** Flushes on a signal and, when nobody else listens, lets it kill the process as it would have. */
function listenTo(signal: NodeJS.Signals): () => void {
  const onSignal = (): void => {
    const others = process.listenerCount(signal) - 1
    const passive = Math.min(others, signalExitCount())
    flushAll(others === passive)
    if (others !== passive) return
    process.off(signal, onSignal)
    // signal-exit's listener, when it is the only one left, sends the signal again itself.
    if (passive === 0) process.kill(process.pid, signal)
  }
  // First in line, so that a listener registered with `once` is still counted.
  process.prependListener(signal, onSignal)
  return () => process.off(signal, onSignal)
}

/** How many listeners per signal belong to the package signal-exit, whose rule is the same as ours. */
function signalExitCount(): number {
  const places = [
    (process as { __signal_exit_emitter__?: unknown }).__signal_exit_emitter__,
    (globalThis as { [key: symbol]: unknown })[Symbol.for('signal-exit emitter')],
  ]
  let count = 0
  for (const place of places) {
    const own = typeof place === 'object' && place !== null && 'count' in place ? place.count : 0
    if (typeof own === 'number') count += own
  }
  return count
}

function quietly(action: () => void): void {
  try {
    action()
  } catch {
    // Each member reports its own failures; one must not keep the others from their last words.
  }
}
