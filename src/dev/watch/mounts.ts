/** Tells file systems on which changes made elsewhere send no events: network mounts and shared folders of machines. */

import { readFileSync } from 'node:fs'

const WITHOUT_EVENTS =
  /^(?:9p|nfs\d?|cifs|smb\d?|smbfs|vboxsf|prl_fs|drvfs|fuse\.(?!overlay).*|virtiofs|fakeowner|osxfs|grpcfuse|afs|ncpfs)$/

/** The type of the file system `folder` lies on when it is such a one. Linux only; elsewhere events are tried first. */
export function mountWithoutEvents(folder: string, table = readMounts()): string | undefined {
  let best: readonly [point: string, type: string] = ['', '']
  for (const line of table.split('\n')) {
    // proc(5): fields, a lone dash, then the type. Blanks in paths are written as \040.
    const [before = '', after = ''] = line.split(' - ', 2)
    const point = (before.split(' ')[4] ?? '').replace(/\\040/g, ' ')
    const holds = point === '/' || folder === point || folder.startsWith(`${point}/`)
    if (point !== '' && holds && point.length >= best[0].length) best = [point, after.split(' ')[0] ?? '']
  }
  return WITHOUT_EVENTS.test(best[1]) ? best[1] : undefined
}

function readMounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}
