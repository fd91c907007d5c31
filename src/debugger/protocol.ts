/** What the debugger and its page say to each other. Types and paths only: the browser client imports this file. */

import type { Description } from '../inspect/description.ts'

export type { Description, DescriptionEntry } from '../inspect/description.ts'

/** Every path of the debugger is below this one; nothing below it ever reaches the application. */
export const PREFIX = '/__rocksolid'

/** The header that carries the page's token. */
export const TOKEN_HEADER = 'x-rocksolid-token'

/** The header that carries the half of a session that is no cookie. */
export const PROOF_HEADER = 'x-rocksolid-proof'

/** Put into the page as JSON under the id `rocksolid-data`; only into pages for trusted requests. */
export interface PageData {
  readonly token: string
  readonly error: string
  /** False when consoles are switched off or cannot be had here. */
  readonly console: boolean
  /** The console beside the errors: no frame and no error belongs to it. */
  readonly alone?: boolean
  /** The path before {@link PREFIX} where the application is mounted below one, such as `/shop`. */
  readonly base?: string
  /** The path of the failed request, when making it again is safe (GET). */
  readonly again?: string
  /** Its method, when it can be made again. */
  readonly method?: string
}

/** `POST …/replay`: what would be sent, or what came of it. */
export type ReplayAnswer =
  | { readonly method: string; readonly url: string; readonly body: string }
  | {
      readonly status: number
      readonly ms: number
      /** The page of the error it ended in this time. */
      readonly page?: string
    }

/** A refusal: every action that is not carried out answers this. */
export interface Refusal {
  readonly error: string
  readonly explanation: string
  /** What was refused: `POST /__rocksolid/evaluate`. */
  readonly refused?: string
  /** The option that would allow it, as it is written: `allowedPeers: ["172.17.0.1"]`. */
  readonly option?: string | undefined
}

/** `POST …/state`: whether this browser is unlocked; its cookie is sent to the debugger's paths only. */
export interface StateAnswer {
  readonly unlocked: boolean
}

/** What `unlock` answers: the page keeps the proof and sends it with each action. */
export interface UnlockAnswer extends StateAnswer {
  readonly proof: string
}

/** `GET …/` by a program (`Accept: application/json`): what it needs to go on. */
export interface StartAnswer {
  /** To be sent with every action in the header {@link TOKEN_HEADER}; not for scripts of a page. */
  readonly token?: string
  readonly pid: number
  /** False when consoles are switched off. */
  readonly console: boolean
  readonly unlocked: boolean
}

/** `POST …/unlock`: the key of the printed link, or the PIN. */
type UnlockRequest = { readonly key: string } | { readonly pin: string }

/** `POST …/evaluate` */
interface EvaluateRequest {
  readonly error: string
  /** `errorIndex.frameIndex` of the report. */
  readonly frame: string
  readonly code: string
}

/** `POST …/open`: a result further than it was shown. */
interface OpenRequest {
  readonly error: string
  readonly frame: string
  readonly result: number
  /** Indexes of children from the result down. */
  readonly path: readonly number[]
  /** Run the getter at the end of the path. */
  readonly run: boolean
  /** The first child to tell of, of a list that goes on. */
  readonly from?: number
}

/** `POST …/complete`: what could stand at the cursor. */
interface CompleteRequest {
  readonly error: string
  readonly frame: string
  readonly code: string
  readonly cursor: number
}

export interface CompleteAnswer {
  /** Where the word that is completed begins. */
  readonly from: number
  readonly items: readonly string[]
}

/** `POST …/preview`: what an input is worth while it is typed. */
export interface PreviewAnswer {
  /** Missing when the input is no expression, has a side effect, throws, or takes longer than 100 ms. */
  readonly value?: Description
}

