/** Opens a story for each watched request, listens for what happens in it, and tells it when the request fails. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { enterStory, runStory, Story } from '../../core/story.ts'
import type { ReportSection } from '../../report/report.ts'
import type { CodePosition } from '../capture/captured.ts'
import { keepRequest } from '../replay/kept-requests.ts'
import { hearChannels } from './channels.ts'
import { positionOf } from './layers.ts'
import { hearPrints } from './prints.ts'

/** What finds the place of a function. */
export interface FunctionPlaces {
  placeOf(target: object): CodePosition | undefined
  readonly maps: { toOriginal(position: CodePosition): Promise<CodePosition | undefined> }
}

/** Stories of the requests of one debugger; each lives as long as its request. */
export class Stories {
  readonly #byRequest = new WeakMap<object, Story>()
  readonly #stop = [hearPrints(), hearChannels()]

  /** Runs the handling of a request as its story. */
  run<T>(req: IncomingMessage, handle: () => T): T {
    return runStory(this.#open(req), handle)
  }

  /** Makes the rest of the current asynchronous context the story of a request. */
  enter(req: IncomingMessage): void {
    enterStory(this.#open(req))
  }

  #open(req: IncomingMessage): Story {
    let story = this.#byRequest.get(req)
    if (story === undefined) {
      story = new Story()
      this.#byRequest.set(req, story)
      hearBody(req, story)
      keepRequest(req)
    }
    return story
  }

  /** What is told of a failed request. Never rejects. */
  async sections(
    req: IncomingMessage,
    res: ServerResponse,
    places: FunctionPlaces,
  ): Promise<readonly ReportSection[]> {
    try {
      const { handler } = positionOf(req) ?? {}
      const place = handler === undefined ? undefined : places.placeOf(handler)
      const [{ storySections }, original] = await Promise.all([
        import('./sections.ts'),
        place && places.maps.toOriginal(place),
      ])
      const shown = original ?? place
      return await storySections({
        req,
        res,
        story: this.#byRequest.get(req),
        handler: shown && `${shown.file}:${shown.line}:${shown.column}`,
      })
    } catch {
      return []
    }
  }

  close(): void {
    for (const stop of this.#stop) stop()
  }
}

/** A listener for `end` alone lets nothing flow: the step lasts until somebody has read the body. */
function hearBody(req: IncomingMessage, story: Story): void {
  const length = req.headers['content-length']
  if (length === undefined && req.headers['transfer-encoding'] === undefined) return
  if (length === '0') return
  req.once('end', story.step('body', length === undefined ? 'in chunks' : `${length} bytes`))
}
