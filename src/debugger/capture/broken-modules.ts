/** Finds the file of a syntax error that a module loaded during a request has caused: the one V8 refused last. */

import { isReadable, readErrorField, readStack } from '../../core/read.ts'
import { brokenPlace, notedPlace, notePlace } from '../../stack/broken-code.ts'
import type { ScriptSources } from './script-maps.ts'

/** Milliseconds from the refusal to the report; what is older may be another's. */
const MAX_AGE_MS = 5000

/**
 * Notes where the code of such an error stands. The same error is given to everybody who imports the module again, so
 * it is asked for once. Never rejects.
 */
export async function noteBrokenModule(
  error: unknown,
  scripts: Pick<ScriptSources, 'broken'>,
): Promise<void> {
  if (!isOfModule(error) || notedPlace(error) !== undefined) return
  const module = scripts.broken().findLast(({ at }) => performance.now() - at < MAX_AGE_MS)
  const source = module?.source()
  const place = source === undefined ? undefined : await brokenPlace(source).catch(() => undefined)
  if (module === undefined || place === undefined) return
  notePlace(error, `${module.file}:${place.line}:${place.column + 1}`)
}

/** Whether Node's loader of modules has thrown it; that of CommonJS names the place itself. */
function isOfModule(error: unknown): boolean {
  if (!isReadable(error) || readErrorField(error, 'name') !== 'SyntaxError') return false
  return /^SyntaxError\b[^\n]{0,1000}\n\s+at [^\n]{0,200}\(node:internal\/modules\/esm\//.test(
    readStack(error)?.slice(0, 2000) ?? '',
  )
}
