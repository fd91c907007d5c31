/** Opens the destination that the options name. */

import { type BufferOptions, bufferedDestination, type Destination } from './destination.ts'
import type { ResolvedAccessOptions } from './options.ts'
import type { Report } from './reporter.ts'
import { fileTarget, streamTarget, type WritableLike } from './targets.ts'

/** Gathers lines, or `undefined` when each goes to a function together with its record. */
export function openDestination(options: ResolvedAccessOptions, report: Report): Destination {
  const to = options.to ?? options.stream ?? 'stdout'
  const onError = (error: unknown): void => report('the destination', error)
  const target =
    to === 'stdout'
      ? streamTarget(process.stdout, onError)
      : to === 'stderr'
        ? streamTarget(process.stderr, onError)
        : typeof to === 'string'
          ? fileTarget(to)
          : streamTarget(to as WritableLike, onError)
  return bufferedDestination(target, {
    ...gathering(options.buffer),
    maxPending: options.maxPending,
    onError,
  })
}

const USUAL_SIZE = 16_384

function gathering(buffer: boolean | number | BufferOptions | undefined): { size: number; interval: number } {
  if (buffer === true) return { size: USUAL_SIZE, interval: 1000 }
  if (typeof buffer === 'number') return { size: USUAL_SIZE, interval: buffer }
  if (typeof buffer === 'object') return { size: buffer.size ?? USUAL_SIZE, interval: buffer.interval ?? 0 }
  return { size: USUAL_SIZE, interval: 0 }
}
