/** How far a new line of the console's input begins. */

const QUOTED = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\/.*/g

/** The blanks of a line after `before`: those of the line it follows, and two more where that leaves a bracket open. */
export function indentAfter(before: string): string {
  const line = before.slice(before.lastIndexOf('\n') + 1)
  const own = /^[ \t]*/.exec(line)?.[0] ?? ''
  let open = 0
  for (const character of line.replace(QUOTED, '')) {
    if ('([{'.includes(character)) open++
    else if (')]}'.includes(character) && open > 0) open--
  }
  return open > 0 ? `${own}  ` : own
}
