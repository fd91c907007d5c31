import { isAbsolute, relative } from 'node:path'

// How a path is shown to a person: short where it lies below the folder they work in, whole elsewhere,
// because a row of `../` tells nobody where a file is.

/** The path relative to `folder` when it lies inside it, and as it came otherwise. */
export function shortPath(path: string, folder: string): string {
  const inside = relative(folder, path)
  return inside === '' || /^\.\.(?:[\\/]|$)/.test(inside) || isAbsolute(inside) ? path : inside
}
