/** What this package uses of stack-trace, which ships no types. */
declare module 'stack-trace' {
  /** A frame; null where the stack does not tell. */
  export interface StackTraceFrame {
    readonly fileName: string | null
    readonly lineNumber: number | null
    readonly columnNumber: number | null
    readonly functionName: string | null
  }
  /** Reads `error.stack`. Throws when that is no string. */
  export function parse(error: { readonly stack: string }): StackTraceFrame[]
  /** The call sites of now, nearest first, without those above and including `below`. */
  export function get(below?: (...args: never[]) => unknown): NodeJS.CallSite[]
}
