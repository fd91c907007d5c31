/**
 * Keeps what the console starts from ending the server.
 * Code typed there runs in an asynchronous context of its own; a rejection nobody handles, a throw in a timer and
 * `process.exit()` are recognised by it and become output of the console. All others behave as if we were not here.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { format } from 'node:util'
import { type ConsoleMethod, layerConsole } from '../../core/console-calls.ts'
import { shared } from '../../core/shared.ts'

/** A line of output of console code. */
export interface OutputLine {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** Hears what console code prints and how what it left behind fails. */
export interface ConsoleRun {
  print(line: OutputLine): void
  /** A rejection or throw after the evaluation itself. */
  fail(error: unknown): void
}

interface Containment {
  readonly runs: AsyncLocalStorage<ConsoleRun>
  installed: boolean
}

const containment = shared(
  'console-containment',
  (): Containment => ({ runs: new AsyncLocalStorage(), installed: false }),
)

/** Runs console code; everything it prints, now or later, goes to `run` and is not printed by the server. */
export function runContained<T>(run: ConsoleRun, code: () => T): T {
  install()
  return containment.runs.run(run, code)
}

/** Installed with the first use of a console, for the life of the process; passes everything else through. */
function install(): void {
  if (containment.installed) return
  containment.installed = true
  layerConsole('front', ({ method, args }, show) => {
    const run = PRINTING.has(method) ? containment.runs.getStore() : undefined
    if (run === undefined) show()
    else run.print({ stream: TO_STDERR.has(method) ? 'stderr' : 'stdout', text: printed(method, args) })
  })
  patchExit()
  process.on('unhandledRejection', (reason) => contain(reason, 'unhandledRejection'))
  process.on('uncaughtException', (error) => contain(error, 'uncaughtException'))
}

function contain(error: unknown, event: 'unhandledRejection' | 'uncaughtException'): void {
  const run = containment.runs.getStore()
  if (run !== undefined) {
    run.fail(error)
    return
  }
  // Not ours. Without another listener the runtime would have ended the process: so do we, in its words.
  if (process.listenerCount(event) > 1) return
  if (event === 'unhandledRejection' && rejectionsOnlyWarn()) return
  const text = error instanceof Error ? (error.stack ?? String(error)) : `Uncaught ${format('%o', error)}`
  process.stderr.write(`${text}\n\nNode.js ${process.version}\n`)
  process.exit(1)
}

/** `node --unhandled-rejections=warn` and its kin: the runtime would have gone on. */
function rejectionsOnlyWarn(): boolean {
  const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ')
  return /--unhandled-rejections[= ](?:warn|none)/.test(flags)
}

/** Methods whose text is that of their arguments, and those of them that write to stderr. */
const PRINTING: ReadonlySet<ConsoleMethod> = new Set([
  'log',
  'info',
  'debug',
  'warn',
  'error',
  'trace',
  'dir',
  'table',
])
const TO_STDERR: ReadonlySet<ConsoleMethod> = new Set(['warn', 'error', 'trace'])

function printed(method: string, values: readonly unknown[]): string {
  if (method === 'dir') return format('%o', values[0])
  try {
    return format(...values.map(shortened))
  } catch (error) {
    return `[a printed value could not be formatted: ${error instanceof Error ? error.message : 'error'}]`
  }
}

/** Characters of one printed string that are looked at; formatting a huge one would take the whole time limit. */
const MAX_PRINTED = 200_000

function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > MAX_PRINTED ? value.slice(0, MAX_PRINTED) : value
}

/** Within this time a second `process.exit()` of the console is meant. */
const EXIT_CONFIRM_MS = 15_000

function patchExit(): void {
  const original = process.exit
  let askedAt = Number.NEGATIVE_INFINITY
  process.exit = function rocksolidExit(this: unknown, code?: number | string | null): never {
    const run = containment.runs.getStore()
    if (run !== undefined && performance.now() - askedAt > EXIT_CONFIRM_MS) {
      askedAt = performance.now()
      throw new Error(
        'process.exit() would end the server. Call it again within 15 seconds if that is meant.',
      )
    }
    return Reflect.apply(original, process, [code]) as never
  }
}
