/** The way from the page of one error to those around it in all workers, and how often its bug was seen. */

import { strftime } from '../../core/time.ts'
import type { PageHistory } from '../../report/html/view.ts'
import { silentWorkers } from '../processes/merge-lists.ts'
import type { Presence } from '../processes/presence.ts'
import { PREFIX } from '../protocol.ts'
import type { Traceback, Tracebacks } from '../tracebacks.ts'

/** Milliseconds that a page waits for the errors of other workers; one that hangs is then told of as silent. */
const TIMEOUT_MS = 500

/** Links for the page of a kept error. Never rejects. */
export async function historyLinks(
  tracebacks: Tracebacks,
  presence: Pick<Presence, 'errors'>,
  { report, seen }: Traceback,
  base: string,
): Promise<PageHistory> {
  const { errors, silent } = await presence.errors(tracebacks.list(), TIMEOUT_MS)
  const at = errors.findIndex(({ id }) => id === report.id)
  const linkTo = (id: string | undefined): string | undefined =>
    id === undefined ? undefined : `${base}${PREFIX}/errors/${id}`
  const { count, first } = errors[at] ?? seen()
  const since = strftime(first, '%H:%M:%S')
  return {
    older: at < 0 ? undefined : linkTo(errors[at + 1]?.id),
    newer: at < 0 ? undefined : linkTo(errors[at - 1]?.id),
    all: `${base}${PREFIX}/`,
    count: errors.length,
    saved: `${base}${PREFIX}/saved/${report.id}`,
    ...(count > 1 ? { seen: `Seen ${count} times since ${since}` } : {}),
    ...(silent > 0 ? { missing: silentWorkers(silent) } : {}),
  }
}
