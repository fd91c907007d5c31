/** A project in a folder of its own, and the built command running in it, as a person would. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { request } from '../support/request.ts'

const CLI = resolve(import.meta.dirname, '..', '..', 'dist', 'cli.js')

/** Waits are for events; this only ends a test that waits for ever. */
const PATIENCE_MS = 20_000
const LAST_WORDS_MS = 1000

/** What stands in files, by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>

export interface Project {
  readonly folder: string
  /** Writes files, folders included. */
  write(files: Files): void
  path(name: string): string
}

export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  port(): number
  output(): string
  /** Waits until the output since the last `mark` matches. */
  printed(pattern: RegExp): Promise<RegExpMatchArray>
  /** From here on `printed` looks. */
  mark(): void
  get(path?: string, headers?: Readonly<Record<string, string>>): Promise<string>
  /** Asks until the answer is this, and all is read that was printed until then by a server that tells its `x-pid`. */
  answers(text: string, path?: string): Promise<void>
  /** How many times the server was started. */
  starts(): number
  type(text: string): void
  ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

export interface Workshop {
  project(files: Files): Project
  /** Runs the command, or with `plain` a script by node itself. */
  start(
    project: Project,
    args?: readonly string[],
    env?: Readonly<Record<string, string>>,
    plain?: boolean,
  ): Promise<Running>
  /** Ends this one with the others. */
  keep(child: ChildProcess): void
  /** Ends everything and removes the folders. */
  close(): Promise<void>
}

/** A workshop that runs the command by `node`. */
export function openWorkshop(node = process.execPath): Workshop {
  const folders: string[] = []
  const running: ChildProcess[] = []
  return {
    project(files) {
      const folder = mkdtempSync(join(tmpdir(), 'rocksolid-dev-'))
      folders.push(folder)
      const project: Project = {
        folder,
        path: (name) => join(folder, name),
        write(given) {
          for (const [name, text] of Object.entries(given)) {
            mkdirSync(dirname(join(folder, name)), { recursive: true })
            writeFileSync(join(folder, name), text)
          }
        },
      }
      project.write(files)
      return project
    },
    async start(project, args = ['server.mjs'], env = {}, plain = false) {
      const { NODE_ENV: _env, VITEST: _vitest, FORCE_COLOR: _color, ...inherited } = process.env
      const child = spawn(node, plain ? args : [CLI, ...args], {
        cwd: project.folder,
        env: { ...inherited, NO_COLOR: '1', ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      running.push(child)
      return watch(child)
    },
    keep: (child) => void running.push(child),
    async close() {
      for (const child of running) {
        if (child.exitCode !== null || child.signalCode !== null) continue
        const exited = once(child, 'exit')
        child.kill('SIGTERM')
        child.kill('SIGTERM')
        const isSlow = Symbol('slow')
        if ((await Promise.race([exited, setTimeout(5000, isSlow)])) === isSlow) {
          child.kill('SIGKILL')
          await exited
        }
      }
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Reads what a process prints. */
export function watch(child: ChildProcess): Running {
  let output = ''
  let from = 0
  const closed = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const running: Running = {
    child,
    pid: child.pid as number,
    port: () => Number(/Serving on https?:\/\/[^:]+:(\d+)/.exec(output)?.[1]),
    output: () => output,
    printed: (pattern) =>
      until(
        () => output.slice(from).match(pattern) ?? undefined,
        () => `${pattern} in:\n${output}`,
      ),
    mark() {
      from = output.length
    },
    async get(path = '/', headers = {}) {
      return (await request({ port: running.port(), path, headers })).body
    },
    async answers(text, path = '/') {
      let last = ''
      const by = await until(
        async () => {
          const answer = await request({ port: running.port(), path }).catch((error: Error) => error)
          last = answer instanceof Error ? `(${answer.message})` : answer.body
          return answer instanceof Error || last !== text ? undefined : answer
        },
        () => `${path} to answer ${JSON.stringify(text)}; the last answer was ${last}\n${output}`,
      )
      // What it printed before may come after the answer.
      const { 'x-pid': pid } = by.headers
      if (pid !== undefined)
        await until(
          () => output.includes(`started ${pid}`) || undefined,
          () => `the start of ${pid}\n${output}`,
        )
    },
    starts: () => [...output.matchAll(/^started/gm)].length,
    type: (text) => void child.stdin?.write(text),
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      // What it has printed may come after its exit, unless somebody it leaves behind holds the pipe.
      await Promise.race([closed, setTimeout(LAST_WORDS_MS)])
      return { code: child.exitCode, signal: child.signalCode }
    },
  }
  return running
}

/** Looks every few milliseconds until there is something. */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: () => string = () => 'it',
): Promise<T> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > end) throw new Error(`Waited in vain for ${what()}`)
    await setTimeout(10)
  }
}

/** Whether a process lives; one that has ended and was not collected yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
