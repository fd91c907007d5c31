/** The shape of the one report of an error, from which every display is drawn. Plain data, JSON-safe, bounded. */

import type { DescriptionEntry } from '../inspect/description.ts'
import type { Frame } from '../stack/frame.ts'
import type { SourceExcerpt } from '../stack/source.ts'

/** Everything known of one failure. */
export interface Report {
  /** Names this occurrence; unguessable. */
  readonly id: string
  /** Names the bug: the same error from the same place has the same fingerprint in every process. */
  readonly fingerprint: string
  /** Epoch milliseconds. */
  readonly at: number
  /** The error that was reported first, then its causes and members, depth first. Never empty. */
  readonly errors: readonly ReportedError[]
  /** Errors of the chain that were left out by the limit. */
  readonly moreErrors: number
  readonly request: RequestFacts | undefined
  readonly runtime: RuntimeFacts
  /** What may help, the best first; a few at most. */
  readonly hints?: readonly Hint[]
  /** More that is known of the request: log lines, a timeline, the environment. */
  readonly sections?: readonly ReportSection[]
}

/** Advice with its proof. Plain text throughout; `code` in backticks is drawn as code. */
export interface Hint {
  /** The provider that gave it. */
  readonly name: string
  /** Index in `Report.errors` of the error it is about. */
  readonly error: number
  /** One sentence: what is wrong, as seen in this very case. */
  readonly title: string
  /** What to do about it. */
  readonly text: string
  /** A command to run, in a shell. */
  readonly command?: string
  /** Lines to take away and to put in, at a place of the application. */
  readonly change?: {
    readonly file: string
    readonly line: number
    readonly before: string
    readonly after: string
  }
  readonly links?: readonly { readonly title: string; readonly url: string }[]
}

/** A part of the report under its own heading, secrets masked. */
export interface ReportSection {
  readonly name: string
  readonly rows?: readonly (readonly [name: string, value: string])[]
  /** Lines as they were printed; may hold terminal colours. */
  readonly text?: string
  /** What took time, in the order it began. */
  readonly steps?: readonly ReportStep[]
  /** For who looks at the page, and too long for what is handed on: copies leave it out. */
  readonly pageOnly?: boolean
}

/** One thing that took time. */
export interface ReportStep {
  /** Milliseconds since the request began. */
  readonly at: number
  /** `middleware`, `http`, `query`. */
  readonly kind: string
  readonly text: string
  /** Milliseconds it took; undefined when it had not ended. */
  readonly ms?: number
  readonly failed?: boolean
}

/** One error of the chain. */
export interface ReportedError {
  /** How it hangs on its parent; the first of a report is `reported`. */
  readonly relation: 'reported' | 'cause' | 'member' | 'suppressed'
  /** Index of the parent in `Report.errors`. */
  readonly parent: number | undefined
  /** For a member of an aggregate: which of how many, from 1. */
  readonly member: { readonly number: number; readonly of: number } | undefined
  /** `TypeError`; for a thrown value that is no error, what it is: `string`, `null`, `User`. */
  readonly name: string
  /** As thrown, capped; may hold newlines and terminal colours. */
  readonly message: string
  readonly code: string | undefined
  /** False when something else than an error was thrown. */
  readonly isError: boolean
  /** Own properties beside the usual ones, secrets masked. */
  readonly properties: readonly DescriptionEntry[]
  readonly frames: readonly ReportFrame[]
  /** Frames left out by the limit. */
  readonly moreFrames: number
  /** Where the same error was caught and thrown again, in order; its frames are those of the first throw. */
  readonly rethrows?: readonly Frame[]
  /** The stack as text, header stripped, capped. */
  readonly stack: string
}

/** A frame with its source. */
export interface ReportFrame extends Frame {
  readonly source: SourceExcerpt | undefined
  /** The code that really ran, where a source map has led from there. */
  readonly compiledSource?: SourceExcerpt
  /** Values that the names on the failing line had when the error was thrown, where they are known. */
  readonly values?: readonly DescriptionEntry[]
}

/** The request during which the error happened, secrets masked. */
export interface RequestFacts {
  readonly method: string
  /** As received, before any mount rewrote it. */
  readonly url: string
  readonly httpVersion: string
  /** In the order received, one entry a line. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly remoteAddress: string | undefined
}

/** The process. */
export interface RuntimeFacts {
  /** `Node.js 20.20.2`. */
  readonly name: string
  readonly platform: string
  readonly pid: number
  readonly uptimeSeconds: number
  readonly cwd: string
}
