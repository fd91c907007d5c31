/**
 * Keeps several processes of one server running on the same sockets. One that crashes is started again, later each
 * time; new code takes their place one by one, and where it does not start, the old ones stay.
 */

import { Desk } from './desk.ts'
import type { Lines } from './lines.ts'
import { originOf } from './lines.ts'
import type { Launch } from './process-launch.ts'
import { type ProcessEnd, ServerProcess } from './server-process.ts'
import { Sockets } from './sockets.ts'

export interface SupervisorPlan {
  readonly name: string
  readonly workers: number
  readonly launch: () => Launch
  readonly lines: Lines
  /** All workers have ended and none is started again. */
  readonly onOver: (code: number) => void
}

interface Slot {
  readonly number: number
  process: ServerProcess | undefined
  /** Ends in a row, each soon after the start. */
  crashes: number
  timer: NodeJS.Timeout | undefined
}

/** One that has run so long has not crashed in a row. */
const STEADY_MS = 10_000
const FIRST_DELAY_MS = 250
const MAX_DELAY_MS = 30_000
/** Where no worker has ever served, so many failed starts in a row of one are the end. */
const MAX_FAILED_STARTS = 3
/** A worker that does not listen counts as started after this time. */
const STARTED_MS = 5000

export class Supervisor {
  readonly #plan: SupervisorPlan
  readonly #sockets = new Sockets()
  readonly #desk = new Desk(this.#sockets)
  readonly #slots: readonly Slot[]
  readonly #leaving = new Set<ServerProcess>()
  /** Still serves, while the one that takes its place starts. */
  readonly #replaced = new Set<ServerProcess>()
  readonly #started = new Map<ServerProcess, (isUp: boolean) => void>()
  #hasServed = false
  #isStopping = false
  #code = 0
  #work: Promise<void> = Promise.resolve()

  constructor(plan: SupervisorPlan) {
    this.#plan = plan
    this.#slots = Array.from({ length: plan.workers }, (_none, index) => ({
      number: index + 1,
      process: undefined,
      crashes: 0,
      timer: undefined,
    }))
  }

  /** Process ids of the workers that run now. */
  get pids(): readonly number[] {
    return this.#slots.map(({ process }) => process?.pid).filter((pid) => pid !== undefined)
  }

  /** Starts all workers; resolves when each serves, or has failed. */
  async start(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => this.#fill(slot)))
  }

  /** New code, one worker after the other. Resolves to false when it does not start; then the old ones stay. */
  reload(): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#plan.lines.say('Reloading the workers one by one')
      for (const slot of this.#slots) {
        const old = slot.process
        if (old !== undefined) this.#replaced.add(old)
        const isUp = await this.#fill(slot)
        if (old !== undefined) this.#replaced.delete(old)
        if (this.#isStopping) return false
        if (!isUp) {
          if (old !== undefined && !old.isOver) slot.process = old
          this.#plan.lines.warn('The new code does not start; the old workers stay')
          return false
        }
        this.#leave(old)
      }
      this.#plan.lines.say('All workers run the new code')
      return true
    })
  }

  /** New processes in place of all at once; requests wait meanwhile. */
  restart(): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#plan.lines.say('Restarting all workers')
      for (const slot of this.#slots) {
        this.#leave(slot.process)
        slot.process = undefined
      }
      const up = await Promise.all(this.#slots.map((slot) => this.#fill(slot)))
      return up.every(Boolean)
    })
  }

  /** Asks all to end as `signal` would, after what is in flight; at the second call ends them at once. */
  stop(signal: NodeJS.Signals): void {
    const isSecond = this.#isStopping
    this.#isStopping = true
    for (const slot of this.#slots) clearTimeout(slot.timer)
    this.#sockets.release(() => true)
    for (const process of this.#all()) {
      if (isSecond) process.kill()
      else process.ask(signal)
    }
    this.#lookForEnd()
  }

  #all(): readonly ServerProcess[] {
    const current = this.#slots.map(({ process }) => process).filter((one) => one !== undefined)
    return [...current, ...this.#replaced, ...this.#leaving].filter((one) => !one.isOver)
  }

  /** One reload after the other. */
  #inTurn(work: () => Promise<boolean>): Promise<boolean> {
    const result = this.#work.then(() => (this.#isStopping ? false : work()))
    this.#work = result.then(() => {})
    return result
  }

  #leave(old: ServerProcess | undefined): void {
    if (old === undefined || old.isOver) return
    this.#leaving.add(old)
    old.retire()
  }

  /** Starts a process in the slot; resolves to whether it came up. */
  #fill(slot: Slot): Promise<boolean> {
    clearTimeout(slot.timer)
    if (this.#isStopping) return Promise.resolve(false)
    const { launch } = this.#plan
    const wish = launch()
    const process = new ServerProcess(
      { ...wish, env: { ...wish.env, ROCKSOLID_WORKER: String(slot.number) }, isWorker: true },
      this.#sockets,
      {
        onListening: (worker, address, isTls) => this.#listening(worker, slot, address, isTls),
        onWish: (worker, key) => this.#desk.ask(worker, key),
        onConnection: () =>
          this.#all()
            .find((one) => one.isServing && !one.isRetired)
            ?.giveResting(),
        onExit: (worker, end) => this.#ended(worker, slot, end),
      },
    )
    slot.process = process
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(process, true), STARTED_MS)
      this.#started.set(process, (isUp) => {
        clearTimeout(timer)
        resolve(isUp)
      })
    })
  }

  #settle(process: ServerProcess, isUp: boolean): void {
    this.#started.get(process)?.(isUp)
    this.#started.delete(process)
  }

  #listening(worker: ServerProcess, slot: Slot, address: string, isTls: boolean): void {
    this.#desk.opened()
    this.#settle(worker, true)
    const { lines, name } = this.#plan
    if (!this.#hasServed) lines.say(`Serving ${name} on ${originOf(address, isTls)}`)
    this.#hasServed = true
    lines.say(`Worker ${slot.number} serves (process ${worker.pid})`)
  }

  #ended(worker: ServerProcess, slot: Slot, end: ProcessEnd): void {
    this.#desk.left(worker)
    const wasStarting = this.#started.has(worker)
    this.#settle(worker, false)
    const wasLeaving = this.#leaving.delete(worker)
    if (this.#isStopping) {
      this.#lookForEnd()
      return
    }
    if (wasLeaving || slot.process !== worker) return
    slot.process = undefined
    const { lines } = this.#plan
    const how = end.error?.message ?? end.signal ?? `exit code ${end.code}`
    slot.crashes = Date.now() - worker.startedAt > STEADY_MS ? 1 : slot.crashes + 1
    if (!this.#hasServed && wasStarting && slot.crashes >= MAX_FAILED_STARTS) {
      lines.warn(`Worker ${slot.number} does not start (${how}); giving up`)
      this.#code = 1
      this.stop('SIGTERM')
      return
    }
    const delay = slot.crashes === 1 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (slot.crashes - 2))
    lines.warn(
      `Worker ${slot.number} has ended (${how}); it is started again ${delay === 0 ? 'now' : `in ${delay} ms`}`,
    )
    slot.timer = setTimeout(() => {
      // A reload may have filled the slot in the meantime.
      if (slot.process === undefined && !this.#isStopping) void this.#fill(slot)
    }, delay)
  }

  #lookForEnd(): void {
    if (this.#all().length > 0) return
    this.#sockets.close()
    this.#plan.onOver(this.#code)
  }
}
