/** What goes to the application about an error, and the plainest text of one. */

import type { DebuggerOptions, ReportDetails } from './options.ts'

/** Calls the application's `report`. What it throws is ignored, as documented: the answer must not depend on it. */
export function tell(report: DebuggerOptions['report'], error: unknown, details: ReportDetails): void {
  try {
    report?.(error, details)
  } catch {
    // Documented at the option.
  }
}

/** The stack, or what a value that is no error is called. Never throws. */
export function plainText(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack ?? error.message) : String(error)
  } catch {
    return 'an error that cannot be shown'
  }
}
