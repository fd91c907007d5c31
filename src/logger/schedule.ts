/**
 * Reads when a file is to be rotated and what is to be kept, in loguru's words: `10 MB`, `daily`, `18:00`,
 * `monday at 12:00`, `4 days`; and in Python's single letters, which wsgilog takes.
 */

import { ConfigError } from '../core/errors.ts'
import { isAnyOf, isInteger, isString, resolveOptions, show } from '../core/options.ts'

/** When to rotate: any rule that holds is enough. */
export interface RotationRule {
  /** Most bytes of a file; undefined for no limit. */
  readonly maxBytes: number | undefined
  /** The instant a file begun at `from` is full by time, in epoch milliseconds; undefined for no limit. */
  readonly dueAt: ((from: number) => number) | undefined
}

/** `'10 MB'`, bytes, `'daily'`, `'18:00'`, `'monday at 12:00'`, `'4 days'`; or a list of which any one is enough. */
export type Rotation = string | number | readonly (string | number)[]

const FACTORS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4 }

const UNITS: readonly (readonly [pattern: RegExp, ms: number])[] = [
  [/^(?:y|years?)$/, 31_536_000_000],
  [/^(?:mo|months?)$/, 2_592_000_000],
  [/^(?:w|weeks?)$/, 604_800_000],
  [/^(?:d|days?)$/, 86_400_000],
  [/^(?:h|hours?)$/, 3_600_000],
  [/^(?:m|min|minutes?)$/, 60_000],
  [/^(?:s|sec|seconds?)$/, 1000],
  [/^ms$/, 1],
]

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** A size such as `10 MB` (10,000,000) or `10 MiB` (10,485,760) in bytes; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b\s*$/i.exec(text)
  if (match === null) return undefined
  const base = match[3] === '' ? 1000 : 1024
  return Math.round(Number(match[1]) * base ** (FACTORS[(match[2] ?? '').toLowerCase()] ?? 0))
}

/** A duration such as `10 days` or `1h 30min` in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  let rest = text.trim().toLowerCase()
  let total = 0
  if (rest === '') return undefined
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*/.exec(rest)
    const unit = match === null ? undefined : UNITS.find(([pattern]) => pattern.test(match[2] ?? ''))
    if (match === null || unit === undefined) return undefined
    total += Number(match[1]) * unit[1]
    rest = rest.slice(match[0].length)
  }
  return total
}

/**
 * The rule of a rotation.
 * @throws {ConfigError} for words that mean no size and no time
 */
export function parseRotation(rotation: Rotation): RotationRule {
  let maxBytes: number | undefined
  const times: ((from: number) => number)[] = []
  for (const part of typeof rotation === 'object' ? rotation : [rotation]) {
    const bytes = typeof part === 'number' ? part : parseSize(part)
    if (bytes !== undefined) maxBytes = Math.min(maxBytes ?? Number.POSITIVE_INFINITY, bytes)
    else times.push(timeRule(part as string))
    if (bytes !== undefined && !(bytes >= 1)) throw unreadable(part)
  }
  const dueAt =
    times.length === 0 ? undefined : (from: number) => Math.min(...times.map((time) => time(from)))
  return { maxBytes, dueAt }
}

