/** Records held back until something goes wrong: the debug lines of a request only when that request fails. */

import { BoundedMap } from '../core/bounded-map.ts'
import { checkArgument, isFunction, isInteger, isString, resolveOptions } from '../core/options.ts'
import { isLevel, severityOf } from './level.ts'
import type { LogRecord } from './record.ts'
import type { Sink } from './sink.ts'

/** Options of {@link fingersCrossed}. */
export interface FingersCrossedOptions {
  /** The level that lets what was held back through. Default `error`. */
  readonly trigger?: string | number
  /** Records from this level on pass at once. Default: those of `trigger`. */
  readonly pass?: string | number
  /** The field whose value tells what belongs together. Default `requestId`. */
  readonly by?: string
  /** Records held back for one value; the oldest go first. Default 200. */
  readonly size?: number
  /** Values, requests, that are remembered at a time. Default 1,000. */
  readonly groups?: number
  /** Milliseconds after which what is held back is forgotten. Default 60,000. */
  readonly ageMs?: number
}

const DEFAULTS = {
  trigger: 'error' as string | number,
  by: 'requestId',
  size: 200,
  groups: 1000,
  ageMs: 60_000,
}

const CHECKS = {
  trigger: isLevel,
  pass: isLevel,
  by: isString,
  size: isInteger(1),
  groups: isInteger(1),
  ageMs: isInteger(1),
} as const

interface Group {
  held: LogRecord[]
  isOpen: boolean
}

/**
 * A sink in front of another that gives it the records of a group from the moment one of them is bad enough.
 * @example createLogger({ level: 'debug', sinks: [fingersCrossed(streamSink())] })
 */
export function fingersCrossed(sink: Sink, options?: FingersCrossedOptions): Sink {
  checkArgument('fingersCrossed', 'the sink', sink, isFunction)
  const given = resolveOptions<FingersCrossedOptions, typeof DEFAULTS>(
    'fingersCrossed',
    options,
    CHECKS,
    DEFAULTS,
  )
  const trigger = severityOf('fingersCrossed', given.trigger)
  const pass = given.pass === undefined ? trigger : severityOf('fingersCrossed', given.pass)
  const groups = new BoundedMap<string, Group>({ maxEntries: given.groups, maxAgeMs: given.ageMs })

  const take = (record: LogRecord): void => {
    const key = String(record.fields[given.by] ?? '')
    let group = groups.get(key)
    if (group === undefined) {
      group = { held: [], isOpen: false }
      groups.set(key, group)
    }
    if (record.severity >= trigger) {
      for (const held of group.held.splice(0)) sink(held)
      // Without a group there is nothing that ends: only what came before is let through.
      group.isOpen = key !== ''
    }
    if (group.isOpen || record.severity >= pass) sink(record)
    else {
      group.held.push(record)
      if (group.held.length > given.size) group.held.shift()
    }
  }
  const { label = 'sink', terminal, flush, flushSync, close, onTrouble } = sink
  return Object.assign(take, {
    label,
    ...(terminal === undefined ? {} : { terminal }),
    ...(flush === undefined ? {} : { flush }),
    ...(flushSync === undefined ? {} : { flushSync }),
    ...(close === undefined ? {} : { close }),
    ...(onTrouble === undefined ? {} : { onTrouble }),
  })
}
