/** One console in one frame: evaluates inputs one after the other in the frame's live scope and describes results. */

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { describe } from '../../inspect/describe.ts'
import type { Capture, Evaluate, EvaluationBox } from '../capture/captured.ts'
import type { EvaluateAnswer, OutputText } from '../protocol.ts'
import { runContained } from './contain.ts'
import { rewriteInput } from './rewrite-input.ts'
import { tracebackOf } from './traceback.ts'

/** What a console works on. */
export interface FrameConsoleOptions {
  readonly evaluate: Evaluate
  readonly capture: Capture
  /** The frame's file, from which `import()` resolves; '' when unknown. */
  readonly file: string
  /** The error of the report, shown to the console as `_error`. */
  readonly error: unknown
  /** Most milliseconds one uninterrupted run may take, and most that a promise is waited for. */
  readonly timeoutMs: number
  readonly runLimited: (run: () => void, timeoutMs: number) => 'done' | 'timeout'
}

/** Characters of output kept for one input; the rest is counted. */
const MAX_OUTPUT = 100_000

/** A console remembers names and the last value; inputs are evaluated in the order they come. */
export class FrameConsole {
  readonly #options: FrameConsoleOptions
  #scope: Evaluate | undefined
  #setLast: (value: unknown) => void = () => {}
  readonly #output = new Output()
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: FrameConsoleOptions) {
    this.#options = options
  }

  /** Evaluates one input. Never rejects. */
  evaluate(input: string): Promise<EvaluateAnswer> {
    const answer = this.#queue.then(() => this.#evaluate(input))
    this.#queue = answer
    return answer
  }

  async #evaluate(input: string): Promise<EvaluateAnswer> {
    const startedAt = performance.now()
    const took = (): number => performance.now() - startedAt
    const rewritten = await rewriteInput(input)
    if (rewritten.kind === 'incomplete') return { kind: 'incomplete', message: rewritten.message }
    if (rewritten.kind === 'syntax-error') {
      const { message, line, column } = rewritten
      return { kind: 'syntax-error', message, line, column }
    }
    const output = this.#output
    const ran = this.#run(rewritten.code)
    if (ran.kind === 'timeout') {
      return { kind: 'timeout', limitMs: this.#options.timeoutMs, output: output.take(), ms: took() }
    }
    if (ran.kind === 'threw') return this.#threw(ran.error, took())
    const settled = rewritten.isAsync
      ? await this.#settle(ran.value)
      : ({ kind: 'value', value: ran.value } as const)
    if (settled.kind === 'threw') return this.#threw(settled.error, took())
    if (settled.kind === 'pending') {
      return { kind: 'pending', limitMs: this.#options.timeoutMs, output: output.take(), ms: took() }
    }
    if (ran.next !== undefined) this.#scope = ran.next
    if (settled.value !== undefined) this.#setLast(settled.value)
    return { kind: 'value', value: describe(settled.value), output: output.take(), ms: took() }
  }

  #threw(error: unknown, ms: number): EvaluateAnswer {
    return {
      kind: 'threw',
      value: describe(error),
      traceback: tracebackOf(error),
      output: this.#output.take(),
      ms,
    }
  }

  #run(code: string): Ran {
    const { capture, runLimited, timeoutMs } = this.#options
    const state: { ran: Ran; next: Evaluate | undefined } = { ran: { kind: 'timeout' }, next: undefined }
    const box = {
      ...this.#box(code),
      next: (inner: Evaluate) => {
        state.next = inner
      },
    }
    const evaluateBox = (): void => {
      try {
        state.ran = { kind: 'value', value: this.#openScope()(box), next: state.next }
      } catch (error) {
        state.ran = { kind: 'threw', error }
      }
    }
    // Contexts are entered outside the limited part: ending a run skips its `finally` blocks, and a context left
    // entered would end the process at the next callback.
    capture.inContext(() => runContained(this.#output, () => runLimited(evaluateBox, timeoutMs)))
    return state.ran
  }

  /** Waits for the promise of an input that used `await`. */
  async #settle(value: unknown): Promise<Settled> {
    const { timeoutMs } = this.#options
    const settled = Promise.resolve(value).then(
      (result): Settled => ({ kind: 'value', value: result }),
      (error): Settled => ({ kind: 'threw', error }),
    )
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<Settled>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'pending' }), timeoutMs)
    })
    const first = await Promise.race([settled, limit])
    clearTimeout(timer)
    return first
  }

  /**
   * The scope the next input is evaluated in. The first one lays `_` and `_error` under the console, unless the
   * frame itself has these names (lodash): then the frame's own win.
   */
  #openScope(): Evaluate {
    if (this.#scope !== undefined) return this.#scope
    const frame = this.#options.evaluate
    const has = (name: string): boolean => frame({ code: `typeof ${name} !== 'undefined'` }) === true
    const names = ['_', '_error'].filter((name) => !has(name))
    if (names.length === 0) {
      this.#scope = frame
      return frame
    }
    const setters = names.map((name) => `${name}: (value) => { ${name} = value }`).join(', ')
    let opened: Evaluate = frame
    let set: Record<string, (value: unknown) => void> = {}
    frame({
      code: `let ${names.join(', ')}; $rs.open(($rs) => eval($rs.code), { ${setters} })`,
      open: (scope: Evaluate, found: typeof set) => {
        opened = scope
        set = found
      },
    })
    this.#setLast = set._ ?? (() => {})
    set._error?.(this.#options.error)
    this.#scope = opened
    return opened
  }

  #box(code: string): EvaluationBox {
    const { file } = this.#options
    const url = file === '' ? undefined : file.includes('://') ? file : pathToFileURL(file).href
    return {
      code,
      meta: { url, ...(file === '' ? {} : { filename: file }) },
      import: (specifier: unknown) => importFrom(String(specifier), url),
    }
  }
}

type Ran =
  | { readonly kind: 'value'; readonly value: unknown; readonly next: Evaluate | undefined }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timeout' }

type Settled =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'pending' }

/** Collects what is printed until the next answer is sent; what earlier inputs left behind comes with it. */
class Output {
  #lines: OutputText[] = []
  #size = 0

  print = ({ stream, text }: OutputText): void => {
    const room = MAX_OUTPUT - this.#size
    if (room <= 0) return
    const kept =
      text.length > room ? `${text.slice(0, room)}\n… output cut at ${MAX_OUTPUT} characters` : text
    this.#size += text.length
    this.#lines.push({ stream, text: kept })
  }

  fail = (error: unknown): void => {
    this.print({ stream: 'stderr', text: `Not handled: ${tracebackOf(error)}` })
  }

  take(): OutputText[] {
    const lines = this.#lines
    this.#lines = []
    this.#size = 0
    return lines
  }
}

/** `import()` as the frame's own module would do it. */
async function importFrom(specifier: string, url: string | undefined): Promise<unknown> {
  if (url === undefined || /^(?:node|data|file):/.test(specifier)) return import(specifier)
  if (/^\.{0,2}\//.test(specifier)) return import(new URL(specifier, url).href)
  return import(pathToFileURLOrName(createRequire(url).resolve(specifier)))
}

/** `require.resolve` answers a path, or the bare name of a module of the runtime. */
function pathToFileURLOrName(resolved: string): string {
  return resolved.startsWith('/') || /^[a-z]:\\/i.test(resolved) ? pathToFileURL(resolved).href : resolved
}
