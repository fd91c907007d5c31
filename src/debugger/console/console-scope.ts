/** The scope a console works in: the frame's own, with the console's names laid under it and its helpers in reach. */

import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { chainOf, readOwn } from '../../core/read.ts'
import { describe } from '../../inspect/describe.ts'
import { descriptionToText } from '../../inspect/to-text.ts'
import type { CodePosition, Evaluate, EvaluationBox } from '../capture/captured.ts'
import type { ScopeNames } from './scope-names.ts'

/** What the console's names stand for. */
export interface ConsoleNames {
  /** The error of the report: `_error`. */
  readonly error: unknown
  /** `req` and `res`, when known. */
  readonly req: unknown
  readonly res: unknown
}

export interface OpenedScope {
  readonly evaluate: Evaluate
  readonly setLast: (value: unknown) => void
}

/**
 * Lays `_`, `_error`, `req`, `res`, `dump` and `help` under the console, each unless the frame itself has that name
 * (a lodash `_`, the handler's own `req`): then the frame's own wins.
 */
export function openScope(
  frame: Evaluate,
  names: ConsoleNames,
  dump: (value?: unknown) => void,
): OpenedScope {
  const values: Record<string, unknown> = {
    _: undefined,
    _error: names.error,
    req: names.req,
    res: names.res,
    dump,
    help: (...about: readonly unknown[]) => console.log(about.length === 0 ? HELP : helpText(about[0])),
  }
  const missing = Object.keys(values).filter((name) => !isDefined(frame, name))
  let opened: OpenedScope = { evaluate: frame, setLast: () => {} }
  if (missing.length === 0) return opened
  const setLast = missing.includes('_') ? '(value) => { _ = value }' : '() => {}'
  frame({
    code: `let { ${missing.join(', ')} } = $rs.values; $rs.open(($rs) => eval($rs.code), ${setLast})`,
    values,
    open: (evaluate: Evaluate, set: OpenedScope['setLast']) => {
      opened = { evaluate, setLast: set }
    },
  })
  return opened
}

/** Whether a name has a value in a scope; one in its dead zone counts as there. */
export function isDefined(scope: Evaluate, name: string): boolean {
  try {
    return scope({ code: `typeof ${name} !== 'undefined'` }) === true
  } catch {
    return true
  }
}

/** Declares names in a scope and gives back the scope that sees them. */
export function declare(scope: Evaluate, values: ReadonlyMap<string, unknown>): Evaluate {
  let opened = scope
  scope({
    code: `let { ${[...values.keys()].join(', ')} } = $rs.values; $rs.open(($rs) => eval($rs.code))`,
    values: Object.fromEntries(values),
    open: (evaluate: Evaluate) => {
      opened = evaluate
    },
  })
  return opened
}

/** The names that have a value in a scope, as an object; those V8 has not kept and those in a dead zone are left out. */
export function readNames(scope: Evaluate, names: readonly string[]): Readonly<Record<string, unknown>> {
  const entries = names.slice(0, MAX_READ).flatMap((name): readonly (readonly [string, unknown])[] => {
    try {
      const value = scope({ code: name })
      return name === 'this' && value === undefined ? [] : [[name, value]]
    } catch {
      return []
    }
  })
  return Object.fromEntries(entries)
}

/** Names with their values, a line each; runs no code of theirs. */
export function dumpText(scope: Evaluate, names: readonly string[]): string {
  const lines = names.slice(0, MAX_DUMPED).flatMap((name) => {
    try {
      return [`${name} = ${describe(scope({ code: name }), DUMP_LIMITS).text}`]
    } catch {
      return []
    }
  })
  const more = names.length > MAX_DUMPED ? [`… ${names.length - MAX_DUMPED} more names`] : []
  return [...lines, ...more].join('\n') || 'No local names of this frame are known.'
}

const MAX_READ = 200
const MAX_DUMPED = 100
const DUMP_LIMITS = { depth: 1, width: 10, stringLength: 200 }

const HELP = `This console runs in the frame itself: it reads and assigns its variables, \`this\` and #private fields.
_          the last value            _error     the error
req, res   the request, where known  dump()     the frame's local names, dump(value) a value in depth; help(value) its source or methods
await, import() and import work; let, const, class and function last from input to input.`

