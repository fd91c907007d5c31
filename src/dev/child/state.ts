/** What the library's functions find when they run in a process that is watched; see reload.ts. */

import { shared } from '../../core/shared.ts'
import type { ChildStart } from '../messages.ts'
import type { EndHook } from './ending.ts'

interface WatchedChild {
  readonly start: ChildStart
  readonly addHook: (hook: EndHook) => void
  readonly watch: (files: readonly string[]) => void
}

/** `current` is undefined in a process nobody watches. */
export const childState = (): { current: WatchedChild | undefined } =>
  shared('dev-child', () => ({ current: undefined }))

/** Whether a person reads what this process prints, in a terminal. */
export function printsToTerminal(): boolean {
  return process.stdout.isTTY === true || childState().current?.start.isTerminal === true
}
