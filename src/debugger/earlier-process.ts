/**
 * What this process has from the runner that has started it: the key of the link that unlocks, which stays valid over
 * restarts as the PIN does, and what earlier processes have printed. Nobody needs it again after each save.
 */

import { shared } from '../core/shared.ts'

export interface EarlierProcess {
  /** The PIN that was printed; '' where none was. */
  pin: string
  /** For the link; '' where nobody gives one, and each process makes its own. */
  key: string
  /** The ports whose link was printed with that key. */
  ports: readonly number[]
}

export const earlierProcess = (): EarlierProcess =>
  shared('debugger-earlier-process', () => ({ pin: '', key: '', ports: [] }))
