/** How a path is shown to a person: short below the folder they work in, whole elsewhere, for `../` tells nobody where. */

import { isAbsolute, relative } from 'node:path'

/** The path relative to `folder` when it lies inside it, and as it came otherwise. */
export const shortPath = (path: string, folder: string): string => pathInside(path, folder) ?? path

/** The path relative to `folder`; undefined when it does not lie inside it. Goes by the text alone: links are not followed. */
export function pathInside(path: string, folder: string): string | undefined {
  const inside = relative(folder, path)
  return inside === '' || /^\.\.(?:[\\/]|$)/.test(inside) || isAbsolute(inside) ? undefined : inside
}
