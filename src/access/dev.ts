/** morgan's `dev`: a short line whose status has a colour. */

import type { Exchange } from '../http/exchange.ts'
import type { CompiledLine } from './compile-line.ts'

/** Compiles segments; given by the caller so that both stand on one compiler. */
export type Compile = (format: string) => CompiledLine

const PLAIN = ':method :url :status :response-time ms - :bytes'

export function compileDev(color: boolean, compile: Compile): CompiledLine {
  if (!color) return compile(PLAIN)
  const coloured = (ink: number): CompiledLine =>
    compile(`\x1b[0m:method :url \x1b[${ink}m:status\x1b[0m :response-time ms - :bytes\x1b[0m`)
  const [none, green, cyan, yellow, red] = [0, 32, 36, 33, 31].map(coloured) as [
    CompiledLine,
    CompiledLine,
    CompiledLine,
    CompiledLine,
    CompiledLine,
  ]
  const lineOf = (exchange: Exchange): CompiledLine => {
    const status = exchange.status ?? 0
    if (status >= 500) return red
    if (status >= 400) return yellow
    if (status >= 300) return cyan
    return status >= 200 ? green : none
  }
  return { needs: none.needs, write: (exchange) => lineOf(exchange).write(exchange) }
}