/** Lines of a function's source. */
const MAX_SOURCE_LINES = 40

/** What a value is: the source of a function, the methods of an object's class; runs no code of theirs. */
function helpText(value: unknown): string {
  if (typeof value === 'function') {
    const lines = Function.prototype.toString.call(value).split('\n')
    const more = lines.length > MAX_SOURCE_LINES ? [`… ${lines.length - MAX_SOURCE_LINES} more lines`] : []
    return [...lines.slice(0, MAX_SOURCE_LINES), ...more].join('\n')
  }
  const text = descriptionToText(describe(value, DUMP_LIMITS))
  const methods = [...chainOf(value)].slice(1).flatMap((holder) => methodLine(holder))
  return [text, ...methods].join('\n')
}

function methodLine(holder: object): readonly string[] {
  if (holder === Object.prototype) return []
  const names = Object.getOwnPropertyNames(holder).flatMap((name) => {
    const method = readOwn(holder, name)
    if (name === 'constructor' || method.found !== 'value' || typeof method.value !== 'function') return []
    const head = /^(?:async )?\*?\s*[\w$#]+\s*(\([^)]{0,100}\))/.exec(
      Function.prototype.toString.call(method.value),
    )
    return [`${name}${head?.[1] ?? '()'}`]
  })
  const maker = readOwn(holder, 'constructor')
  const owner =
    maker.found === 'value' && typeof maker.value === 'function' ? maker.value.name : 'its prototype'
  return names.length === 0 ? [] : [`methods of ${owner}: ${names.slice(0, 50).join(', ')}`]
}

/** What evaluated code finds in its box beside the code. */
export function boxHelpers(
  position: CodePosition,
  names: ScopeNames | undefined,
): Omit<EvaluationBox, 'code'> {
  const { file } = position
  const url = urlOf(file)
  return {
    meta: { url, ...(file === '' ? {} : { filename: file }) },
    import: (specifier: unknown, options?: ImportCallOptions) => importFrom(String(specifier), url, options),
    super: (self: unknown) => superOf(self, names?.method),
  }
}

/** `import()` as the module of `file` would do it. */
export function importAt(specifier: string, file: string): Promise<unknown> {
  return importFrom(specifier, urlOf(file))
}

function urlOf(file: string): string | undefined {
  if (file === '') return undefined
  return file.includes('://') ? file : pathToFileURL(file).href
}

async function importFrom(
  specifier: string,
  url: string | undefined,
  options?: ImportCallOptions,
): Promise<unknown> {
  if (url === undefined || /^(?:node|data|file):/.test(specifier)) return import(specifier, options)
  if (/^\.{0,2}\//.test(specifier)) return import(new URL(specifier, url).href, options)
  const resolved = createRequire(url).resolve(specifier)
  // A path, or the bare name of a module of the runtime.
  return import(
    resolved.startsWith('/') || /^[a-z]:\\/i.test(resolved) ? pathToFileURL(resolved).href : resolved,
    options
  )
}

/**
 * What `super` means in the frame's method: the prototype above the one that holds this very method, told from
 * overriding methods of the same name by its source.
 */
function superOf(self: unknown, method: ScopeNames['method']): unknown {
  if (method === undefined)
    throw new SyntaxError("'super' has no meaning here: the frame is not in a method of a class.")
  for (
    let holder: unknown = Object(self);
    holder !== null && holder !== undefined;
    holder = Object.getPrototypeOf(holder)
  ) {
    const own = Object.getOwnPropertyDescriptor(holder, method.name)
    const functions = [own?.value, own?.get, own?.set].filter((one) => typeof one === 'function')
    if (functions.some((one) => method.source.endsWith(Function.prototype.toString.call(one)))) {
      return boundTo(self, Object.getPrototypeOf(holder))
    }
  }
  throw new ReferenceError(`The class whose method ${method.name} this is was not found.`)
}

/** The properties of `parent`, their methods called on `self`. */
function boundTo(self: unknown, parent: object): unknown {
  return new Proxy(parent, {
    get: (_target, key) => {
      const value: unknown = Reflect.get(parent, key, self)
      return typeof value === 'function' ? value.bind(self) : value
    },
    set: (_target, key, value) => Reflect.set(parent, key, value, self),
  })
}
