/** Starts a plain .mjs application as its own process, as a user would: no test runner, no transpiler in it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

export interface AppProcess {
  /** `http://localhost:12345` */
  readonly origin: string
  readonly port: number
  stdout(): string
  stderr(): string
  /** Waits until the output of both streams matches; fails after 20 s with what was printed. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>
  /** The exit code when all is read that it has printed; null while it runs. */
  exitCode(): number | null
  /** Ends it and answers its exit code; null when the signal ended it. @default SIGKILL */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface AppOptions {
  readonly args?: readonly string[]
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** The runtime. @default this one */
  readonly node?: string
  /** What it prints when it is ready; the first group is the port. @default /listening (\d+)/ */
  readonly ready?: RegExp
}

const APPS = join(import.meta.dirname, '..', 'apps')

/** Those that run. A test that times out leaves its application behind; it must not outlive the tests. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** The application must print `listening <port>` once it does, or what `ready` matches. */
export async function startApp(name: string, options: AppOptions = {}): Promise<AppProcess> {
  const {
    args = [],
    nodeArgs = [],
    env = {},
    cwd,
    node = process.execPath,
    ready = /listening (\d+)/,
  } = options
  const file = name.startsWith('/') ? name : join(APPS, name)
  const { NODE_ENV: _testEnv, VITEST: _vitest, FORCE_COLOR: _color, ...inherited } = process.env
  const child = spawn(node, [...nodeArgs, file, ...args], {
    env: { ...inherited, NO_COLOR: '1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const output = { stdout: '', stderr: '', isWhole: false }
  // What it has printed may come after its exit.
  const closed = once(child, 'close').then(() => {
    output.isWhole = true
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const printed = (pattern: RegExp): Promise<RegExpMatchArray> => waitFor(child, output, pattern)
  const [, port = ''] = await printed(ready).catch((error: unknown) => {
    child.kill('SIGKILL')
    throw error
  })
  return {
    origin: `http://localhost:${port}`,
    port: Number(port),
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    printed,
    exitCode: () => (output.isWhole ? child.exitCode : null),
    stop: async (signal = 'SIGKILL') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
      // Processes that it leaves behind may hold its output open.
      await Promise.race([closed, setTimeout(LAST_WORDS_MS)])
      return child.exitCode
    },
  }
}

const PRINT_TIMEOUT_MS = 20_000
const LAST_WORDS_MS = 1000

async function waitFor(
  child: ChildProcess,
  output: { readonly stdout: string; readonly stderr: string; readonly isWhole: boolean },
  pattern: RegExp,
): Promise<RegExpMatchArray> {
  const end = performance.now() + PRINT_TIMEOUT_MS
  for (;;) {
    const match = `${output.stdout}\n${output.stderr}`.match(pattern)
    if (match !== null) return match
    const isOver = output.isWhole || performance.now() > end
    if (isOver) {
      throw new Error(
        `Waited for ${pattern}; the application (exit code ${child.exitCode}) printed:\n${output.stdout}\n${output.stderr}`,
      )
    }
    await setTimeout(10)
  }
}
