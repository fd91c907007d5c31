/** The shape of one stack frame, as everything above reads it. */

/** Whose code a frame runs: the application, a package under node_modules, the runtime, or this package. */
export type FrameKind = 'app' | 'dependency' | 'runtime' | 'rocksolid'

/** One frame of an error's stack. Positions count from 1 and are those of the original source where it is known. */
export interface Frame {
  /** Absolute path, `node:…` for the runtime, or undefined for frames without a file (`Array.map`). */
  readonly file: string | undefined
  readonly line: number | undefined
  readonly column: number | undefined
  /** As V8 prints it without `async` and `new`: `User.save`, `Object.<anonymous>`; undefined for anonymous code. */
  readonly functionName: string | undefined
  /** A caller that waits at an `await`: not on the stack when the error was made. */
  readonly isAsync: boolean
  readonly isConstructor: boolean
  readonly kind: FrameKind
  /** The package of a `dependency` frame. */
  readonly package: { readonly name: string; readonly version: string | undefined } | undefined
  /** The position in the compiled file, when a source map moved the frame to its original. */
  readonly compiled: { readonly file: string; readonly line: number; readonly column: number } | undefined
  /** The line of `error.stack` as it was, trimmed and capped. */
  readonly raw: string
}
