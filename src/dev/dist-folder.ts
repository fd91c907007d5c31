/** Where the built package lies: processes that are started load parts of it by path. */

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the built files. This module is bundled into one of them, in ESM and in CommonJS. */
export function distFolder(): string {
  return dirname(typeof __filename === 'string' ? __filename : fileURLToPath(import.meta.url))
}
