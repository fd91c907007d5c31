/** Runs plain .mjs programs that log, as processes of their own: no test runner, no transpiler inside. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')
const made = new Map<string, Promise<string>>()

afterAll(async () => {
  const folder = await made.get('logger')
  made.clear()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

/** A folder with the logger bundled as `logger.mjs`; made once per test process, inside the project so that packages resolve. */
export async function loggerFolder(): Promise<string> {
  const known = made.get('logger')
  if (known !== undefined) return known
  const making = bundle()
  made.set('logger', making)
  return making
}

async function bundle(): Promise<string> {
  mkdirSync(join(root, '.artifacts'), { recursive: true })
  const folder = mkdtempSync(join(root, '.artifacts', 'logger-'))
  await build({
    entryPoints: { logger: join(root, 'src', 'logger.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    keepNames: true,
  })
  return folder
}

export interface ChildResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningChild {
  readonly process: ChildProcess
  readonly done: Promise<ChildResult>
  /** Resolves when stdout or stderr holds the text. */
  printed(text: string): Promise<void>
  stdout(): string
}

export interface ChildOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
  /** Path of the runtime. Default: this one. */
  readonly node?: string
  /** Default pipe for all. */
  readonly stdio?: readonly ('pipe' | 'ignore' | number)[]
  readonly cwd?: string
}

let count = 0

/** Starts a program; `code` is a module body that may use everything the logger's door exports, `fs` and `args`. */
export async function startChild(code: string, options: ChildOptions = {}): Promise<RunningChild> {
  const folder = await loggerFolder()
  const file = join(folder, `program-${process.pid}-${count++}.mjs`)
  const head = `import * as rocksolid from './logger.mjs'\nimport fs from 'node:fs'\nconst args = process.argv.slice(2)\n`
  writeFileSync(file, head + code)
  const {
    VITEST: _vitest,
    NODE_ENV: _environment,
    LOG_LEVEL: _level,
    FORCE_COLOR: _force,
    ...env
  } = process.env
  const child = spawn(
    options.node ?? process.execPath,
    [...(options.nodeArgs ?? []), file, ...(options.args ?? [])],
    {
      env: { ...env, NO_COLOR: '1', ...options.env },
      stdio: [...(options.stdio ?? ['ignore', 'pipe', 'pipe'])],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    },
  )
  const output = { stdout: '', stderr: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  let isOver = false
  const done = new Promise<ChildResult>((resolveDone) => {
    child.on('close', (exitCode, signal) => {
      isOver = true
      resolveDone({ code: exitCode, signal, ...output })
    })
  })
  const printed = async (text: string): Promise<void> => {
    const end = performance.now() + 20_000
    while (!`${output.stdout}\n${output.stderr}`.includes(text)) {
      if (performance.now() > end || isOver) {
        throw new Error(`waited for ${JSON.stringify(text)}, got:\n${output.stdout}\n${output.stderr}`)
      }
      await new Promise((wake) => setTimeout(wake, 5))
    }
  }
  return { process: child, done, printed, stdout: () => output.stdout }
}

/** Runs a program to its end. */
export async function runChild(code: string, options: ChildOptions = {}): Promise<ChildResult> {
  return (await startChild(code, options)).done
}

/** The `n` of each JSON line of a file, in order; fails on a line that is not whole. */
export function numbersIn(path: string): number[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { n: number }).n)
}

/** 0, 1, … n-1. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index)
