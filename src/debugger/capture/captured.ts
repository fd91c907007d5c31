/** What is kept of the stack at the moment of a throw. Ordinary objects: the garbage collector releases them. */
import type { InContext } from '../../core/async-context.ts'

import type { FrameVariables } from './frame-variables.ts'

/**
 * Evaluates `box.code` in the scope of a frame. The code sees the box under the name `$rs`, so that it can hand
 * things back (see console/frame-console).
 */
export type Evaluate = (box: EvaluationBox) => unknown

/** What goes into an evaluation. */
export interface EvaluationBox {
  readonly code: string
  readonly [helper: string]: unknown
}

/** One frame that was on the stack. */
export interface CapturedFrame {
  /** As V8 names the function; empty for anonymous code. */
  readonly functionName: string
  /** Path or URL of the script, empty where the runtime does not know it. */
  readonly file: string
  /** Position in the script as it runs (compiled), from 1. */
  readonly line: number
  readonly column: number
  /** Undefined for frames that were not captured because of a limit, or belong to the runtime. */
  readonly evaluate: Evaluate | undefined
  /** Whether there was no time left to capture it. */
  readonly isLate: boolean
  /** What its variables held, of the nearest application frames, until the error was reported. */
  readonly variables: FrameVariables | undefined
}

/** The stack of one throw, nearest frame first, with the asynchronous context it ran in. */
export interface Capture {
  readonly frames: readonly CapturedFrame[]
  /** Frames that waited at an `await` when it happened, by {@link awaitKey} of their position; see await-breakpoints. */
  readonly awaits: ReadonlyMap<string, Evaluate>
  /** The stack at each armed place where an error was made on the way to the throw, by {@link madeKey}. */
  readonly made: MadeStacks
  /** The place of the throw; see chatty-sites. */
  readonly site: string
  /** The way to the throw; see handled-paths. */
  readonly path: string
  /** Where the same object was thrown again, in order; {@link MAX_RETHROWS} at most. */
  readonly rethrows: RethrowPlace[]
  /** Runs a function in the asynchronous context of the throw, so that `AsyncLocalStorage` answers as it did there. */
  readonly inContext: InContext
}

/** Later throws of one object that are remembered; a retry loop may throw it for ever. */
export const MAX_RETHROWS = 10

/** A later throw; the name is empty for anonymous code. */
export interface RethrowPlace extends CodePosition {
  readonly functionName: string
}

/** Stacks by {@link madeKey}. */
export type MadeStacks = ReadonlyMap<string, readonly CapturedFrame[]>

/** A position of running (compiled) code. Line and column count from 1. */
export interface CodePosition {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Names the position of an `await`. */
export function awaitKey({ file, line, column }: CodePosition): string {
  return `${file}:${line}:${column}`
}

/** A position to be armed: an `await`, or the place where an error is made that is thrown or passed on elsewhere. */
export interface ArmedPosition extends CodePosition {
  readonly made?: boolean
}

const MADE = 'made '

/** Names the place where an error is made. */
export function madeKey(position: CodePosition): string {
  return MADE + awaitKey(position)
}

export function isMadeKey(key: string): boolean {
  return key.startsWith(MADE)
}
