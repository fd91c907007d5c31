/** Puts the lists of errors of several processes together, as if one had kept them all. */

import type { ErrorSummary } from '../protocol.ts'

/** The newest first; how often a bug was seen is added up over the processes. */
export function mergeLists(lists: readonly (readonly ErrorSummary[])[]): readonly ErrorSummary[] {
  const seen = new Map<string, { count: number; first: number; last: number }>()
  for (const list of lists) {
    for (const { fingerprint, count, first, last } of oneEach(list)) {
      const known = seen.get(fingerprint) ?? { count: 0, first, last }
      seen.set(fingerprint, {
        count: known.count + count,
        first: Math.min(known.first, first),
        last: Math.max(known.last, last),
      })
    }
  }
  return lists
    .flat()
    .map((one) => ({ ...one, ...seen.get(one.fingerprint) }))
    .sort((a, b) => b.at - a.at)
}

/** Whose errors a list does not have, as a sentence. */
export const silentWorkers = (count: number): string =>
  count === 1
    ? 'One worker does not answer; its errors are missing here.'
    : `${count} workers do not answer; their errors are missing here.`

/** Within a process every error of a bug tells the same count. */
function oneEach(list: readonly ErrorSummary[]): readonly ErrorSummary[] {
  return [...new Map(list.map((one) => [one.fingerprint, one])).values()]
}
