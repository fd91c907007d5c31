/** Steps of a request as a table with a bar for when each ran; the bars are drawings, since a policy forbids styles. */

import type { ReportStep } from '../report.ts'
import { html, type Markup, NOTHING } from './markup.ts'

/** The steps, the first of which spans all others. */
export function stepsPart(steps: readonly ReportStep[]): Markup {
  const end = Math.max(...steps.map(({ at, ms = 0 }) => at + ms), 0.1)
  return html`<table class="rs-steps"><thead><tr><th scope="col">Began</th><th scope="col">Step</th><th scope="col">What</th><th scope="col">Took</th></tr></thead><tbody>${steps.map(
    (
      step,
    ) => html`<tr${step.failed === true && html` class="rs-step-failed"`}><td>${milliseconds(step.at)}</td><td>${step.kind}</td><td>${step.text}${step.failed === true && html` <span class="rs-failed-mark">failed</span>`}${bar(step, end)}</td><td>${step.ms === undefined ? '' : milliseconds(step.ms)}</td></tr>
`,
  )}</tbody></table>
`
}

/** Smallest part of the width that can be seen. */
const MIN_WIDTH = 0.4

function bar({ at, ms }: ReportStep, end: number): Markup {
  if (ms === undefined) return NOTHING
  const from = (at / end) * 100
  const width = Math.max(MIN_WIDTH, (ms / end) * 100)
  const x = Math.min(from, 100 - MIN_WIDTH).toFixed(2)
  return html`<svg viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true"><rect x="${x}" width="${Math.min(width, 100).toFixed(2)}" height="2"/></svg>`
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(2) : ms.toFixed(1)} ms`
