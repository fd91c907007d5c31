/** What whoever reports an error to the debugger knows beside it. */

export interface FailureDetails {
  /** The status to answer with. Default: what the error asks for, else 500. */
  readonly status?: number
  /** A sentence for the page and the terminal, such as how sure it is that this error is the one. */
  readonly note?: string | undefined
  /** The mount of the handler that failed; see mount. Default: that of the request now. */
  readonly mount?: string
}
