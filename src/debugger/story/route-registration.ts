/**
 * Finds the call that registered a route: `router.get('/users/:id', …)`. Frameworks keep no trace of it, and none is
 * wrapped to learn it; but the running code of the application has it, and V8 has that code. What is not sure is
 * not told: either the handler stands inside the call, or it is the only one in the application that fits.
 */

import { BoundedMap } from '../../core/bounded-map.ts'
import { shared } from '../../core/shared.ts'
import { offsetOf } from '../../stack/offset.ts'
import { ownerOf } from '../../stack/own-files.ts'
import type { CodePosition } from '../capture/captured.ts'
import type { ScriptSources } from '../capture/script-maps.ts'

/** Milliseconds one search may take; where they end, only what was sure by then is told. */
const MAX_TIME = 15
/** After so many milliseconds a search that ran out of time is made again: the machine may have been busy. */
const RETRY_MS = 1000
/** Characters from a call to the handler inside it. */
const MAX_CALL = 4000

/** By method, route and handler; also where nothing was found. For a minute, since code is loaded as it is needed. */
const known = shared(
  'story-registrations',
  () =>
    new BoundedMap<string, { readonly place: CodePosition | undefined; readonly retryAt?: number }>({
      maxEntries: 200,
      maxAgeMs: 60_000,
    }),
)

/** `handler` is where the function that answers was written. Positions are those of the code as it runs. */
export function findRegistration(
  method: string,
  route: string,
  handler: CodePosition | undefined,
  scripts: ScriptSources,
): CodePosition | undefined {
  const key = JSON.stringify([method, route, handler])
  let found = known.get(key)
  if (found === undefined || (found.retryAt ?? Number.POSITIVE_INFINITY) <= performance.now()) {
    const end = performance.now() + MAX_TIME
    const place = search(method, route, handler, scripts, end)
    const now = performance.now()
    found = place === undefined && now > end ? { place, retryAt: now + RETRY_MS } : { place }
    known.set(key, found)
  }
  return found.place
}

function search(
  method: string,
  route: string,
  handler: CodePosition | undefined,
  scripts: ScriptSources,
  end: number,
): CodePosition | undefined {
  const around = handler && callAround(method, route, handler, scripts)
  if (around !== undefined) return around
  const sources = new Map<string, string>()
  for (const file of scripts.files()) {
    if (ownerOf(file) !== 'app') continue
    if (performance.now() > end) return undefined
    const source = scripts.sourceOf(file)
    if (source !== undefined) sources.set(file, source)
  }
  for (const path of endsOf(route)) {
    const calls = [...sources].flatMap(([file, source]) =>
      registrationsOf(method, path, source).map(({ start }) => ({ file, source, start })),
    )
    const [only, ...others] = calls
    if (only !== undefined)
      return others.length === 0 ? placeAt(only.file, only.source, only.start) : undefined
  }
  return undefined
}

/** The nearest call before the handler that has not ended where the handler begins. */
function callAround(
  method: string,
  route: string,
  handler: CodePosition,
  scripts: ScriptSources,
): CodePosition | undefined {
  const source = scripts.sourceOf(handler.file)
  if (source === undefined) return undefined
  const at = offsetOf(source, handler) ?? source.length
  for (const path of endsOf(route)) {
    const near = registrationsOf(method, path, source).findLast(
      ({ end }) => end < at && at - end < MAX_CALL && isWithin(source.slice(end, at)),
    )
    if (near !== undefined) return placeAt(handler.file, source, near.start)
  }
  return undefined
}

/** Whether no bracket is closed that was opened before; brackets in texts are few, and then it is not told. */
function isWithin(code: string): boolean {
  let depth = 0
  for (const char of code) {
    if (char === '(' || char === '{') depth++
    if ((char === ')' || char === '}') && --depth < 0) return false
  }
  return true
}

/** The route and what is left of it without the prefixes of its routers, the longest first; never `/` alone. */
function endsOf(route: string): readonly string[] {
  const ends = [route]
  for (let at = route.indexOf('/', 1); at > 0; at = route.indexOf('/', at + 1)) ends.push(route.slice(at))
  return ends.slice(0, 10).filter((end, index) => index === 0 || end.length > 1)
}

/** Offsets of a call or object that registers a route: where it begins, and where its path ends. */
interface Registration {
  readonly start: number
  readonly end: number
}

/** Those of this very path and method, in the order of the source. */
function registrationsOf(method: string, path: string, source: string): readonly Registration[] {
  if (!source.includes(path)) return []
  const text = `(?<quote>['"\`])${escaped(path)}\\k<quote>`
  // A name may stand before the path.
  const call = new RegExp(
    `(?<=\\.)(\\w{2,10})\\s{0,20}\\(\\s{0,80}(?:'[^'\\n]{0,100}',\\s{0,80})?${text}`,
    'g',
  )
  const member = new RegExp(`\\b(?:path|url)\\s{0,20}:\\s{0,20}${text}`, 'g')
  const calls = [...source.matchAll(call)].filter(([, name = '']) => methodsOf(method).has(name))
  const members = [...source.matchAll(member)].filter(({ index, 0: { length } }) =>
    hasMethod(source.slice(Math.max(0, index - 200), index + length + 200), method),
  )
  return [...calls, ...members]
    .map(({ index, 0: { length } }) => ({ start: index, end: index + length }))
    .filter(({ start }) => !isComment(source, start))
    .sort((one, other) => one.start - other.start)
}

/** Names of functions that register a route for the method. */
function methodsOf(method: string): ReadonlySet<string> {
  const own = method.toLowerCase()
  return new Set([
    own,
    'all',
    'any',
    'on',
    'use',
    'route',
    ...(own === 'head' ? ['get'] : []),
    ...(own === 'delete' ? ['del'] : []),
  ])
}

const hasMethod = (code: string, method: string): boolean =>
  new RegExp(
    `method\\s{0,20}:\\s{0,20}(?:\\[[^\\]]{0,100})?['"\`](?:${escaped(method)}|\\*)['"\`]`,
    'i',
  ).test(code)

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const isComment = (source: string, offset: number): boolean =>
  /^\s*(?:\/\/|\/?\*)/.test(source.slice(source.lastIndexOf('\n', offset) + 1, offset))

function placeAt(file: string, source: string, offset: number): CodePosition {
  const before = source.slice(0, offset).split('\n')
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
