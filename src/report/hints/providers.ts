/** All providers of hints of this package, those that say most about a case first. */

import { DATA_HINTS } from './data-hints.ts'
import { DATABASE_HINTS } from './database-hints.ts'
import type { HintProvider } from './hint-provider.ts'
import { MODULE_HINTS } from './module-hints.ts'
import { NAME_HINTS } from './name-hints.ts'
import { REQUEST_HINTS } from './request-hints.ts'
import { SYSTEM_HINTS } from './system-hints.ts'

export const PROVIDERS: readonly HintProvider[] = [
  ...DATA_HINTS,
  ...REQUEST_HINTS,
  ...NAME_HINTS,
  ...MODULE_HINTS,
  ...SYSTEM_HINTS,
  ...DATABASE_HINTS,
]
