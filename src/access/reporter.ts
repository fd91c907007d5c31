/** Tells of our own failures, which are never the application's: once at first, then at most every half minute. */

import { writeSync } from 'node:fs'
import { escapeControls } from '../core/escape.ts'

const REPORT_EVERY_MS = 30_000

/** Tells of an error in the part of the logger named `where`. */
export type Report = (where: string, error: unknown) => void

/** @param listener told instead of stderr; what it throws is ignored */
export function createReporter(listener: ((error: unknown) => void) | undefined): Report {
  const told = new Map<string, number>()
  return (where, error) => {
    const now = performance.now()
    if (now - (told.get(where) ?? Number.NEGATIVE_INFINITY) < REPORT_EVERY_MS) return
    told.set(where, now)
    try {
      if (listener !== undefined) listener(error)
      else writeSync(2, `rocksolid access log: ${where} failed: ${messageOf(error)}\n`)
    } catch {
      // Nowhere left to tell it.
    }
  }
}

function messageOf(error: unknown): string {
  try {
    return escapeControls(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  } catch {
    return 'it threw something that cannot be shown'
  }
}
