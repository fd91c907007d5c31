/**
 * The report as a page that needs no script. Three tiers: youch's pipeline with our own components; the same
 * components without it, which is the same page; a last page that needs nothing. Whatever fails, a page comes out.
 */

import { lastResortPage } from './html/last-resort.ts'
import { loadMessageMarkup } from './html/message.ts'
import { plainPage } from './html/page.ts'
import { type HtmlOptions, viewOf } from './html/view.ts'
import { hasNothingToDraw, laterYouch, youchPage } from './html/youch-page.ts'
import type { Report } from './report.ts'

export type { HtmlOptions }

/** The page as one HTML document. Never rejects. */
export async function renderHtml(report: Report, options: HtmlOptions = {}): Promise<string> {
  try {
    const view = viewOf(report, options, await loadMessageMarkup(report))
    const youch = hasNothingToDraw(view) ? undefined : laterYouch.loaded()
    return youch === undefined ? plainPage(view) : await youchPage(view, youch).catch(() => plainPage(view))
  } catch {
    return lastResortPage(report)
  }
}
