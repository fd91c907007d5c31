/** One console in one frame: evaluates inputs one after the other in the frame's live scope and describes results. */

import { type DescribeLimits, describe } from '../../inspect/describe.ts'
import { expand } from '../../inspect/expand.ts'
import { descriptionToText } from '../../inspect/to-text.ts'
import type { Capture, CodePosition, Evaluate } from '../capture/captured.ts'
import type { Description, EvaluateAnswer } from '../protocol.ts'
import {
  boxHelpers,
  type ConsoleNames,
  declare,
  dumpText,
  importAt,
  isDefined,
  openScope,
  readNames,
} from './console-scope.ts'
import { runContained } from './contain.ts'
import { Output } from './output.ts'
import { pureCall } from './preview.ts'
import { rewriteInput } from './rewrite-input.ts'
import { type ScopeNames, scopeNames } from './scope-names.ts'
import { tracebackOf } from './traceback.ts'

/** What a console works on. */
export interface FrameConsoleOptions extends ConsoleNames {
  readonly evaluate: Evaluate
  readonly capture: Capture
  /** Where the frame's code stands, as it runs. `import()` resolves from its file. */
  readonly position: CodePosition
  /** The source of a script as it runs, when known. */
  readonly sourceOf: (file: string) => string | undefined
  /** Most milliseconds one uninterrupted run may take, and most that a promise is waited for. */
  readonly timeoutMs: number
  readonly runLimited: (run: () => void, timeoutMs: number) => 'done' | 'timeout'
  readonly runPure: (run: () => unknown, timeoutMs: number) => { readonly value: unknown } | undefined
}

/** Results that can still be opened; the oldest are let go. */
const MAX_RESULTS = 200

/** Each local is a line of its own, with what it holds; what that holds is opened on demand. */
const LOCALS_LIMITS = { depth: 2, nodes: 5000, time: 200 }

const PREVIEW_MS = 100
const PREVIEW_LIMITS = { depth: 1, width: 10, stringLength: 100, time: 10 }

