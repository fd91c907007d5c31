/** V8's default of ten frames hides the callers that one wants to see. */

/** Raises `Error.stackTraceLimit` to `limit` where the application has a lower one; `false` leaves it. */
export function raiseStackTraceLimit(limit: number | false): void {
  const isWritable = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')?.writable === true
  if (limit !== false && isWritable && Error.stackTraceLimit < limit) Error.stackTraceLimit = limit
}
