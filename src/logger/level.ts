/** Levels: their names, their numbers, and the threshold that a text such as `LOG_LEVEL=info,app.db=debug` asks for. */

import { ConfigError } from '../core/errors.ts'
import { LEVELS } from '../core/levels.ts'
import { didYouMean } from '../core/nearest.ts'
import { show } from '../core/options.ts'

/** Names of levels and their severity. */
export type LevelNumbers = Readonly<Record<string, number>>

/** The threshold that lets nothing through. */
export const SILENT = Number.POSITIVE_INFINITY

/** What people and other loggers also call the built-in levels. */
const ALIASES: LevelNumbers = {
  silly: 10,
  verbose: 10,
  http: 20,
  notice: 30,
  warning: 40,
  err: 50,
  critical: 60,
  silent: SILENT,
  off: SILENT,
  none: SILENT,
}

/**
 * The severity of a level given by name (any case) or by number.
 * @throws {ConfigError} for a name that is no level
 */
export function severityOf(factory: string, level: string | number, levels: LevelNumbers = LEVELS): number {
  const severity = findSeverity(level, levels)
  if (severity !== undefined) return severity
  const names = [...Object.keys(levels), 'silent']
  throw new ConfigError(
    'ERR_ROCKSOLID_OPTION_INVALID',
    `${factory}: ${show(level)} is no level.${typeof level === 'string' ? didYouMean(level, names) : ''} Allowed: ${names.join(', ')}, or a number.`,
  )
}

/** The severity of a level, or undefined when there is none of that name. */
export function findSeverity(level: unknown, levels: LevelNumbers = LEVELS): number | undefined {
  if (typeof level === 'number') return Number.isNaN(level) ? undefined : level
  if (typeof level !== 'string') return undefined
  const name = level.trim()
  if (Object.hasOwn(levels, name)) return levels[name]
  if (/^\d{1,4}$/.test(name)) return Number(name)
  const lower = name.toLowerCase()
  if (Object.hasOwn(levels, lower)) return levels[lower]
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : undefined
}

/** The name of the most severe level that is at most `severity`; for numbers from elsewhere. */
export function levelNameOf(severity: number, levels: LevelNumbers = LEVELS): string {
  let best = 'trace'
  let bestNumber = Number.NEGATIVE_INFINITY
  for (const [name, number] of Object.entries(levels)) {
    if (number <= severity && number > bestNumber) {
      best = name
      bestNumber = number
    }
  }
  return best
}

/** A check for options tables: a level's name or number. */
export function isLevel(value: unknown): string | undefined {
  return findSeverity(value) === undefined
    ? `${Object.keys(LEVELS).join(', ')}, silent, or a number`
    : undefined
}

/** Thresholds by category; read by loggers each time the version changes. */
export class LevelTable {
  /** Grows by one with each change, so that loggers know when to look again. */
  version = 0
  readonly #levels: LevelNumbers
  #general: number
  #byCategory = new Map<string, number>()

  constructor(general: number, levels: LevelNumbers = LEVELS) {
    this.#general = general
    this.#levels = levels
  }

  /** The threshold of a category: its own, else that of the nearest category above it, else the general one. */
  thresholdOf(category: string): number {
    for (let name = category; this.#byCategory.size > 0; ) {
      const own = this.#byCategory.get(name)
      if (own !== undefined) return own
      const dot = name.lastIndexOf('.')
      if (dot < 0) break
      name = name.slice(0, dot)
    }
    return this.#general
  }

  /** Sets the threshold of one category, or the general one when no category is given. */
  set(level: string | number, category?: string, from = 'level'): void {
    const severity = severityOf(from, level, this.#levels)
    if (category === undefined) this.#general = severity
    else this.#byCategory.set(category, severity)
    this.version++
  }

  /**
   * Applies a text such as `info`, `debug,app.db=trace` or `app.db=off`.
   * @throws {ConfigError} for a name that is no level
   */
  apply(text: string, from = 'level'): void {
    for (const part of text.split(',')) {
      const [left, right] = part.split('=').map((side) => side.trim())
      if (!left) continue
      if (right === undefined) this.set(left, undefined, from)
      else this.set(right, left, from)
    }
  }
}
