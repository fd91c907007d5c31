/** The PIN that an earlier process of the same runner has printed: nobody needs it again after each save. */

import { shared } from '../core/shared.ts'

/** `pin` is empty where nothing was printed. */
export const toldPin = (): { pin: string } => shared('debugger-told-pin', () => ({ pin: '' }))
