/** The routes about one kept error beside its consoles: its report, its frames, letting go of it. */

import { type Answer, jsonAnswer } from '../http/respond.ts'
import { shownFunction } from '../report/frame-groups.ts'
import { EXPIRED, incomplete } from './answers.ts'
import type { Actions, FrameSummary } from './protocol.ts'
import type { RouteCall } from './routes.ts'
import type { Traceback, Tracebacks } from './tracebacks.ts'

/** The whole report, as a problem document with what only this process knows beside it. */
export async function report(tracebacks: Tracebacks, { body }: RouteCall): Promise<Answer> {
  const traceback = tracebackOf(tracebacks, body)
  if (traceback === undefined) return jsonAnswer(410, EXPIRED)
  const { reportToProblem } = await import('./displays.ts')
  const { live, pending, seen } = traceback
  return jsonAnswer(200, {
    ...reportToProblem(traceback.report, 500),
    seen: seen(),
    live: [...live],
    pending: [...pending],
  } satisfies Actions['report']['answer'])
}

/** The frames of all errors of the chain, with the keys that the other actions take. */
export function frames(tracebacks: Tracebacks, { body }: RouteCall): Answer {
  const traceback = tracebackOf(tracebacks, body)
  if (traceback === undefined) return jsonAnswer(410, EXPIRED)
  return jsonAnswer(200, { frames: frameSummaries(traceback) } satisfies Actions['frames']['answer'])
}

/** Lets go of an error and of all that its frames hold. */
export function release(tracebacks: Tracebacks, { body }: RouteCall): Answer {
  if (typeof body.error !== 'string') return incomplete('{"error": id}')
  return tracebacks.release(body.error)
    ? jsonAnswer(200, { released: true } satisfies Actions['release']['answer'])
    : jsonAnswer(410, EXPIRED)
}

/** The report as text to hand over; what can be copied stands on the page already. */
export async function copy(tracebacks: Tracebacks, { body }: RouteCall): Promise<Answer> {
  const { COPY_FORMS, handOver } = await import('./displays.ts')
  const form = COPY_FORMS.find((one) => one === body.form)
  if (form === undefined) return incomplete(`{"error": id, "form": one of ${COPY_FORMS.join(', ')}}`)
  const traceback = tracebackOf(tracebacks, body)
  if (traceback === undefined) return jsonAnswer(410, EXPIRED)
  return jsonAnswer(200, { text: handOver(traceback.report, form) ?? '' } satisfies Actions['copy']['answer'])
}

/** The error a request is about. */
export function tracebackOf(tracebacks: Tracebacks, body: RouteCall['body']): Traceback | undefined {
  return typeof body.error === 'string' ? tracebacks.get(body.error) : undefined
}

function frameSummaries({ report: { errors }, live, pending }: Traceback): readonly FrameSummary[] {
  return errors.flatMap((error, errorIndex) =>
    error.frames.map((one, frameIndex): FrameSummary => {
      const frame = `${errorIndex}.${frameIndex}`
      return {
        frame,
        error: error.name,
        relation: error.relation,
        function: shownFunction(one),
        ...(one.file === undefined ? {} : { file: one.file }),
        ...(one.line === undefined ? {} : { line: one.line }),
        ...(one.column === undefined ? {} : { column: one.column }),
        kind: one.kind,
        state: live.has(frame) ? 'live' : pending.has(frame) ? 'after-replay' : 'none',
      }
    }),
  )
}
