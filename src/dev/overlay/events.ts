/** The pages that are open: one event stream each, closed by the browser or with the process. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Changed, Hello, Problem } from './protocol.ts'

interface Events {
  readonly hello: Hello
  readonly problem: Problem
  readonly changed: Changed
}

/** Most pages connected at once; a further one takes the place of the oldest. */
const MAX_PAGES = 50
/** Problems kept for a page that connects after they happened. */
const MAX_RECENT = 5
/** How long they are kept for it, in milliseconds. */
const RECENT_MS = 3000
/** What browsers wait before they connect again. */
const RETRY_MS = 250

export class EventStreams {
  readonly #pages = new Map<ServerResponse, boolean>()
  #changes = 0
  readonly #recent: { readonly at: number; readonly problem: Problem }[] = []

  /** How many changes were told of. */
  get changes(): number {
    return this.#changes
  }

  /** Begins a stream. Only a trusted page is told of errors: they hold source and values. */
  open(req: IncomingMessage, res: ServerResponse, boot: string, isTrusted: boolean): void {
    res.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    })
    res.write(`retry: ${RETRY_MS}\n\n`)
    write(res, 'hello', { boot, changes: this.#changes })
    // Whoever is not trusted goes first, and never pushes out who is.
    const pages = [...this.#pages]
    const stranger = pages.find(([, isOther]) => !isOther)
    const [leaving] = stranger ?? (isTrusted ? pages[0] : undefined) ?? [res]
    if (this.#pages.size >= MAX_PAGES) {
      leaving.end()
      // It closes later: of many that come at once each must find another to leave.
      this.#pages.delete(leaving)
    }
    if (res.writableEnded) return
    this.#pages.set(res, isTrusted)
    // Requests of the fetch kind have no such thing.
    req.socket?.setTimeout?.(0)
    res.once('close', () => this.#pages.delete(res))
    if (!isTrusted) return
    const now = Date.now()
    for (const { at, problem } of this.#recent) if (now - at < RECENT_MS) write(res, 'problem', problem)
  }

  problem(problem: Problem): void {
    this.#recent.push({ at: Date.now(), problem })
    if (this.#recent.length > MAX_RECENT) this.#recent.shift()
    for (const [page, isTrusted] of this.#pages) if (isTrusted) write(page, 'problem', problem)
  }

  changed(files: Omit<Changed, 'changes'>): void {
    const changed = { ...files, changes: ++this.#changes }
    for (const page of this.#pages.keys()) write(page, 'changed', changed)
  }
}

function write<Name extends keyof Events>(res: ServerResponse, name: Name, data: Events[Name]): void {
  if (!res.writableEnded) res.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
}
