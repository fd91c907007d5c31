/** Walks from one thrown value to everything it carries: causes, members of aggregates, suppressed errors. */

import { isErrorLike, isReadable, readErrorField, readOwn } from '../core/read.ts'
import type { ReportedError } from './report.ts'

/** One thrown value and how it hangs on its parent. */
export interface Link {
  readonly value: unknown
  readonly relation: ReportedError['relation']
  readonly parent: number | undefined
  readonly member: ReportedError['member']
}

/** Most errors of one report. */
const MAX_ERRORS = 50
/** Most that are counted beyond those. */
const MAX_COUNTED = 5000

/** The chain, depth first, the reported value first. An error met again is not followed again. */
export function errorChain(thrown: unknown): { readonly links: readonly Link[]; readonly more: number } {
  const links: Link[] = []
  const seen = new Set<unknown>()
  const waiting: Link[] = [{ value: thrown, relation: 'reported', parent: undefined, member: undefined }]
  let counted = 0
  while (waiting.length > 0 && counted < MAX_COUNTED) {
    const link = waiting.pop() as Link
    if (isReadable(link.value)) {
      if (seen.has(link.value)) continue
      seen.add(link.value)
    }
    counted++
    const index = links.length
    const isKept = index < MAX_ERRORS
    if (isKept) links.push(link)
    for (const next of carriedBy(link.value).reverse()) {
      waiting.push({ ...next, parent: isKept ? index : undefined })
    }
  }
  return { links, more: counted - links.length + waiting.length }
}

/** What the value carries, in the order shown. */
function carriedBy(value: unknown): Omit<Link, 'parent'>[] {
  if (!isReadable(value)) return []
  const found: Omit<Link, 'parent'>[] = []
  const add = (key: string, relation: Link['relation']): void => {
    const reading = readOwn(value, key)
    if (reading.found === 'value' && reading.value !== undefined) {
      found.push({ value: reading.value, relation, member: undefined })
    }
  }
  if (isErrorLike(value)) add('cause', 'cause')
  if (readErrorField(value, 'name') === 'SuppressedError') {
    add('error', 'cause')
    add('suppressed', 'suppressed')
  }
  return [...found, ...membersOf(value)]
}

const MAX_MEMBERS = 1000

function membersOf(value: object): Omit<Link, 'parent'>[] {
  const errors = readOwn(value, 'errors')
  if (errors.found !== 'value' || !isReadable(errors.value) || !Array.isArray(errors.value)) return []
  const isAggregate = readErrorField(value, 'name') === 'AggregateError'
  const length = Math.min(errors.value.length, MAX_MEMBERS)
  const members: Omit<Link, 'parent'>[] = []
  for (let index = 0; index < length; index++) {
    const member = readOwn(errors.value, String(index))
    if (member.found !== 'value') continue
    // A validation library's `errors` are plain objects: those are properties, not errors.
    if (!isAggregate && !isErrorLike(member.value)) return []
    const position = { number: index + 1, of: errors.value.length }
    members.push({ value: member.value, relation: 'member', member: position })
  }
  return members
}
