/** What a source of hints is, and what it is told. */

import type { Hint, Report, ReportedError, ReportFrame } from '../report.ts'

/** What a provider is told: one error of the report and where it happened. */
export interface HintFacts {
  readonly report: Report
  readonly error: ReportedError
  /** The frame to look at first. */
  readonly frame: ReportFrame | undefined
  /** Its failing line, or nothing. */
  readonly line: string
  /** One-line texts of the values on that line, by name. */
  readonly values: ReadonlyMap<string, string>
  /** The routes of the application, where they are known. */
  readonly routes: readonly string[]
  /** Folders that may be read; undefined for the project's own. */
  readonly roots: readonly string[] | undefined
}

/** A hint as its provider gives it. */
export type Advice = Omit<Hint, 'name' | 'error'>

/** A source of hints. */
export interface HintProvider {
  /** Short and unique: `module-not-found`. */
  readonly name: string
  /** The hint for this error, or undefined when it has nothing to say. May be asynchronous; must not change anything. */
  readonly match: (facts: HintFacts) => Advice | undefined | Promise<Advice | undefined>
}

/** A provider that looks at the message: `advise` gets the match. */
export function whenMessage(
  name: string,
  pattern: RegExp,
  advise: (match: RegExpExecArray, facts: HintFacts) => ReturnType<HintProvider['match']>,
): HintProvider {
  return {
    name,
    match: (facts) => {
      // No message that a hint knows is longer; expressions stay fast.
      const match = pattern.exec(facts.error.message.slice(0, 2000))
      return match === null ? undefined : advise(match, facts)
    },
  }
}

/** A provider that looks at `error.code`. */
export function whenCode(
  name: string,
  codes: readonly string[],
  advise: (facts: HintFacts) => ReturnType<HintProvider['match']>,
): HintProvider {
  return {
    name,
    match: (facts) => (codes.includes(facts.error.code ?? '') ? advise(facts) : undefined),
  }
}

/** The one-line text of an own property of the error, without quotes; empty when it has none. */
export function propertyText({ error }: HintFacts, key: string): string {
  const text = error.properties.find((property) => property.key === key)?.value.text ?? ''
  return /^(['"]).*\1$/s.test(text) ? text.slice(1, -1) : text
}
