/** Folds what a reader skips: runs of frames of a dependency or the runtime, and the repeats of a recursion. */

import type { Frame } from '../stack/frame.ts'
import type { ReportFrame } from './report.ts'

/** One entry of a folded stack. */
export type FrameItem =
  | { readonly type: 'frame'; readonly frame: ReportFrame; readonly index: number }
  | {
      readonly type: 'group'
      /** `3 frames of express 5.1.0 and the runtime`. */
      readonly label: string
      readonly frames: readonly { readonly frame: ReportFrame; readonly index: number }[]
    }
  | {
      readonly type: 'repeat'
      /** `repeated 9 more times`. */
      readonly label: string
      readonly frames: readonly { readonly frame: ReportFrame; readonly index: number }[]
    }

/** Longest cycle of calls that is told as a repeat. */
const MAX_PERIOD = 8

/** The stack as items, in order; every frame is in exactly one of them. */
export function frameItems(frames: readonly ReportFrame[]): readonly FrameItem[] {
  const items: FrameItem[] = []
  let index = 0
  while (index < frames.length) {
    const frame = frames[index] as ReportFrame
    if (frame.kind === 'app') {
      const repeat = repeatBefore(frames, index)
      if (repeat !== undefined) {
        items.push(repeat.item)
        index = repeat.next
        continue
      }
      items.push({ type: 'frame', frame, index })
      index++
      continue
    }
    const start = index
    while (index < frames.length && frames[index]?.kind !== 'app') index++
    items.push(groupOf(frames, start, index))
  }
  return items
}

/** When the frames at `index` repeat those right before them, all of their repeats as one item. */
function repeatBefore(
  frames: readonly ReportFrame[],
  index: number,
): { item: FrameItem; next: number } | undefined {
  for (let period = 1; period <= Math.min(MAX_PERIOD, index); period++) {
    let next = index
    while (next < frames.length && isSame(frames[next], frames[next - period])) next++
    const times = Math.floor((next - index) / period)
    if (times < 2) continue
    const end = index + times * period
    const calls = period === 1 ? 'this call' : `these ${period} calls`
    const label = `${calls} repeated ${times} more times`
    return { item: { type: 'repeat', label, frames: slice(frames, index, end) }, next: end }
  }
  return undefined
}

const isSame = (a: ReportFrame | undefined, b: ReportFrame | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.file === b.file &&
  a.line === b.line &&
  a.column === b.column &&
  // What has no file, as `Array.map`, is told by its name.
  (a.file !== undefined || a.raw === b.raw)

/** All that lies between two frames of the application, as one entry. */
function groupOf(frames: readonly ReportFrame[], start: number, end: number): FrameItem {
  const members = slice(frames, start, end)
  const count = members.length === 1 ? '1 frame' : `${members.length} frames`
  const owners = [...new Set(members.map(({ frame }) => ownerOf(frame)))]
  const [only] = members
  // A lone `Array.map` says more than that there is one.
  const name =
    members.length === 1 && only?.frame.functionName !== undefined ? `: ${only.frame.functionName}` : ''
  return { type: 'group', label: `${count} of ${listed(owners)}${name}`, frames: members }
}

/** Most owners of frames that a group names. */
const MAX_OWNERS = 3

/** `router 2.3.0, express 5.3.0 and the runtime` */
function listed(owners: readonly string[]): string {
  const named = owners.slice(0, owners.length > MAX_OWNERS ? MAX_OWNERS - 1 : MAX_OWNERS)
  const last = owners.length > named.length ? `${owners.length - named.length} others` : named.pop()
  return named.length === 0 ? `${last}` : `${named.join(', ')} and ${last}`
}

const slice = (
  frames: readonly ReportFrame[],
  start: number,
  end: number,
): { frame: ReportFrame; index: number }[] =>
  frames.slice(start, end).map((frame, offset) => ({ frame, index: start + offset }))

/** `express 5.1.0`, `the runtime`. */
export function ownerOf(frame: ReportFrame): string {
  if (frame.kind !== 'dependency' || frame.package === undefined) return 'the runtime'
  const { name, version } = frame.package
  return version === undefined ? name : `${name} ${version}`
}

/** The frame to show first: the innermost of the application, else of a dependency, else the first. */
export function mainFrameIndex(frames: readonly ReportFrame[]): number {
  const own = frames.findIndex((frame) => frame.kind === 'app' && frame.source !== undefined)
  if (own >= 0) return own
  const app = frames.findIndex((frame) => frame.kind === 'app')
  if (app >= 0) return app
  const dependency = frames.findIndex((frame) => frame.kind === 'dependency')
  return dependency >= 0 ? dependency : frames.length > 0 ? 0 : -1
}

/** A path as shown: relative to the working directory when inside it; `~` never, since it is not clickable. */
export function shownPath(file: string | undefined, cwd: string): string {
  if (file === undefined) return '<anonymous>'
  const separator = /^[A-Za-z]:\\/.test(cwd) ? '\\' : '/'
  const root = cwd.endsWith(separator) ? cwd : `${cwd}${separator}`
  return file.startsWith(root) ? file.slice(root.length) : file
}

/** `src/app.ts:12:4`, as terminals and editors open it. */
export function shownPlace(frame: Frame, cwd: string): string {
  if (frame.file === undefined) return frame.line === undefined ? '<anonymous>' : frame.raw
  const line = frame.line === undefined ? '' : `:${frame.line}`
  const column = frame.column === undefined || frame.line === undefined ? '' : `:${frame.column}`
  return `${shownPath(frame.file, cwd)}${line}${column}`
}

/** `async new User.save`, or `<anonymous>`. */
export function shownFunction(frame: Frame): string {
  const name = frame.functionName ?? '<anonymous>'
  return `${frame.isAsync ? 'async ' : ''}${frame.isConstructor ? 'new ' : ''}${name}`
}
