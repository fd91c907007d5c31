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
const TIME = 150

/** At most three hints, those for the root cause first. Never rejects. */
export async function findHints(
  report: Report,
  { roots, hints = [] }: { readonly roots?: readonly string[]; readonly hints?: readonly HintProvider[] },
): Promise<readonly Hint[]> {
  const found = new Map<string, Hint>()
  for (const error of report.errors.slice(-MAX_ASKED).reverse()) {
    const facts = factsOf(report, error, roots)
    for (const provider of [...hints, ...PROVIDERS]) {
      if (found.size >= MAX_HINTS) return [...found.values()]
      const hint = await ask(provider, facts)
      if (hint !== undefined && !found.has(hint.title)) found.set(hint.title, hint)
    }
  }
  return [...found.values()]
}

function factsOf(report: Report, error: ReportedError, roots: readonly string[] | undefined): HintFacts {
  const frame = error.frames[mainFrameIndex(error.frames)]
  const { source } = frame ?? {}
  const line = source?.lines[source.line - source.startLine] ?? ''
  const values = new Map((frame?.values ?? []).map(({ key, value }) => [key, value.text]))
  return { report, error, frame, line, values, roots }
}

async function ask(provider: HintProvider, facts: HintFacts): Promise<Hint | undefined> {
  try {
    const answer = provider.match(facts)
    if (answer === undefined) return undefined
    if (!(answer instanceof Promise)) return { name: provider.name, ...answer }
    const found = await inTime(answer)
    return found === undefined ? undefined : { name: provider.name, ...found }
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
