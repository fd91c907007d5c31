/** Times as log lines write them; the text of a second is made once, not once for each line. */

import { clfTime, isoLocalTime, strftime } from '../core/time.ts'

/** Writes instants, given in ms since 1970. */
export interface LogClock {
  /** `08/Jan/2013:23:50:45 +1100` */
  clf(epochMs: number): string
  /** By a strftime pattern. */
  format(epochMs: number, pattern: string): string
  /** ISO 8601 with milliseconds. */
  iso(epochMs: number): string
}

/** A clock of the local zone with the offset that holds at each instant, or of UTC. */
export function createClock(utc: boolean): LogClock {
  return {
    clf: perSecond((epochMs) => clfTime(epochMs, utc)),
    format: (epochMs, pattern) => strftime(epochMs, pattern, utc),
    iso: isoWriter(utc),
  }
}

/** The milliseconds are put into the remembered text of their second. */
function isoWriter(utc: boolean): (epochMs: number) => string {
  const second = perSecond((epochMs) => (utc ? new Date(epochMs).toISOString() : isoLocalTime(epochMs)))
  return (epochMs) => {
    const text = second(epochMs)
    const dot = text.indexOf('.')
    const ms = Math.floor(((epochMs % 1000) + 1000) % 1000)
    return text.slice(0, dot + 1) + String(ms).padStart(3, '0') + text.slice(dot + 4)
  }
}

/**
 * Remembers the text of the last four seconds: requests that began earlier end among newer ones.
 * Only for texts in which nothing is finer than a second.
 */
export function perSecond(write: (epochMs: number) => string): (epochMs: number) => string {
  const seconds = [-1, -1, -1, -1]
  const texts = ['', '', '', '']
  return (epochMs) => {
    const second = Math.floor(epochMs / 1000)
    const slot = second & 3
    if (seconds[slot] !== second) {
      texts[slot] = write(second * 1000)
      seconds[slot] = second
    }
    return texts[slot] as string
  }
}
