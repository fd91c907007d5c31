/** Says which copy of this package works where a process has loaded two versions of it, and which does nothing. */

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { asOwnOutput } from '../core/own-output.ts'
import { distFolder } from './dist-folder.ts'

/** @param folder the built files of the copy that works; copies of one version are no news */
export function tellOfTwoVersions(folder: string | undefined): void {
  const here = distFolder()
  if (folder === undefined || folder === here) return
  const [working, idle] = [folder, here].map(versionIn)
  if (working === idle) return
  asOwnOutput(() =>
    process.stderr.write(
      `rocksolid/register ${working} (${dirname(folder)}) was loaded before version ${idle} (${dirname(here)}), which does nothing.\n`,
    ),
  )
}

function versionIn(folder: string): string {
  try {
    return String(JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8')).version)
  } catch {
    return 'of an unknown version'
  }
}
