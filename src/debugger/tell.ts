/** What goes to the application about an error. */

import type { DebuggerOptions, ReportDetails } from './options.ts'

/** Calls the application's `report`. What it throws is ignored, as documented: the answer must not depend on it. */
export function tell(report: DebuggerOptions['report'], error: unknown, details: ReportDetails): void {
  try {
    report?.(error, details)
  } catch {
    // Documented at the option.
  }
}
