/** Tells this package's own running code from everybody else's, by the folder it lies in. */

import { sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where this package's code lies, as a stack spells it; undefined when no stack tells. */
export const OWN_FOLDER = ownFolder(new Error().stack)

const OWN_PATH = OWN_FOLDER?.startsWith('file:') ? fileURLToPath(OWN_FOLDER) : OWN_FOLDER

/** Whose code a running file is, by its path alone; code without a file is the application's. */
export type FileOwner = 'app' | 'library' | 'runtime' | 'own'

/** See {@link FileOwner}. */
export function ownerOf(file: string): FileOwner {
  if (file.startsWith('node:')) return 'runtime'
  if (OWN_PATH !== undefined && file.startsWith(OWN_PATH)) return 'own'
  if (OWN_FOLDER !== undefined && file.startsWith(OWN_FOLDER)) return 'own'
  return file.includes(`${sep}node_modules${sep}`) || file.includes('/node_modules/') ? 'library' : 'app'
}

/** The build lies flat in one folder; the sources in rooms of it. */
function ownFolder(stack: string | undefined): string | undefined {
  const [, place] = /\n\s+at (?:.*\()?(.+?):\d+:\d+\)?(?:\n|$)/.exec(stack ?? '') ?? []
  const end = place === undefined ? -1 : Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\'))
  if (place === undefined || end < 0) return undefined
  return place.slice(0, end + 1).replace(/([\\/]src[\\/])stack[\\/]$/, (_whole, root: string) => root)
}
