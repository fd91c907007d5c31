/** The way from the page of one error to those around it, and how often its bug was seen. */

import { strftime } from '../../core/time.ts'
import type { PageHistory } from '../../report/html/view.ts'
import { PREFIX } from '../protocol.ts'
import type { Traceback, Tracebacks } from '../tracebacks.ts'

/** Links for the page of a kept error. */
export function historyLinks(tracebacks: Tracebacks, { report, seen }: Traceback): PageHistory {
  const ids = tracebacks.list().map(({ id }) => id)
  const at = ids.indexOf(report.id)
  const linkTo = (id: string | undefined): string | undefined =>
    id === undefined ? undefined : `${PREFIX}/errors/${id}`
  const { count, first } = seen()
  const since = strftime(first, '%H:%M:%S')
  return {
    older: at < 0 ? undefined : linkTo(ids[at + 1]),
    newer: at < 0 ? undefined : linkTo(ids[at - 1]),
    all: `${PREFIX}/`,
    count: ids.length,
    saved: `${PREFIX}/saved/${report.id}`,
    ...(count > 1 ? { seen: `Seen ${count} times since ${since}` } : {}),
  }
}
