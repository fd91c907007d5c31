/**
 * Estimates what a kept error costs: its report, and what the locals of its application frames hold. Done after the
 * answer is sent. Of frames whose variables were not taken over at the throw the names come from the source, parsed once
 * for each place.
 */

import { BoundedMap } from '../core/bounded-map.ts'
import { estimateSize } from '../inspect/estimate-size.ts'
import type { Report } from '../report/report.ts'
import type { Capturer } from './capture/capturer.ts'
import type { FrameScope } from './capture/frame-scopes.ts'
import { scopeNames } from './console/scope-names.ts'
import { lookUpAll } from './frame-values.ts'

/** What is weighed. */
export interface Weighed {
  readonly report: Report
  readonly scopes: readonly FrameScope[]
  /** Values that live whether or not the error is kept, such as the connection. */
  readonly shared: readonly unknown[]
}

/** Gives bytes, estimated, and lets go of the variables that were taken over: nobody reads them after it. Never rejects. */
export type Weigh = (error: Weighed) => Promise<number>

/** Frames whose locals are looked at; those further out mostly hold the same. */
const MAX_FRAMES = 8
/** Names looked up in one frame. */
const MAX_NAMES = 50
/** Characters of a script worth parsing for this; that of 250,000 takes about 20 ms, once. */
const MAX_SCRIPT = 250_000
/** Milliseconds for the look-ups of one error. */
const LOOK_UP_MS = 20

export function makeWeigh(capturer: Pick<Capturer, 'sourceOf' | 'runLimited'>): Weigh {
  const known = new BoundedMap<string, Promise<readonly string[]>>({ maxEntries: 500 })

  function namesAt({ file, line, column }: FrameScope['position']): Promise<readonly string[]> {
    const key = `${file}:${line}:${column}`
    let names = known.get(key)
    if (names === undefined) {
      const source = capturer.sourceOf(file) ?? ''
      const isWorthIt = source !== '' && source.length <= MAX_SCRIPT
      names = (isWorthIt ? scopeNames(source, { line, column }) : Promise.resolve(undefined))
        .then((scope) => scope?.locals.slice(0, MAX_NAMES) ?? [])
        .catch(() => [])
      known.set(key, names)
    }
    return names
  }

  async function weigh({ report, scopes, shared }: Weighed): Promise<number> {
    const looked = scopes.slice(0, MAX_FRAMES)
    const values: unknown[] = looked.flatMap(({ variables }) => variables?.own() ?? [])
    const unread = looked.filter(({ variables }) => variables === undefined)
    const names = await Promise.all(unread.map((scope) => namesAt(scope.position)))
    const readAll = (): void =>
      unread.forEach(({ evaluate }, index) => {
        const wanted = names[index] ?? []
        values.push(...wanted.map(lookUpAll(evaluate, wanted)).map((found) => found?.value))
      })
    // Limited, so that a name in its dead zone does not pause.
    if (unread.length > 0) capturer.runLimited(readAll, LOOK_UP_MS)
    for (const { variables } of scopes) variables?.release()
    return JSON.stringify(report).length + estimateSize(values, shared)
  }

  return (error) => weigh(error).catch(() => 0)
}