/** A piece of output. */
export interface OutputText {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/** What became of an input. */
export type EvaluateAnswer =
  | {
      readonly kind: 'value'
      readonly value: Description
      /** Names the value for `open`, as long as it is kept: the last 200 of a console. */
      readonly result: number
      readonly output: readonly OutputText[]
      readonly ms: number
    }
  | {
      readonly kind: 'threw'
      readonly value: Description
      readonly result: number
      readonly traceback: string
      readonly output: readonly OutputText[]
      readonly ms: number
    }
  | { readonly kind: 'incomplete'; readonly message: string }
  | {
      readonly kind: 'syntax-error'
      readonly message: string
      readonly line: number
      readonly column: number
    }
  /** Ended after the limit of an uninterrupted run. */
  | {
      readonly kind: 'timeout'
      readonly limitMs: number
      readonly output: readonly OutputText[]
      readonly ms: number
    }
  /** An awaited promise has not settled within the limit; it goes on in the server. */
  | {
      readonly kind: 'pending'
      readonly limitMs: number
      readonly output: readonly OutputText[]
      readonly ms: number
    }

/** One line of the list of errors. Times are epoch milliseconds. */
export interface ErrorSummary {
  readonly id: string
  /** The same for every occurrence of a bug. */
  readonly fingerprint: string
  /** When this one happened. */
  readonly at: number
  readonly name: string
  /** The first 500 characters. */
  readonly message: string
  /** `GET /path`; undefined outside a request. */
  readonly request: string | undefined
  /** Occurrences of the bug in this process, whether still kept or not; the first and the last of them. */
  readonly count: number
  readonly first: number
  readonly last: number
}

/** One frame of an error of the chain. */
export interface FrameSummary {
  /** Names it in the other actions: `errorIndex.frameIndex` of the report. */
  readonly frame: string
  /** Name of the error whose stack it stands on, and how that one hangs on its parent. */
  readonly error: string
  readonly relation: 'reported' | 'cause' | 'member' | 'suppressed'
  /** `async new User.save`, or `<anonymous>`. */
  readonly function: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly kind: 'app' | 'dependency' | 'runtime' | 'rocksolid'
  /** Whether it has a console; `after-replay` when it will have one if the request is made again. */
  readonly state: 'live' | 'after-replay' | 'none'
}

/** Which error an action is about. */
interface ErrorRequest {
  readonly error: string
}

/** The problem document of an error, and what only its process knows. */
interface ReportAnswer {
  readonly title: string
  readonly detail: string
  readonly debug: object
  /** Occurrences of the bug in this process; times in epoch milliseconds. */
  readonly seen: { readonly count: number; readonly first: number; readonly last: number }
  /** Keys of the frames that have a console, and of those that will have one after a replay. */
  readonly live: readonly string[]
  readonly pending: readonly string[]
}

/** The locals of a frame as one object; `open` goes into its entries. */
interface LocalsAnswer {
  readonly value: Description
  readonly result: number
}

/** Every action with what it is sent and what it answers when it is carried out. */
export interface Actions {
  readonly copy: {
    readonly request: {
      readonly error: string
      readonly form: 'markdown' | 'agent' | 'text' | 'json' | 'curl' | 'fetch'
    }
    readonly answer: { readonly text: string }
  }
  readonly replay: {
    readonly request: { readonly error: string; readonly send?: boolean }
    readonly answer: ReplayAnswer
  }
  readonly state: { readonly request: object; readonly answer: StateAnswer }
  readonly unlock: { readonly request: UnlockRequest; readonly answer: UnlockAnswer }
  readonly lock: { readonly request: object; readonly answer: StateAnswer }
  readonly errors: {
    readonly request: object
    /** Of all workers; `silent` is how many have not answered, whose errors are missing. */
    readonly answer: { readonly errors: readonly ErrorSummary[]; readonly silent: number }
  }
  readonly report: { readonly request: ErrorRequest; readonly answer: ReportAnswer }
  readonly frames: {
    readonly request: ErrorRequest
    readonly answer: { readonly frames: readonly FrameSummary[] }
  }
  readonly locals: {
    readonly request: ErrorRequest & { readonly frame: string }
    readonly answer: LocalsAnswer
  }
  readonly release: { readonly request: ErrorRequest; readonly answer: { readonly released: true } }
  readonly evaluate: { readonly request: EvaluateRequest; readonly answer: EvaluateAnswer }
  readonly open: { readonly request: OpenRequest; readonly answer: { readonly value: Description } }
  readonly preview: { readonly request: EvaluateRequest; readonly answer: PreviewAnswer }
  readonly complete: { readonly request: CompleteRequest; readonly answer: CompleteAnswer }
}
