/**
 * What happens in one request while it runs: what it printed and logged, and the steps it took. Whoever watches
 * requests opens a story; the logger and the listeners of the debugger tell it what they hear. Nothing is kept, and
 * next to nothing is done, where nobody has opened one.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { shared } from './shared.ts'

/** A line that was printed or logged. */
export interface StoryLine {
  /** Milliseconds since the story began. */
  readonly at: number
  /** `stdout`, `stderr`, or the level of a log record. */
  readonly source: string
  readonly text: string
}

/** Something that took time: a middleware, a query, a request to another server. */
export interface StoryStep {
  /** Milliseconds since the story began. */
  readonly at: number
  /** `middleware`, `handler`, `http`, `query`, `request`. */
  readonly kind: string
  text: string
  /** Milliseconds it took; undefined while it runs. */
  ms: number | undefined
  failed: boolean
}

/** Lines kept, the last ones. */
const MAX_LINES = 200
/** Characters of one line. */
const MAX_LINE = 2000
/** Steps kept, the first ones: what follows is most often a loop. */
const MAX_STEPS = 200
/** Characters of the text of a step. */
const MAX_TEXT = 500

/** The story of one request: at most 200 lines of 2,000 characters and 200 steps of 500. */
export class Story {
  readonly #startedAt: number
  readonly #lines: StoryLine[] = []
  readonly #steps: StoryStep[] = []
  #lostLines = 0
  #lostSteps = 0

  /** `startedAt` is a time of `performance.now()`. */
  constructor(startedAt: number) {
    this.#startedAt = startedAt
  }

  get lines(): readonly StoryLine[] {
    return this.#lines
  }

  get steps(): readonly StoryStep[] {
    return this.#steps
  }

  /** Lines and steps that were not kept. */
  get lost(): { readonly lines: number; readonly steps: number } {
    return { lines: this.#lostLines, steps: this.#lostSteps }
  }

  /** Milliseconds since it began. */
  now(): number {
    return performance.now() - this.#startedAt
  }

  /** Adds a line. One that was printed and is logged by who captures prints counts once, as it was logged. */
  line(source: string, text: string): void {
    const shown = text.replace(/\r?\n$/, '')
    const last = this.#lines.at(-1)
    if (last !== undefined && isPrint(last.source) !== isPrint(source)) {
      if (isPrint(source) && last.text.startsWith(shown)) return
      if (isPrint(last.source) && shown.startsWith(last.text)) this.#lines.pop()
    }
    const kept = shown.length > MAX_LINE ? `${shown.slice(0, MAX_LINE)}…` : shown
    this.#lines.push({ at: this.now(), source, text: kept })
    if (this.#lines.length <= MAX_LINES) return
    this.#lines.shift()
    this.#lostLines++
  }

  /** Begins a step; the function given back ends it, the first call counts. */
  step(kind: string, text: string): EndStep {
    if (this.#steps.length >= MAX_STEPS) {
      this.#lostSteps++
      return () => {}
    }
    const step: StoryStep = {
      at: this.now(),
      kind,
      text: text.slice(0, MAX_TEXT),
      ms: undefined,
      failed: false,
    }
    this.#steps.push(step)
    return (note = '', failed = false) => {
      if (step.ms !== undefined) return
      step.ms = this.now() - step.at
      step.failed = failed
      if (note !== '') step.text = `${step.text} → ${note}`.slice(0, MAX_TEXT)
    }
  }
}

const isPrint = (source: string): boolean => source === 'stdout' || source === 'stderr'

/** Ends a step: what came of it, and whether it failed. */
export type EndStep = (note?: string, failed?: boolean) => void

/** What the asynchronous context of a request holds: one store for all that follows a request. */
export interface StoryContext {
  readonly req: object
  /** Made when it is first asked for: most requests have nothing to tell. */
  readonly story: Story
  /** Whether a layer further out answers errors with a page; see http/failures. */
  hasErrorPage: boolean
}

/** The store of followed requests, of which whoever opens it must say so; and their stories. */
export const stories = shared('stories', () => ({
  running: new AsyncLocalStorage<StoryContext>(),
  byRequest: new WeakMap<object, Story>(),
  /** False as long as no request was ever followed: then nobody need look for one. */
  opened: false,
}))

/** A new story of a request that began at that time of `performance.now()`. */
export function openStory(req: object, startedAt: number): Story {
  const story = new Story(startedAt)
  stories.byRequest.set(req, story)
  return story
}

/** The context that the running code belongs to. */
export const storyContext = (): StoryContext | undefined =>
  stories.opened ? stories.running.getStore() : undefined

/** The story that the running code belongs to. */
export const currentStory = (): Story | undefined => storyContext()?.story

/** The story of a request; undefined for one that nobody has followed. */
export function storyOf(req: object): Story | undefined {
  const context = storyContext()
  return context?.req === req ? context.story : stories.byRequest.get(req)
}
