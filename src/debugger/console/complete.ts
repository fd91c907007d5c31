/** Completes the word at the cursor from the names in scope or the properties of a value; runs no code of either. */

import { propertyNames, propertyOf } from '../../inspect/expand.ts'
import type { Evaluate } from '../capture/captured.ts'
import type { CompleteAnswer } from '../protocol.ts'

/** Items of one answer. */
const MAX_ITEMS = 100

const IDENTIFIER = '[\\p{ID_Start}$_][\\p{ID_Continue}$]*'
/** A dotted path and the word begun after it: `this.rows.le`. */
const AT_CURSOR = new RegExp(`(?<![\\p{ID_Continue}$.])((?:${IDENTIFIER}\\??\\.)*)(${IDENTIFIER})?$`, 'u')

/** What can be written after a dot; any other key could hold anything, a terminal's orders included. */
const NAME = new RegExp(`^${IDENTIFIER}$`, 'u')

const KEYWORDS = ['await', 'const', 'import', 'let', 'new', 'null', 'this', 'typeof', 'undefined']

/** `names` are those of the frame's source; the console's own and the global ones are added. */
export function complete(
  code: string,
  cursor: number,
  scope: Evaluate,
  names: readonly string[],
): CompleteAnswer {
  const before = code.slice(Math.max(0, cursor - 500), cursor)
  const match = AT_CURSOR.exec(before)
  const [, path = '', word = ''] = match ?? []
  const from = cursor - word.length
  if (match === null || (path === '' && word === '')) return { from, items: [] }
  const candidates = path === '' ? scopeCandidates(scope, names) : propertyNames(pathValue(path, scope))
  return { from, items: ranked(candidates, word) }
}

function scopeCandidates(scope: Evaluate, names: readonly string[]): readonly string[] {
  const globals = propertyNames(globalThis)
  const own = ['_', '_error', 'req', 'res', 'dump', 'help']
  return [...new Set([...names, ...own, ...KEYWORDS, ...globals])].filter(
    (name) => names.includes(name) === false || isThere(scope, name),
  )
}

/** Names the frame's function does not use are declared, but gone. */
function isThere(scope: Evaluate, name: string): boolean {
  try {
    scope({ code: name })
    return true
  } catch {
    return false
  }
}

/** The value of a dotted path: its first name from the scope, the rest as data properties. */
function pathValue(path: string, scope: Evaluate): unknown {
  const [root = '', ...rest] = path
    .split('.')
    .map((part) => part.replace(/\?$/, ''))
    .filter(Boolean)
  try {
    return rest.reduce<unknown>((value, name) => propertyOf(value, name), scope({ code: root }))
  } catch {
    return undefined
  }
}

/** Those that begin with the word, then those that do but for case; shorter first where they are alike. */
function ranked(candidates: readonly string[], word: string): readonly string[] {
  const lower = word.toLowerCase()
  const exact = candidates.filter((name) => name.startsWith(word) && name !== word)
  const loose = candidates.filter((name) => !name.startsWith(word) && name.toLowerCase().startsWith(lower))
  return [...exact, ...loose].filter((name) => NAME.test(name)).slice(0, MAX_ITEMS)
}