function timeRule(text: string): (from: number) => number {
  const words = text.trim().toLowerCase()
  const python = /^([smhd])$|^w([0-6])$/.exec(words)
  if (python !== null) {
    // Python counts days from Monday.
    if (python[2] !== undefined) return weekly((Number(python[2]) + 1) % 7, 0)
    return after(parseDuration(`1${python[1]}`) ?? 0)
  }
  const calendar = CALENDAR[words]
  if (calendar !== undefined) return calendar
  const at = /^(?:(\w+day)(?:\s+at\s+|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(words)
  const day = at?.[1] === undefined ? -1 : DAYS.indexOf(at[1])
  const seconds =
    at === null ? Number.NaN : Number(at[2] ?? 0) * 3600 + Number(at[3] ?? 0) * 60 + Number(at[4] ?? 0)
  if (at !== null && words !== '' && seconds < 86_400 && (at[1] === undefined || day >= 0)) {
    return at[1] === undefined ? daily(seconds) : weekly(day, seconds)
  }
  const duration = parseDuration(words)
  if (duration === undefined || duration < 1) throw unreadable(text)
  return after(duration)
}

const after = (ms: number) => (from: number) => from + ms

/** The next local time of day, in seconds since midnight, after `from`. */
function daily(seconds: number): (from: number) => number {
  return (from) =>
    nextOf(
      from,
      (date) => date.setHours(0, 0, seconds, 0),
      (date) => date.setDate(date.getDate() + 1),
    )
}

function weekly(day: number, seconds: number): (from: number) => number {
  return (from) =>
    nextOf(
      from,
      (date) => {
        date.setDate(date.getDate() + ((day - date.getDay() + 7) % 7))
        date.setHours(0, 0, seconds, 0)
      },
      (date) => date.setDate(date.getDate() + 7),
    )
}

/** The first instant after `from` that `set` makes of its date, or of that a `step` later. */
function nextOf(from: number, set: (date: Date) => unknown, step: (date: Date) => unknown): number {
  const date = new Date(from)
  set(date)
  if (date.getTime() <= from) step(date)
  return date.getTime()
}

const CALENDAR: Readonly<Record<string, (from: number) => number>> = {
  hourly: (from) =>
    nextOf(
      from,
      (date) => date.setMinutes(0, 0, 0),
      (date) => date.setHours(date.getHours() + 1),
    ),
  daily: daily(0),
  midnight: daily(0),
  weekly: weekly(1, 0),
  monthly: (from) => {
    const date = new Date(from)
    return new Date(date.getFullYear(), date.getMonth() + 1, 1).getTime()
  },
  yearly: (from) => new Date(new Date(from).getFullYear() + 1, 0, 1).getTime(),
}

function unreadable(part: unknown): ConfigError {
  return new ConfigError(
    'ERR_ROCKSOLID_OPTION_INVALID',
    `fileSink: option "rotate" is ${show(part)}. Allowed: a size such as "10 MB" or 10485760, a time such as "daily", "hourly", "weekly", "monthly", "18:00", "monday at 12:00", "4 days", or a list of these.`,
  )
}

/** What is kept of rotated files; the rest is deleted, oldest first. */
export interface Retention {
  /** Files. */
  readonly count?: number
  /** Age since the last write: `'10 days'`. */
  readonly age?: string
  /** Bytes of all together: `'1 GB'`. */
  readonly size?: string | number
}

/** {@link Retention} in numbers. */
export interface RetentionRule {
  readonly count: number
  readonly ageMs: number
  readonly bytes: number
}

const FOREVER: RetentionRule = {
  count: Number.POSITIVE_INFINITY,
  ageMs: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
}

const RETENTION_CHECKS = {
  count: isInteger(0),
  age: isString,
  size: isAnyOf(isInteger(0), isString),
} as const

/**
 * The rule of a retention: a number of files, an age such as `10 days`, or an object.
 * @throws {ConfigError} for an unknown name, and for words that mean neither an age nor a size
 */
export function parseRetention(keep: number | string | Retention | undefined): RetentionRule {
  if (keep === undefined) return FOREVER
  if (typeof keep === 'number') return { ...FOREVER, count: keep }
  const wanted =
    typeof keep === 'string'
      ? { age: keep }
      : resolveOptions<Retention, object>('fileSink: keep', keep, RETENTION_CHECKS, {})
  const ageMs = wanted.age === undefined ? FOREVER.ageMs : parseDuration(wanted.age)
  const bytes = typeof wanted.size === 'string' ? parseSize(wanted.size) : (wanted.size ?? FOREVER.bytes)
  if (ageMs === undefined || bytes === undefined) {
    throw new ConfigError(
      'ERR_ROCKSOLID_OPTION_INVALID',
      `fileSink: option "keep" is ${show(keep)}. Allowed: a number of files, an age such as "10 days", or { count, age: "10 days", size: "1 GB" }.`,
    )
  }
  return { count: wanted.count ?? FOREVER.count, ageMs, bytes }
}
