/** Which requests get a line: filters, sampling, quiet health checks, a least level. */

import { LEVELS, type Level } from '../core/levels.ts'
import type { Exchange } from '../http/exchange.ts'
import { failureOf } from './fields-response.ts'
import { durationOf } from './fields-time.ts'

/** Only requests that meet all of these get a line. */
export interface Filter {
  /** A status (404), a class (`'5xx'`), or several. */
  readonly status?: StatusChoice | readonly StatusChoice[]
  /** Paths: exact (`/api`), below (`/api/*`) or a RegExp, or several. */
  readonly path?: PathChoice | readonly PathChoice[]
  /** Paths that get none. */
  readonly exceptPath?: PathChoice | readonly PathChoice[]
  /** Least duration in milliseconds. */
  readonly minDuration?: number
}

export type StatusChoice = number | `${1 | 2 | 3 | 4 | 5}xx`
export type PathChoice = string | RegExp

/** What {@link createChooser} is told. */
export interface ChoiceSettings {
  readonly filter: Filter | undefined
  /** Share of requests that get a line, from 0 to 1; those that failed or were slow always do. */
  readonly sample: number
  /** Milliseconds from which a request is slow. */
  readonly slow: number | undefined
  /** Paths that get a line only when they fail; true: the usual names of health checks. */
  readonly quiet: boolean | readonly PathChoice[]
  readonly minLevel: Level | undefined
  readonly level: (exchange: Exchange) => Level
}

/** What health checks are usually called. */
const HEALTH_PATHS = [
  '/health',
  '/health/*',
  '/healthz',
  '/livez',
  '/readyz',
  '/ready',
  '/live',
  '/ping',
  '/_health',
  '/status/health',
  '/-/healthy',
  '/-/ready',
]

/** A function that says whether an exchange gets a line; undefined when every one does. */
export function createChooser(settings: ChoiceSettings): ((exchange: Exchange) => boolean) | undefined {
  const { filter, sample, slow, quiet, minLevel, level } = settings
  const tests: ((exchange: Exchange) => boolean)[] = []
  if (quiet !== false) {
    const isQuiet = pathTest(quiet === true ? HEALTH_PATHS : quiet)
    tests.push((exchange) => hasFailed(exchange) || !isQuiet(exchange))
  }
  if (filter?.status !== undefined) tests.push(statusTest(filter.status))
  if (filter?.path !== undefined) tests.push(pathTest(filter.path))
  if (filter?.exceptPath !== undefined) {
    const excepted = pathTest(filter.exceptPath)
    tests.push((exchange) => !excepted(exchange))
  }
  const { minDuration } = filter ?? {}
  if (minDuration !== undefined) tests.push((exchange) => durationOf(exchange) >= minDuration)
  if (minLevel !== undefined) tests.push((exchange) => LEVELS[level(exchange)] >= LEVELS[minLevel])
  if (sample < 1) {
    tests.push(
      (exchange) =>
        hasFailed(exchange) || (slow !== undefined && durationOf(exchange) >= slow) || Math.random() < sample,
    )
  }
  return tests.length === 0 ? undefined : (exchange) => tests.every((test) => test(exchange))
}

/** A test whether the path is one of these. */
export function pathTest(paths: PathChoice | readonly PathChoice[]): (exchange: Exchange) => boolean {
  const tests = [paths].flat().map((path): ((text: string) => boolean) => {
    if (path instanceof RegExp) {
      // A global expression remembers where it stopped.
      const stateless = new RegExp(path.source, path.flags.replace(/[gy]/g, ''))
      return (text) => stateless.test(text)
    }
    const below = path.endsWith('/*') ? path.slice(0, -1) : undefined
    return below === undefined ? (text) => text === path : (text) => text.startsWith(below)
  })
  return ({ url }) => {
    const question = url.indexOf('?')
    const path = question < 0 ? url : url.slice(0, question)
    return tests.some((test) => test(path))
  }
}

function statusTest(choices: StatusChoice | readonly StatusChoice[]): (exchange: Exchange) => boolean {
  const list = [choices].flat()
  return ({ status }) =>
    status !== undefined &&
    list.some((one) =>
      typeof one === 'number' ? one === status : one.charCodeAt(0) - 48 === Math.floor(status / 100),
    )
}

function hasFailed(exchange: Exchange): boolean {
  return (exchange.status ?? 500) >= 400 || exchange.outcome !== 'ok' || failureOf(exchange) !== undefined
}
