/** Asks the providers of hints about a report; a provider that fails or takes long is passed over. */

import { mainFrameIndex } from '../frame-groups.ts'
import type { Hint, Report, ReportedError } from '../report.ts'
import type { HintFacts, HintProvider } from './hint-provider.ts'
import { PROVIDERS } from './providers.ts'

/** Most hints of one report. */
const MAX_HINTS = 3
/** Errors of the chain that are asked about: those nearest to the root cause. */
const MAX_ASKED = 6
/** Milliseconds a provider may take. */
const TIME = 600

/** What hints may be made from beside the report. */
interface HintContext {
  readonly roots?: readonly string[]
  readonly hints?: readonly HintProvider[]
  readonly routes?: readonly string[]
}

/** At most three hints, those for the root cause first. Never rejects. */
export async function findHints(
  report: Report,
  { roots, hints = [], routes = [] }: HintContext,
): Promise<readonly Hint[]> {
  const found = new Map<string, Hint>()
  const first = Math.max(0, report.errors.length - MAX_ASKED)
  for (let index = report.errors.length - 1; index >= first; index--) {
    const facts = factsOf(report, report.errors[index] as ReportedError, roots, routes)
    for (const provider of [...hints, ...PROVIDERS]) {
      if (found.size >= MAX_HINTS) return [...found.values()]
      const answer = ask(provider, facts)
      // Most answer at once, and a wait for each would add up.
      const advice = answer instanceof Promise ? await answer : answer
      if (advice === undefined) continue
      const known = found.get(advice.title)
      // Of members of one aggregate that failed alike, the first is the one that is shown.
      if (known !== undefined && !areSiblings(report.errors[known.error], report.errors[index])) continue
      found.set(advice.title, { name: provider.name, error: index, ...advice })
    }
  }
  return [...found.values()]
}

const areSiblings = (one: ReportedError | undefined, other: ReportedError | undefined): boolean =>
  one?.member !== undefined && other?.member !== undefined && one.parent === other.parent

function factsOf(
  report: Report,
  error: ReportedError,
  roots: readonly string[] | undefined,
  routes: readonly string[],
): HintFacts {
  const frame = error.frames[mainFrameIndex(error.frames)]
  const { source } = frame ?? {}
  const line = source?.lines[source.line - source.startLine] ?? ''
  const values = new Map((frame?.values ?? []).map(({ key, value }) => [key, value.text]))
  return { report, error, frame, line, values, roots, routes }
}

function ask(provider: HintProvider, facts: HintFacts): ReturnType<HintProvider['match']> {
  try {
    const answer = provider.match(facts)
    return answer instanceof Promise ? inTime(answer).catch(() => undefined) : answer
  } catch {
    return undefined
  }
}

async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, TIME, undefined)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
