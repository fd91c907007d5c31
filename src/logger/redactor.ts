/**
 * What must not reach a log: values by the name of their key, by path, and by the shape of the text.
 * Formats ask while they render, so that the caller's objects are never touched.
 */

import { FormatError } from '../core/errors.ts'
import { isAnyOf, isArrayOf, isBoolean, isString, resolveOptions } from '../core/options.ts'
import { isSecretName, MASK } from '../inspect/redact.ts'
import { readOrNote } from './error-facts.ts'
import { type Mask, makeMask } from './secret-scan.ts'

/** What to take out of records. */
export interface RedactOptions {
  /** Mask values whose key is a secret's name (`password`, `authorization`, `apiKey` …), at any depth. Default true. */
  readonly names?: boolean
  /** Further keys to mask at any depth; any case. */
  readonly keys?: readonly string[]
  /**
   * Paths to mask: `user.card`, `items[*].code`, `headers["x-key"]`, `**.ssn`. `*` stands for any one key or index,
   * a leading `**` for any depth.
   */
  readonly paths?: readonly string[]
  /** Mask what looks like a secret inside texts: tokens, keys, passwords in URLs, `Bearer …`. Default true. */
  readonly shapes?: boolean
  /** What stands in place of a masked value. Default `[masked]`. */
  readonly censor?: string
}

/** A branch of the paths: what is below each key. `hit` masks the value itself. */
export interface PathNode {
  hit: boolean
  readonly below: Map<string, PathNode>
}

/** Asked by formats for each key and text. */
export interface Redactor {
  readonly censor: string
  readonly paths: PathNode | undefined
  /** True when a value under this key is masked. */
  readonly isSecret: (key: string) => boolean
  /** The text with secrets of known shapes masked; undefined when shapes are let through. */
  readonly mask: Mask | undefined
  /** A copy of the fields with secrets masked, for sinks that read fields; the same object when nothing is secret. */
  readonly copy: (fields: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
}

/** Names remembered at most; beyond, each is looked at anew. */
const MAX_NAMES = 10_000

/** Deepest level that {@link Redactor.copy} looks at; below it values are replaced by a note. */
const MAX_COPY_DEPTH = 10

/**
 * Compiles what `redact` asks for; `false` lets everything through.
 * @throws {ConfigError} for an unknown option or a path that cannot be read
 */
export function makeRedactor(redact: boolean | readonly string[] | RedactOptions): Redactor | undefined {
  if (redact === false) return undefined
  const given = redact === true ? {} : isList(redact) ? { paths: redact } : redact
  const options = resolveOptions<RedactOptions, typeof DEFAULTS>('redact', given, CHECKS, DEFAULTS)
  const keys = new Set((options.keys ?? []).map((key) => key.toLowerCase()))
  for (const path of options.paths ?? []) {
    const anywhere = /^\*\*\.([^.[\]*]+)$/.exec(path)
    if (anywhere?.[1] !== undefined) keys.add(anywhere[1].toLowerCase())
  }
  const known = new Map<string, boolean>()
  const isSecret = (key: string): boolean => {
    let secret = known.get(key)
    if (secret === undefined) {
      secret = keys.has(key.toLowerCase()) || (options.names && isSecretName(key))
      if (known.size < MAX_NAMES) known.set(key, secret)
    }
    return secret
  }
  const paths = compilePaths((options.paths ?? []).filter((path) => !/^\*\*\.[^.[\]*]+$/.test(path)))
  const { censor } = options
  const mask = options.shapes ? makeMask() : undefined
  const redactor = { censor, paths, isSecret, mask }
  return { ...redactor, copy: (fields) => copyMasked(fields, redactor, paths, 0, []) as typeof fields }
}

const DEFAULTS = { names: true, shapes: true, censor: MASK }

const CHECKS = {
  names: isBoolean,
  keys: isArrayOf(isString),
  paths: isArrayOf(isString),
  shapes: isBoolean,
  censor: isString,
} as const

/** A check for the `redact` option. */
export const isRedact = isAnyOf(isBoolean, isArrayOf(isString), (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'an object with names, keys, paths, shapes, censor',
)

function compilePaths(paths: readonly string[]): PathNode | undefined {
  if (paths.length === 0) return undefined
  const root: PathNode = { hit: false, below: new Map() }
  for (const path of paths) {
    let node = root
    for (const key of splitPath(path)) {
      let next = node.below.get(key)
      if (next === undefined) {
        next = { hit: false, below: new Map() }
        node.below.set(key, next)
      }
      node = next
    }
    node.hit = true
  }
  return root
}

function splitPath(path: string): string[] {
  const keys: string[] = []
  const part = /\[\s*(?:"([^"]*)"|'([^']*)'|(\d+|\*))\s*\]|([^.[\]]+)|\./g
  let end = 0
  for (const match of path.matchAll(part)) {
    if (match.index !== end) break
    end += match[0].length
    const key = match[1] ?? match[2] ?? match[3] ?? match[4]
    if (key !== undefined) keys.push(key)
  }
  if (end !== path.length || keys.length === 0 || keys.includes('**')) throw unreadable(path, end)
  return keys
}

/** The branches below a key: those for its own name, else those for any name. */
export function below(node: PathNode | undefined, key: string): PathNode | undefined {
  return node === undefined ? undefined : (node.below.get(key) ?? node.below.get('*'))
}

type Masking = Pick<Redactor, 'censor' | 'isSecret' | 'mask'>

function copyMasked(
  value: unknown,
  masking: Masking,
  node: PathNode | undefined,
  depth: number,
  above: readonly object[],
): unknown {
  if (typeof value === 'string') return masking.mask?.(value) ?? value
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  if (above.includes(value)) return '[Circular]'
  if (depth >= MAX_COPY_DEPTH) return '[Object]'
  const path = [...above, value]
  try {
    if (Array.isArray(value))
      return value.map((item, index) =>
        copyMasked(item, masking, below(node, String(index)), depth + 1, path),
      )
    const copy: Record<string, unknown> = {}
    for (const key of Object.keys(value)) {
      const next = below(node, key)
      const held = readOrNote(value, key)
      const secret = next?.hit === true || (masking.isSecret(key) && isMaskable(held))
      const item = secret ? masking.censor : copyMasked(held, masking, next, depth + 1, path)
      Object.defineProperty(copy, key, { value: item, enumerable: true, configurable: true, writable: true })
    }
    return copy
  } catch {
    return '[Unreadable]'
  }
}

/** Whether a value under a secret's name may be one; `token: undefined` and `auth: true` tell nothing. */
export function isMaskable(value: unknown): boolean {
  return value !== undefined && value !== null && typeof value !== 'boolean'
}

function isPlain(value: object): boolean {
  try {
    if (Array.isArray(value)) return true
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) return true
    // Instances of classes are copied too, but not those whose content is not in their properties.
    return Object.prototype.toString.call(value) === '[object Object]'
  } catch {
    return false
  }
}

const isList = (value: unknown): value is readonly string[] => Array.isArray(value)

function unreadable(path: string, at: number): FormatError {
  return new FormatError(
    'redact: this path cannot be read. Allowed: a.b, a[0], a[*].b, a["b-c"], **.key.',
    path,
    at,
  )
}
