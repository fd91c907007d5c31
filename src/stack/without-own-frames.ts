/** Takes this package's own frames out of a stack that is shown as text: a wrapper is not where anybody's error is. */

import { OWN_FOLDER } from './own-files.ts'

/**
 * The stack without frames of this package and, where there were any, without the runtime's frames below the last one
 * of the application: those only led to the wrapper. A stack of nothing else stays as it is.
 */
export function withoutOwnFrames(stack: string): string {
  const own = OWN_FOLDER
  if (own === undefined || !stack.includes(own)) return stack
  const lines = stack.split('\n')
  const kept = lines.filter((line) => !(isFrame(line) && line.includes(own)))
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
