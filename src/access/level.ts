/** How serious a line is, by how its request ended; for loggers, for JSON and for filtering. */

import type { Level } from '../core/levels.ts'
import type { Exchange } from '../http/exchange.ts'

/** 5xx is an error; 4xx but 429, and what ended early, is a warning; OPTIONS is for debugging; the rest is info. */
export function usualLevel(exchange: Exchange): Level {
  const status = exchange.status ?? 0
  if (status >= 500) return 'error'
  if (exchange.outcome !== 'ok' && exchange.outcome !== 'upgraded') return 'warn'
  if (status >= 400 && status !== 429) return 'warn'
  return exchange.method === 'OPTIONS' ? 'debug' : 'info'
}
