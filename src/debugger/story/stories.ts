/** Listens for what happens in watched requests, and tells it when one fails. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Story, storyOf } from '../../core/story.ts'
import type { ReportSection } from '../../report/report.ts'
import { hearChannels } from './channels.ts'
import { hearPrints } from './prints.ts'
import type { FunctionPlaces } from './route-places.ts'

/** Hears what requests do while it is open; see core/story for where it is kept. */
export class Stories {
  #loaded: Promise<typeof import('./sections.ts')> | undefined
  readonly #stop = [hearPrints(), hearChannels()]

  /** What is told of a failed request. Never rejects. */
  async sections(
    req: IncomingMessage,
    res: ServerResponse,
    places: FunctionPlaces,
  ): Promise<readonly ReportSection[]> {
    try {
      this.#loaded ??= import('./sections.ts')
      const { storySections } = await this.#loaded
      return await storySections({ req, res, story: storyOf(req), places })
    } catch {
      return []
    }
  }

  close(): void {
    for (const stop of this.#stop) stop()
  }
}

/**
 * Adds the reading of a request's body as a step. A listener for `end` alone lets nothing flow: the step lasts until
 * somebody has read it.
 */
export function hearBody(req: IncomingMessage, story: Story): void {
  const length = req.headers['content-length']
  req.once('end', story.step('body', length === undefined ? 'in chunks' : `${length} bytes`))
}
