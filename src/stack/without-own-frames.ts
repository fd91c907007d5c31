/** Takes this package's own frames out of a stack that is shown as text: a wrapper is not where anybody's error is. */

/** Where this package's code lies, as a stack spells it; undefined when no stack tells. */
const OWN_FOLDER = ownFolder(new Error().stack)

/**
 * The stack without frames of this package and, where there were any, without the runtime's frames below the last one
 * of the application: those only led to the wrapper. A stack of nothing else stays as it is.
 */
export function withoutOwnFrames(stack: string): string {
  if (OWN_FOLDER === undefined || !stack.includes(OWN_FOLDER)) return stack
  const lines = stack.split('\n')
  const kept = lines.filter((line) => !(isFrame(line) && line.includes(OWN_FOLDER)))
  let end = kept.length
  while (end > 0 && isRuntimeFrame(kept[end - 1])) end--
  const shown = kept.slice(0, end)
  return shown.some(isFrame) ? shown.join('\n') : stack
}

function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}

function isRuntimeFrame(line: string | undefined): boolean {
  return line !== undefined && isFrame(line) && /[( ]node:[\w/]+(?::\d+)*\)?$/.test(line)
}

/** The build lies flat in one folder; the sources in rooms of it. */
function ownFolder(stack: string | undefined): string | undefined {
  const [, place] = /\n\s+at (?:.*\()?(.+?):\d+:\d+\)?(?:\n|$)/.exec(stack ?? '') ?? []
  const end = place === undefined ? -1 : Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\'))
  if (place === undefined || end < 0) return undefined
  return place.slice(0, end + 1).replace(/([\\/]src[\\/])stack[\\/]$/, (_whole, root: string) => root)
}
