/** What the asynchronous context of a watched request holds, for its story and for the captures of its throws. */

import { openStory, type Story, type StoryContext, storyContext } from '../../core/story.ts'
import type { Capture, Evaluate, MadeStacks } from './captured.ts'

/** The store of a request's asynchronous context. Replaced, never changed, at each `await` that is armed. */
export interface RequestContext extends StoryContext {
  readonly request: WatchedRequest
  /** The callers on the way to here that wait at an armed `await`. */
  readonly awaits: ReadonlyMap<string, Evaluate>
  /** The stacks at armed places where errors were made on the way to here. */
  readonly made: MadeStacks
}

export const NO_AWAITS: ReadonlyMap<string, Evaluate> = new Map()

export const NO_STACKS: MadeStacks = new Map()

/** A request from its start, and its own first context: the one object that a request costs which does not fail. */
export class WatchedRequest implements RequestContext {
  readonly req: object
  readonly res: object
  readonly awaits = NO_AWAITS
  readonly made = NO_STACKS
  hasErrorPage = false
  /** A thrown value that is no object has no identity: the last one of the request, by value. */
  primitive: { readonly value: unknown; readonly capture: Capture } | undefined = undefined
  readonly #startedAt = performance.now()
  #story: Story | undefined

  constructor(req: object, res: object) {
    this.req = req
    this.res = res
  }

  get request(): this {
    return this
  }

  get story(): Story {
    this.#story ??= openStory(this.req, this.#startedAt)
    return this.#story
  }
}

/** The context of what is called at an armed place of a request. */
export class PassedContext implements RequestContext {
  readonly request: WatchedRequest
  readonly awaits: ReadonlyMap<string, Evaluate>
  readonly made: MadeStacks

  constructor(request: WatchedRequest, awaits: ReadonlyMap<string, Evaluate>, made: MadeStacks) {
    this.request = request
    this.awaits = awaits
    this.made = made
  }

  get req(): object {
    return this.request.req
  }

  get story(): Story {
    return this.request.story
  }

  get hasErrorPage(): boolean {
    return this.request.hasErrorPage
  }

  set hasErrorPage(has: boolean) {
    this.request.hasErrorPage = has
  }
}

/** The context that the running code belongs to; only the debugger opens contexts, this or another copy of it. */
export const requestContext = (): RequestContext | undefined => storyContext() as RequestContext | undefined
