/** From the line and column of a frame to the place in its source text. */

/** The index in `source` of a line and column, both from 1; undefined when it has no such line. */
export function offsetOf(
  source: string,
  { line, column }: { readonly line: number; readonly column: number },
): number | undefined {
  let start = 0
  for (let at = 1; at < line; at++) {
    const end = source.indexOf('\n', start)
    if (end < 0) return undefined
    start = end + 1
  }
  return start + column - 1
}
