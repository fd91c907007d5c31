/** What the overlay in a page and the server say to each other. Types and paths only: the browser imports this file. */

/** Below the debugger's prefix, so that one reserved place is enough. */
export const OVERLAY_PREFIX = '/__rocksolid/dev'

/** `event: hello`, the first of each connection. */
export interface Hello {
  /** Names the process; a page of another one is out of date. */
  readonly boot: string
  /** How many changes it has told of; a page made before the last of them is out of date as well. */
  readonly changes: number
}

/** `event: problem`: an error the page's own response does not show. */
export interface Problem {
  /** Names the bug, so that it is shown and put away once. */
  readonly id: string
  /** `TypeError: …` */
  readonly title: string
  /** Where it came from: `POST /api/users`, `a timer or event`, `this page`. */
  readonly origin: string
  /** The traceback as text. */
  readonly text: string
  /** The path of the debugger's page. */
  readonly url?: string
}

/** `event: changed`: files that need no new process. */
export interface Changed {
  /** File names of style sheets. */
  readonly styles: readonly string[]
  readonly page: boolean
  /** How many there were with this one. */
  readonly changes: number
}

/** What the browser's own errors are posted as, to `…/problem`. */
export interface BrowserProblem {
  readonly title: string
  readonly stack: string
  /** The page it happened on. */
  readonly page: string
}
