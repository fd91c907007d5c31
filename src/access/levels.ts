/** Levels by route, or as a function of the application says. */

import { LEVELS, type Level } from '../core/levels.ts'
import type { Exchange } from '../http/exchange.ts'
import { pathTest } from './choose.ts'
import { usualLevel } from './level.ts'

/** Paths with the levels of their successful requests, or a function; its undefined means the usual level. */
export type LevelChoice = Readonly<Record<string, Level>> | ((exchange: Exchange) => Level | undefined)

export function createLevels(choice: LevelChoice | undefined): (exchange: Exchange) => Level {
  if (choice === undefined) return usualLevel
  if (typeof choice === 'function') {
    return (exchange) => {
      const chosen = choice(exchange)
      return chosen !== undefined && Object.hasOwn(LEVELS, chosen) ? chosen : usualLevel(exchange)
    }
  }
  const routes = Object.entries(choice).map(([path, level]) => ({ matches: pathTest(path), level }))
  return (exchange) => {
    const usual = usualLevel(exchange)
    if (LEVELS[usual] > LEVELS.info) return usual
    return routes.find(({ matches }) => matches(exchange))?.level ?? usual
  }
}
