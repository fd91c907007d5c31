/** Dates for log lines: local time with the offset that held at that instant, and a strftime. */

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Reads the parts of an instant, either in the local zone or in UTC. */
interface Calendar {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly weekday: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
  /** Minutes east of UTC at this very instant, half-hour zones and daylight saving included. */
  readonly offset: number
  readonly epochMs: number
}

function calendar(epochMs: number, utc: boolean): Calendar {
  const date = new Date(epochMs)
  const offset = utc ? 0 : -date.getTimezoneOffset()
  const shifted = utc ? date : new Date(epochMs + offset * 60_000)
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
    weekday: shifted.getUTCDay(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
    second: shifted.getUTCSeconds(),
    millisecond: shifted.getUTCMilliseconds(),
    offset,
    epochMs,
  }
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))
const three = (value: number): string => String(value).padStart(3, '0')

function offsetText(minutes: number, colon: string): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`
}

/** Day of the year from 0. */
function yearDay({ year, month, day }: Calendar): number {
  return Math.round((Date.UTC(year, month, day) - Date.UTC(year, 0, 1)) / 86_400_000)
}

/** ISO 8601 week and its year. */
function isoWeek(when: Calendar): { week: number; year: number } {
  const thursday = new Date(Date.UTC(when.year, when.month, when.day + 4 - (when.weekday || 7)))
  const year = thursday.getUTCFullYear()
  return { week: Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7), year }
}

type Directive = (when: Calendar) => string

const DIRECTIVES: Readonly<Record<string, Directive>> = {
  a: (when) => (DAYS[when.weekday] ?? '').slice(0, 3),
  A: (when) => DAYS[when.weekday] ?? '',
  b: (when) => (MONTHS[when.month] ?? '').slice(0, 3),
  h: (when) => (MONTHS[when.month] ?? '').slice(0, 3),
  B: (when) => MONTHS[when.month] ?? '',
  c: (when) => strftimeOf(when, '%a %b %e %H:%M:%S %Y'),
  C: (when) => two(Math.floor(when.year / 100)),
  d: (when) => two(when.day),
  D: (when) => strftimeOf(when, '%m/%d/%y'),
  e: (when) => String(when.day).padStart(2, ' '),
  F: (when) => strftimeOf(when, '%Y-%m-%d'),
  f: (when) => `${three(when.millisecond)}000`,
  g: (when) => two(isoWeek(when).year % 100),
  G: (when) => String(isoWeek(when).year),
  H: (when) => two(when.hour),
  I: (when) => two(when.hour % 12 || 12),
  j: (when) => three(yearDay(when) + 1),
  k: (when) => String(when.hour).padStart(2, ' '),
  l: (when) => String(when.hour % 12 || 12).padStart(2, ' '),
  L: (when) => three(when.millisecond),
  m: (when) => two(when.month + 1),
  M: (when) => two(when.minute),
  n: () => '\n',
  p: (when) => (when.hour < 12 ? 'AM' : 'PM'),
  P: (when) => (when.hour < 12 ? 'am' : 'pm'),
  r: (when) => strftimeOf(when, '%I:%M:%S %p'),
  R: (when) => strftimeOf(when, '%H:%M'),
  s: (when) => String(Math.floor(when.epochMs / 1000)),
  S: (when) => two(when.second),
  t: () => '\t',
  T: (when) => strftimeOf(when, '%H:%M:%S'),
  u: (when) => String(when.weekday || 7),
  U: (when) => two(Math.floor((yearDay(when) + 7 - when.weekday) / 7)),
  V: (when) => two(isoWeek(when).week),
  w: (when) => String(when.weekday),
  W: (when) => two(Math.floor((yearDay(when) + 7 - ((when.weekday + 6) % 7)) / 7)),
  x: (when) => strftimeOf(when, '%m/%d/%y'),
  X: (when) => strftimeOf(when, '%H:%M:%S'),
  y: (when) => two(when.year % 100),
  Y: (when) => String(when.year),
  z: (when) => offsetText(when.offset, ''),
  ':z': (when) => offsetText(when.offset, ':'),
  Z: (when) => (when.offset === 0 ? 'UTC' : offsetText(when.offset, ':')),
  '%': () => '%',
}

function strftimeOf(when: Calendar, format: string): string {
  return format.replace(/%(:z|[a-zA-Z%])/g, (whole, letter: string) => DIRECTIVES[letter]?.(when) ?? whole)
}

/**
 * C's `strftime` in English, with `%f` (microseconds, as Python), `%L` (milliseconds), `%s` (epoch seconds) and `%:z`
 * (offset with a colon, as GNU).
 * A directive it does not know stays as it is. Local zone unless `utc`.
 */
export function strftime(epochMs: number, format: string, utc = false): string {
  return strftimeOf(calendar(epochMs, utc), format)
}

/** Common log format without brackets: `08/Jan/2013:23:50:45 +1100`. Local zone unless `utc`. */
export function clfTime(epochMs: number, utc = false): string {
  const when = calendar(epochMs, utc)
  const month = (MONTHS[when.month] ?? '').slice(0, 3)
  const clock = `${two(when.hour)}:${two(when.minute)}:${two(when.second)}`
  return `${two(when.day)}/${month}/${when.year}:${clock} ${offsetText(when.offset, '')}`
}

/** ISO 8601 in the local zone with its offset, milliseconds included: `2013-01-08T23:50:45.123+11:00`. */
export function isoLocalTime(epochMs: number): string {
  const when = calendar(epochMs, false)
  const date = `${when.year}-${two(when.month + 1)}-${two(when.day)}`
  return `${date}T${two(when.hour)}:${two(when.minute)}:${two(when.second)}.${three(when.millisecond)}${offsetText(when.offset, ':')}`
}