/** A console remembers names and results; inputs are evaluated in the order they come. */
export class FrameConsole {
  readonly #options: FrameConsoleOptions
  readonly #output = new Output()
  readonly #results = new Map<number, unknown>()
  #resultCount = 0
  #scope: Evaluate | undefined
  #setLast: (value: unknown) => void = () => {}
  #names: Promise<ScopeNames | undefined> | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(options: FrameConsoleOptions) {
    this.#options = options
  }

  /** Evaluates one input. Never rejects. */
  evaluate(input: string): Promise<EvaluateAnswer> {
    const answer = this.#queue.then(() => this.#evaluate(input))
    this.#queue = answer.catch(() => {})
    return answer
  }

  /**
   * Opens a result further: `path` are indexes of children, `from` is the first child that is told. A getter at the end
   * of the path is run only when `runGetter`.
   * @returns undefined when the result is no longer kept or the path leads nowhere
   */
  open(result: number, path: readonly number[], runGetter: boolean, from = 0): Description | undefined {
    if (!this.#results.has(result)) return undefined
    const found = expand(this.#results.get(result), path, from)
    if (found?.kind !== 'getter') return found?.description
    if (!runGetter) return undefined
    const ran = this.#runLimited(() => Reflect.get(found.holder, found.name))
    if (ran.kind === 'value') return describe(ran.value)
    return {
      type: 'cut',
      text: ran.kind === 'threw' ? descriptionToText(describe(ran.error)) : 'did not end in time',
    }
  }

  /** The value of an expression that has no side effects, while it is typed; undefined for any other input. */
  async preview(input: string): Promise<Description | undefined> {
    const { capture, runPure } = this.#options
    try {
      const call = await pureCall(input, this.#openScope(await this.#scopeNames()))
      const found = call && capture.inContext(() => runPure(call, PREVIEW_MS))
      return found === undefined ? undefined : describe(found.value, PREVIEW_LIMITS)
    } catch {
      return undefined
    }
  }

  /** The frame's local names and `this`, as one object that can be opened; runs no code of the application's. */
  locals(): Promise<{ readonly value: Description; readonly result: number }> {
    const answer = this.#queue.then(async () => {
      const names = await this.#scopeNames()
      const scope = this.#openScope(names)
      const ran = this.#runLimited(() => readNames(scope, ['this', ...(names?.locals ?? [])]))
      return this.#keep(ran.kind === 'value' ? ran.value : {}, LOCALS_LIMITS)
    })
    this.#queue = answer.catch(() => {})
    return answer
  }

  /** The names in scope, console and frame; for completion. */
  async names(): Promise<{ readonly names: readonly string[]; readonly scope: Evaluate }> {
    const known = await this.#scopeNames()
    return { names: known?.names ?? [], scope: this.#scope ?? this.#options.evaluate }
  }

  async #evaluate(input: string): Promise<EvaluateAnswer> {
    const startedAt = performance.now()
    const rewritten = await rewriteInput(input)
    if (rewritten.kind === 'incomplete') return { kind: 'incomplete', message: rewritten.message }
    if (rewritten.kind === 'syntax-error') {
      const { message, line, column } = rewritten
      return { kind: 'syntax-error', message, line, column }
    }
    const names = await this.#scopeNames()
    await this.#fetchImports(rewritten.identifiers, names)
    const ran = this.#run(rewritten.code, names)
    const settled = ran.kind === 'value' && rewritten.isAsync ? await this.#settle(ran) : ran
    const ms = performance.now() - startedAt
    const { timeoutMs: limitMs } = this.#options
    if (settled.kind === 'timeout' || settled.kind === 'pending') {
      return { kind: settled.kind, limitMs, output: this.#output.take(), ms }
    }
    if (settled.kind === 'threw') {
      const traceback = `${tracebackOf(settled.error)}${explainMissing(settled.error, names)}`
      return { kind: 'threw', ...this.#keep(settled.error), traceback, output: this.#output.take(), ms }
    }
    if (settled.next !== undefined) this.#scope = settled.next
    if (settled.value !== undefined) this.#setLast(settled.value)
    return { kind: 'value', ...this.#keep(settled.value), output: this.#output.take(), ms }
  }

  #keep(value: unknown, limits?: DescribeLimits): { readonly value: Description; readonly result: number } {
    const result = this.#resultCount++
    this.#results.set(result, value)
    this.#results.delete(result - MAX_RESULTS)
    return { value: describe(value, limits), result }
  }

  #run(code: string, names: ScopeNames | undefined): Ran {
    let next: Evaluate | undefined
    const box = {
      ...boxHelpers(this.#options.position, names),
      code,
      next: (inner: Evaluate) => {
        next = inner
      },
    }
    const ran = this.#runLimited(() => this.#openScope(names)(box))
    return ran.kind === 'value' ? { ...ran, next } : ran
  }

  /**
   * Runs code of the console or the application within the limit. Contexts are entered outside the limited part:
   * ending a run skips its `finally` blocks, and a context left entered would end the process at the next callback.
   */
  #runLimited(code: () => unknown): Ran {
    const { capture, runLimited, timeoutMs } = this.#options
    const state: { ran: Ran } = { ran: { kind: 'timeout' } }
    const run = (): void => {
      try {
        state.ran = { kind: 'value', value: code(), next: undefined }
      } catch (error) {
        state.ran = { kind: 'threw', error }
      }
    }
    capture.inContext(() => runContained(this.#output, () => runLimited(run, timeoutMs)))
    return state.ran
  }

  /** Waits for the promise of an input that used `await`. */
  async #settle({ value, next }: Ran & { kind: 'value' }): Promise<Ran | { readonly kind: 'pending' }> {
    const settled = Promise.resolve(value).then(
      (result): Ran => ({ kind: 'value', value: result, next }),
      (error): Ran => ({ kind: 'threw', error }),
    )
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise<{ readonly kind: 'pending' }>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'pending' }), this.#options.timeoutMs)
    })
    const first = await Promise.race([settled, limit])
    clearTimeout(timer)
    return first
  }

  /** The scope the next input is evaluated in. */
  #openScope(names: ScopeNames | undefined): Evaluate {
    if (this.#scope !== undefined) return this.#scope
    const dump = (...given: readonly unknown[]): void => {
      const [value] = given
      const scope = this.#scope ?? this.#options.evaluate
      const text =
        given.length === 0
          ? dumpText(scope, names?.locals ?? [])
          : descriptionToText(describe(value, { depth: 4 }))
      this.#output.print({ stream: 'stdout', text })
    }
    const { evaluate, setLast } = openScope(this.#options.evaluate, this.#options, dump)
    this.#scope = evaluate
    this.#setLast = setLast
    return evaluate
  }

  #scopeNames(): Promise<ScopeNames | undefined> {
    const { position, sourceOf } = this.#options
    this.#names ??= (async () => {
      const source = sourceOf(position.file)
      return source === undefined ? undefined : scopeNames(source, position)
    })().catch(() => undefined)
    return this.#names
  }

  /** V8 keeps only imports that the frame's function uses; the others are fetched again, from Node's cache. */
  async #fetchImports(identifiers: ReadonlySet<string>, names: ScopeNames | undefined): Promise<void> {
    const scope = this.#openScope(names)
    const values = new Map<string, unknown>()
    for (const [name, binding] of names?.imports ?? []) {
      if (!identifiers.has(name) || isDefined(scope, name)) continue
      try {
        const module = (await importAt(binding.module, this.#options.position.file)) as Record<
          string,
          unknown
        >
        values.set(name, binding.name === '*' ? module : module[binding.name])
      } catch {
        // Then the name stays undefined, and the input says so.
      }
    }
    if (values.size > 0) this.#scope = declare(scope, values)
  }
}

type Ran =
  | { readonly kind: 'value'; readonly value: unknown; readonly next: Evaluate | undefined }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timeout' }

/** Adds why a name that the source declares is not there. */
function explainMissing(error: unknown, names: ScopeNames | undefined): string {
  const name = error instanceof ReferenceError ? /^(\S+) is not defined$/.exec(error.message)?.[1] : undefined
  const line = name === undefined ? undefined : names?.lines.get(name)
  if (line === undefined) return ''
  return `\n(${name} is declared on line ${line}, but this function does not use it, so V8 has not kept it for it.)`
}
