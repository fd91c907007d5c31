/**
 * Makes a bounded picture of any value without running any of its code: getters are named, not called; a Proxy is
 * named, not entered; `toJSON`, `toString`, `util.inspect.custom` and `Symbol.toStringTag` getters are not asked.
 * Secrets are masked by their key and by their shape.
 */

import { types } from 'node:util'
import { type Child, childrenOf } from './children.ts'
import type { Description, DescriptionEntry, ValueType } from './description.ts'
import { describePrimitive, headOf } from './head.ts'
import { isSecretHolder, isSecretName, MASK, maskTokens } from './redact.ts'

/** How much of a value {@link describe} looks at. */
export interface DescribeLimits {
  /** Levels of children. Default 3. */
  readonly depth?: number
  /** Children of one object. Default 50. */
  readonly width?: number
  /** Characters of one string. Default 1000. */
  readonly stringLength?: number
  /** Values in all. Default 1000. */
  readonly nodes?: number
  /** Milliseconds. Default 50. */
  readonly time?: number
  /** Whether secrets are masked. Default true. */
  readonly mask?: boolean
}

const DEFAULTS: Required<DescribeLimits> = {
  depth: 3,
  width: 50,
  stringLength: 1000,
  nodes: 1000,
  time: 50,
  mask: true,
}

/** One run over one value. */
interface Walk {
  readonly limits: Required<DescribeLimits>
  readonly deadline: number
  /** The objects on the path from the root, to tell a cycle. */
  readonly path: Set<object>
  nodes: number
  /** Whether the limit of nodes or of time was reached: all that comes is cut. */
  stopped: boolean
}

const UNREADABLE: Description = { type: 'cut', text: '[Unreadable]' }
const CUT: Description = { type: 'cut', text: '…' }
/** Left out for the limits of the whole only: alone it can be looked at. */
const NOT_YET: Description = { ...CUT, deeper: true }

/**
 * What the value is, within the limits. Never throws, whatever the value. Listing the keys of one object is a single
 * step of the engine that no limit can stop: about a second for a million keys, next to nothing for a Map or array.
 */
export function describe(value: unknown, limits: DescribeLimits = {}): Description {
  try {
    const all = { ...DEFAULTS, ...limits }
    const walk: Walk = {
      limits: all,
      deadline: performance.now() + all.time,
      path: new Set(),
      nodes: 0,
      stopped: false,
    }
    return describeAt(value, walk, all.depth, false)
  } catch {
    return UNREADABLE
  }
}

/** Whether a value is secret as a whole, or holds more than a secret: of a session only its id is. */
type Secrecy = boolean | 'session'

function describeAt(value: unknown, walk: Walk, depth: number, secret: Secrecy): Description {
  if (++walk.nodes > walk.limits.nodes) walk.stopped = true
  if ((walk.nodes & 15) === 0 && performance.now() > walk.deadline) walk.stopped = true
  if (walk.stopped) return secret === true ? CUT : NOT_YET
  try {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
      return describePrimitive(value, walk.limits, secret === true)
    }
    if (types.isProxy(value)) return { type: 'proxy', text: '[Proxy]' }
    if (walk.path.has(value)) return { type: 'cut', text: '[Circular]' }
    return describeObject(value, walk, depth, secret)
  } catch {
    return UNREADABLE
  }
}

function describeObject(value: object, walk: Walk, depth: number, secret: Secrecy): Description {
  const head = headOf(value, walk.limits)
  // What a secret name holds shows its shape, not its content.
  if (secret === true && head.content) return { type: head.type, text: MASK }
  const className = head.className === undefined ? {} : { className: head.className }
  const children = childrenOf(value, head.type, depth > 0 ? walk.limits.width : 1)
  const base = { type: head.type, ...className }
  if (children.entries.length === 0) return { ...base, text: head.closed ?? emptyText(head) }
  if (depth <= 0) return { ...base, text: head.closed ?? deeperText(head), deeper: true }
  walk.path.add(value)
  const entries = children.entries.map((child): DescriptionEntry => {
    const within = walk.limits.mask && secrecyOf(child, secret)
    const description = child.described ?? describeAt(child.value, walk, depth - 1, within)
    const key = walk.limits.mask ? maskKey(child.key) : child.key
    return { key, kind: child.kind, value: description }
  })
  walk.path.delete(value)
  const more = children.total - children.entries.length
  const text = head.closed ?? previewOf(head, entries, more)
  return more > 0 ? { ...base, text, entries, more } : { ...base, text, entries }
}

/** What the name of a child says of what it holds. */
function secrecyOf({ name, value }: Child, around: Secrecy): Secrecy {
  if (around === true) return true
  if (name === undefined) return false
  if (around === 'session' && /^_?id$/i.test(name)) return true
  if (!isSecretName(name)) return false
  return isObject(value) && isSecretHolder(name) ? 'session' : true
}

/** Names can be secrets too: a cache by token. No secret of a known shape is shorter. */
const maskKey = (key: string): string => (key.length < 16 ? key : maskTokens(key))

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

const PREVIEW_LENGTH = 90
const PREVIEW_PART = 36

/** What {@link headOf} tells of an object before its children are read. */
interface Head {
  readonly type: ValueType
  readonly label: string
  readonly brackets: '[]' | '{}'
}

const emptyText = ({ label, brackets }: Head): string => (label === '' ? brackets : `${label} ${brackets}`)
const deeperText = ({ label, brackets }: Head): string =>
  `${label === '' ? '' : `${label} `}${brackets[0]}…${brackets[1]}`

/** One line such as `User { id: 1, name: 'Ann', … }`. */
function previewOf(head: Head, entries: readonly DescriptionEntry[], more: number): string {
  const parts: string[] = []
  let length = 0
  let left = more
  for (const [index, entry] of entries.entries()) {
    const value = entry.value.text
    const short = value.length > PREVIEW_PART ? shorten(entry.value) : value
    const part = partOf(entry, short)
    if (length + part.length > PREVIEW_LENGTH && index > 0) {
      left += entries.length - index
      break
    }
    parts.push(part)
    length += part.length + 2
  }
  if (left > 0) parts.push(head.brackets === '[]' ? `… ${left} more` : '…')
  const inside = parts.join(', ')
  const label = head.label === '' ? '' : `${head.label} `
  return head.brackets === '[]' ? `${label}[${inside}]` : `${label}{ ${inside} }`
}

function partOf(entry: DescriptionEntry, text: string): string {
  if (entry.kind === 'index' || entry.kind === 'set') return text
  if (entry.kind === 'map') return `${entry.key} => ${text}`
  return entry.kind === 'symbol' ? `[${entry.key}]: ${text}` : `${entry.key}: ${text}`
}

function shorten(description: Description): string {
  const { type, text, className } = description
  if (type === 'array' || type === 'typed-array') return `${className ?? ''}[…]`
  if (description.entries !== undefined && type !== 'error') return `${className ? `${className} ` : ''}{…}`
  return type === 'string' ? `${text.slice(0, PREVIEW_PART - 2)}…'` : `${text.slice(0, PREVIEW_PART - 1)}…`
}
