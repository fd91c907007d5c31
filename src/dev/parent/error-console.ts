/** The key `e`: a console in a frame of the last error, in this terminal, as `rocksolid console` opens it. */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { distFolder } from '../dist-folder.ts'

/**
 * Runs the console of the server `pid`, or of the newest of this folder; `over` is called once when it has ended.
 * @returns ends it at once
 */
export function openErrorConsole(pid: number | undefined, cwd: string, over: () => void): () => void {
  const which = pid === undefined ? [] : ['--pid', String(pid)]
  const child = spawn(process.execPath, [join(distFolder(), 'cli.js'), 'console', ...which], {
    cwd,
    stdio: 'inherit',
  })
  let isOver = false
  const end = (): void => {
    if (!isOver) over()
    isOver = true
  }
  child.once('exit', end)
  child.once('error', end)
  return () => void child.kill('SIGTERM')
}
