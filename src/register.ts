/** `rocksolid/register`, for `--import` and `--require`: works by being loaded; see src/dev/register.ts. */

import { register } from './dev/register.ts'

export type { RegisterConfig } from './dev/config.ts'
export { register }

register()
