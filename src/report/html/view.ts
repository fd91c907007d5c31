/** What every part of the page is drawn from: the report, the options, and which error stands first. */

import type { PathMap } from '../editors.ts'
import { mainFrameIndex } from '../frame-groups.ts'
import type { Report, ReportedError } from '../report.ts'
import type { MessageMarkup } from './message.ts'

/** How the page is drawn. */
export interface HtmlOptions {
  /** Put on every `<style>` and `<script>`. */
  readonly nonce?: string
  /** Frames with a live console, as `errorIndex.frameIndex`. */
  readonly live?: ReadonlySet<string>
  /** Frames whose console could be opened by replaying the request. */
  readonly pending?: ReadonlySet<string>
  /** Frames that have no console because there was no time to keep them. */
  readonly late?: ReadonlySet<string>
  /** Data for the script, put into `<script type="application/json" id="rocksolid-data">`. */
  readonly bootstrap?: unknown
  /** A script for the end of the page. */
  readonly script?: string
  /** A style sheet after the page's own. */
  readonly style?: string
  /** Addresses of a script and a style sheet in files of their own, in place of the texts above. */
  readonly scriptUrl?: string
  readonly styleUrl?: string
  /** A content security policy for a page that is kept as a file. */
  readonly policy?: string
  /** Where the other errors of the server are. */
  readonly history?: PageHistory
  /** A note above everything, plain text. */
  readonly banner?: string
  /** Template of an editor (see `editorTemplate`): places become links that open it. */
  readonly editor?: string
  /** Paths where the code runs to paths where the editor does. */
  readonly paths?: PathMap
}

/** The errors around this one, as addresses. */
export interface PageHistory {
  readonly older: string | undefined
  readonly newer: string | undefined
  /** The list of all, and how many there are. */
  readonly all: string
  readonly count: number
  /** This page as one file. */
  readonly saved: string
  /** How often the bug was seen, as a sentence; only for one that was seen before. */
  readonly seen?: string
  /** Whose errors are not among them, as a sentence. */
  readonly missing?: string
}

/** One drawing of the page. */
export interface View {
  readonly report: Report
  readonly options: HtmlOptions
  /** Index of the error shown first and open: the deepest one that has a frame of the application. */
  readonly primary: number
  /** Draws messages. */
  readonly message: MessageMarkup
  /** Indices of the errors in the order shown: from the root cause of the primary one outwards, then all others. */
  readonly order: readonly number[]
  /** How many of `order` lead from the root cause to the reported error. */
  readonly wayOut: number
  /** Frames whose code is drawn, as `errorIndex.frameIndex`: a page of fifty errors stays small. */
  readonly withCode: ReadonlySet<string>
}

/** The view of a report. */
export function viewOf(report: Report, options: HtmlOptions, message: MessageMarkup): View {
  const primary = primaryIndex(report)
  const wayOut: number[] = []
  for (
    let at: number | undefined = deepestCause(report, primary);
    at !== undefined && !wayOut.includes(at);
  ) {
    wayOut.push(at)
    at = report.errors[at]?.parent
  }
  const others = report.errors.map((_error, index) => index).filter((index) => !wayOut.includes(index))
  const view = { report, options, primary, message, order: [...wayOut, ...others], wayOut: wayOut.length }
  return { ...view, withCode: framesWithCode(view) }
}

/** Most errors that are drawn; the others are counted. */
export const MAX_SHOWN = 16
/** Most frames whose code is drawn. */
const MAX_CODE = 30

/** The errors drawn: the first of the order, and the reported one always. */
export function shownErrors({ order, wayOut }: Pick<View, 'order' | 'wayOut'>): readonly number[] {
  const shown = order.slice(0, MAX_SHOWN)
  const reported = order[wayOut - 1]
  return reported === undefined || shown.includes(reported) ? shown : [...shown.slice(0, -1), reported]
}

/** Live frames, then the main frame of each error, then the others in the order shown. */
function framesWithCode(view: Omit<View, 'withCode'>): ReadonlySet<string> {
  const keys = new Set<string>(view.options.live)
  const shown = shownErrors(view)
  const add = (error: number, frame: number): void => {
    if (frame >= 0 && keys.size < MAX_CODE) keys.add(`${error}.${frame}`)
  }
  const frames = (error: number) => view.report.errors[error]?.frames ?? []
  for (const [index] of frames(view.primary).entries()) add(view.primary, index)
  for (const error of shown) add(error, mainFrameIndex(frames(error)))
  for (const error of shown) for (const [index] of frames(error).entries()) add(error, index)
  return keys
}

/** The last of the causes below an error; the error itself when it has none. */
function deepestCause(report: Report, from: number): number {
  const next = causeOf(report.errors, from)
  return next === undefined ? from : deepestCause(report, next)
}

function causeOf(errors: Report['errors'], parent: number): number | undefined {
  const next = errors.findIndex(
    (error, index) => index > parent && error.parent === parent && error.relation === 'cause',
  )
  return next < 0 ? undefined : next
}

/**
 * Follows causes from the reported error. A cause without a frame of the application (a refused connection) is the
 * root cause still when its message says more, but the error around it has the line to look at. An aggregate that
 * leads to no line itself, as that of `Promise.any`, has one in its members.
 */
function primaryIndex({ errors }: Report): number {
  const own = deepestOwn(errors, 0)
  if (own !== undefined) return own
  const first = errors.findIndex(hasOwnFrame)
  return deepestOwn(errors, first) ?? 0
}

/** On the way of causes from an error, the last that has a frame of the application. */
function deepestOwn(errors: Report['errors'], from: number): number | undefined {
  let best: number | undefined
  for (let at: number | undefined = from; at !== undefined; at = causeOf(errors, at)) {
    if (hasOwnFrame(errors[at])) best = at
  }
  return best
}

function hasOwnFrame(error: ReportedError | undefined): boolean {
  if (error === undefined) return false
  const main = error.frames[mainFrameIndex(error.frames)]
  return main?.kind === 'app'
}
