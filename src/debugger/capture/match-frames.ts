/**
 * Finds the captured frame behind each frame of an error's stack.
 * The stack was taken when the error was made, the capture when it was thrown; source maps and transpilers change
 * files, names and positions of either. So both lists are aligned as a whole, in order, by likeness.
 */

import type { Frame } from '../../stack/frame.ts'
import type { CapturedFrame } from './captured.ts'

/** What is compared of a captured frame. */
export type Candidate = Pick<CapturedFrame, 'functionName' | 'file' | 'line' | 'column'>

/** A frame, and the name it is compared by. */
interface Shown {
  readonly frame: Frame
  readonly name: string
}

type Named = Omit<Candidate, 'functionName'> & { readonly name: string }

/** For each shown frame the index of its captured frame, or undefined. */
export function matchFrames(
  shown: readonly Frame[],
  candidates: readonly Candidate[],
): readonly (number | undefined)[] {
  // Each is compared with all of the others: what that takes is made ready once.
  const rows = shown.map((frame): Shown => ({ frame, name: simpleName(frame.functionName) }))
  const captured = candidates.map((one): Named => ({ ...place(one), name: simpleName(one.functionName) }))
  // Most stacks are the same at both ends, and no alignment is better than one that pairs what is the same there.
  const head = sameAtStart(rows, captured)
  const tail = sameAtStart(rows.slice(head).reverse(), captured.slice(head).reverse())
  const ends = [rows.length - tail, captured.length - tail] as const
  const middle = aligned(rows.slice(head, ends[0]), captured.slice(head, ends[1]))
  return [
    ...Array.from({ length: head }, (_, index) => index),
    ...middle.map((match) => (match === undefined ? undefined : match + head)),
    ...Array.from({ length: tail }, (_, index) => ends[1] + index),
  ]
}

/** How many of the first are the same in both, as sure as can be. */
function sameAtStart(shown: readonly Shown[], captured: readonly Named[]): number {
  let count = 0
  while (likeness(shown[count], captured[count]) === SURE) count++
  return count
}

/** The alignment with the greatest sum of likenesses. */
function aligned(shown: readonly Shown[], captured: readonly Named[]): (number | undefined)[] {
  const best = bestScores(shown, captured)
  let column = 0
  return shown.map((one, row) => {
    const value = best[row]?.[column] ?? 0
    for (let at = column; at < captured.length; at++) {
      const score = likeness(one, captured[at])
      if (score === 0 || score + (best[row + 1]?.[at + 1] ?? 0) !== value) continue
      column = at + 1
      return at
    }
    return undefined
  })
}

const place = ({ file, line, column }: Candidate): Omit<Named, 'name'> => ({ file, line, column })

/** `table[r][c]`: the best sum of likenesses of `shown` from r on with `captured` from c on. */
function bestScores(shown: readonly Shown[], captured: readonly Named[]): number[][] {
  const table = Array.from({ length: shown.length + 1 }, () => new Array<number>(captured.length + 1).fill(0))
  for (let row = shown.length - 1; row >= 0; row--) {
    for (let column = captured.length - 1; column >= 0; column--) {
      const score = likeness(shown[row], captured[column])
      const paired = score === 0 ? 0 : score + (table[row + 1]?.[column + 1] ?? 0)
      const skipped = Math.max(table[row + 1]?.[column] ?? 0, table[row]?.[column + 1] ?? 0)
      const cells = table[row]
      if (cells !== undefined) cells[column] = Math.max(paired, skipped)
    }
  }
  return table
}

/** The greatest likeness: name, file, line and column are the same. */
const SURE = 7

/** 0 when the two cannot be the same frame; more the surer it is. */
function likeness(shown: Shown | undefined, captured: Named | undefined): number {
  if (shown === undefined || captured === undefined || shown.frame.isAsync) return 0
  const at = shown.frame.compiled ?? shown.frame
  const sameName = shown.name === captured.name
  if (captured.file === '') return likenessInEval(shown.frame, captured, sameName)
  if (at.file !== captured.file) return 0
  if (at.line === captured.line) return (sameName ? 6 : 3) + (at.column === captured.column ? 1 : 0)
  // Anonymous functions of a file are told apart by their lines alone.
  return sameName && captured.name !== '' ? 2 : 0
}

/** Code of an `eval` or of `new Function` has no file, and its outermost frame is called `eval`. */
function likenessInEval(shown: Frame, captured: Named, sameName: boolean): number {
  const isEval = shown.file === undefined && /\beval at\b/.test(shown.raw)
  if (isEval && shown.line === captured.line && shown.column === captured.column) return 5
  return sameName || (isEval && captured.name === '') ? 1 : 0
}

/** `save` of `User.save`, `Object.save [as run]` and `async User.save`; '' for anonymous code. */
function simpleName(name: string | undefined): string {
  const bare = (name ?? '').replace(/ \[as .*$/, '').replace(/^(?:async|new) /, '')
  const last = bare.slice(bare.lastIndexOf('.') + 1)
  return last === '<anonymous>' ? '' : last
}
