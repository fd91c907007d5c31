/** Runs servers for a person at a terminal: one reloader for each, one watcher for all, keys and signals. */

import { relative } from 'node:path'
import { DEFAULT_POLL_MS, Watcher, type WatcherOptions } from '../watch/watcher.ts'
import { openErrorConsole } from './error-console.ts'
import { type Keys, readKeys } from './keys.ts'
import type { Lines } from './lines.ts'
import { openBrowser } from './open-browser.ts'
import type { Launch } from './process-launch.ts'
import { Reloader } from './reloader.ts'
import type { ProcessEnd } from './server-process.ts'

export interface RunnerPlan {
  readonly cwd: string
  readonly lines: Lines
  readonly servers: readonly { readonly name: string; readonly launch: () => Launch }[]
  /** What is on, for the start line. */
  readonly features: string
  /** Undefined to run once. */
  readonly watch:
    | (Pick<WatcherOptions, 'wanted' | 'walk' | 'ignored' | 'pollMs'> & { readonly files: readonly string[] })
    | undefined
}

/** Runs until every server has ended, and answers the exit code. Ends by the signal a server has ended by. */
export function runServers(plan: RunnerPlan): Promise<number> {
  return new Promise((resolve) => new Runner(plan, resolve).start())
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The same Ctrl-C may come from the terminal and from whoever started us. */
const SAME_INTERRUPT_MS = 20
/** An end that takes longer is explained. */
const PATIENT_MS = 1000

class Runner {
  readonly #plan: RunnerPlan
  readonly #done: (code: number) => void
  readonly #reloaders: readonly Reloader[]
  readonly #watcher: Watcher | undefined
  readonly #keys: Keys
  readonly #over = new Set<string>()
  readonly #onSignal = (signal: NodeJS.Signals): void => this.#interrupt(signal)
  /** Between the end of a broken server and the next save nothing else keeps this process. */
  readonly #stay = setInterval(() => {}, 2 ** 30)
  #origin = ''
  #endConsole: () => void = () => {}
  #interruptedAt: number | undefined
  #isQuit = false

  constructor(plan: RunnerPlan, done: (code: number) => void) {
    this.#plan = plan
    this.#done = done
    this.#watcher = plan.watch === undefined ? undefined : this.#watch(plan.watch)
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
    this.#keys = readKeys(this.#keyTable(), () => this.#interrupt('SIGINT'))
    this.#reloaders = plan.servers.map(
      ({ name, launch }) =>
        new Reloader({
          name,
          launch,
          lines: plan.lines,
          isOnly: plan.servers.length === 1,
          files: this.#watcher,
          onStdin: this.#keys.rest,
          onStart: this.#keys.listen,
          onServing: (origin) => {
            if (this.#origin === '') plan.lines.say(`On: ${plan.features}`)
            this.#origin ||= origin
          },
          onOver: (end) => this.#ended(name, end),
        }),
    )
  }

  start(): void {
    for (const reloader of this.#reloaders) reloader.start()
  }

  #watch(watch: NonNullable<RunnerPlan['watch']>): Watcher {
    const { cwd, lines } = this.#plan
    const { files, ...options } = watch
    const watcher = new Watcher({
      ...options,
      root: cwd,
      onChange: (changed) => this.#changed(changed),
      onPolling: () =>
        lines.warn(`Files change here without telling: looking at them every ${DEFAULT_POLL_MS} ms`),
    })
    for (const file of files) watcher.add(file)
    return watcher
  }

  /** What one of several servers uses is not the others' business; what none uses is everybody's. */
  #changed(files: readonly string[]): void {
    const { cwd } = this.#plan
    for (const reloader of this.#reloaders) {
      const own = files.filter(
        (file) => reloader.uses(file) || !this.#reloaders.some((one) => one.uses(file)),
      )
      if (own.length > 0) reloader.changed(own, (file) => relative(cwd, file))
    }
  }

  #keyTable() {
    const { lines } = this.#plan
    return {
      r: () => {
        for (const reloader of this.#reloaders) reloader.restart('asked by key')
      },
      o: () => {
        if (this.#origin !== '') openBrowser(this.#origin)
      },
      e: () => this.#openConsole(),
      c: () => void process.stdout.write('\x1b[2J\x1b[3J\x1b[H'),
      q: () => {
        this.#isQuit = true
        this.#interrupt('SIGTERM')
      },
      h: () =>
        lines.say(
          'Keys: r restart, o open in the browser, e console of the last error, c clear, q quit, h this',
        ),
    }
  }

  #openConsole(): void {
    const broken = this.#reloaders.find(({ lastFailure }) => lastFailure !== undefined)
    if (broken?.lastFailure !== undefined) {
      const { name, message } = broken.lastFailure
      this.#plan.lines.warn(`No console: the server does not run (${name}: ${message})`)
      return
    }
    const [only] = this.#reloaders
    const pid = this.#reloaders.length === 1 ? only?.pid : undefined
    const giveBack = this.#keys.lend()
    this.#endConsole = openErrorConsole(pid, this.#plan.cwd, giveBack)
  }

  /** The first asks, the second forces. */
  #interrupt(signal: NodeJS.Signals): void {
    const now = performance.now()
    const before = this.#interruptedAt
    if (before !== undefined && now - before < SAME_INTERRUPT_MS) return
    this.#interruptedAt = now
    if (before === undefined) this.#explainWaiting()
    for (const reloader of this.#reloaders) {
      if (before === undefined) reloader.stop(signal)
      else reloader.kill()
    }
  }

  #explainWaiting(): void {
    setTimeout(() => {
      if (this.#over.size < this.#reloaders.length)
        this.#plan.lines.say('Waiting for what is in flight; a second signal ends it at once')
    }, PATIENT_MS).unref()
  }

  #ended(name: string, { code, signal }: ProcessEnd): void {
    this.#over.add(name)
    if (this.#over.size < this.#reloaders.length) return
    this.#watcher?.close()
    this.#endConsole()
    this.#keys.close()
    clearInterval(this.#stay)
    for (const one of SIGNALS) process.off(one, this.#onSignal)
    if (this.#interruptedAt !== undefined) this.#plan.lines.say('Stopped')
    // Ends as the server did, so that whoever started us sees the same.
    if (signal !== null && !this.#isQuit) process.kill(process.pid, signal)
    this.#done(this.#isQuit ? 0 : (code ?? 1))
  }
}
