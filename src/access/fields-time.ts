/** Fields of time: instants by the wall clock, durations by the monotonic clock. */

import { strftime } from '../core/time.ts'
import { type Exchange, NEEDS } from '../http/exchange.ts'
import { perSecond } from './clock.ts'
import { type Field, type FieldSettings, oneOf, type Reader, simple } from './field.ts'

/** The instant of an exchange that a field shows, ms since 1970. */
type Instant = (exchange: Exchange) => number

const begin: Instant = (exchange) => exchange.startEpochMs
/** By the start's wall clock and the monotonic clock since: never before the start. */
const end: Instant = (exchange) => exchange.startEpochMs + durationOf(exchange)

/** Milliseconds from the start to the end of an exchange; until now while it goes on. */
export const durationOf = (exchange: Exchange): number =>
  (exchange.endMs === 0 ? performance.now() : exchange.endMs) - exchange.startMs

const TIME_ARGUMENT = {
  about:
    '`clf`, `iso`, `web`, `sec`, `msec`, `usec`, `msec_frac`, `usec_frac` or a strftime pattern; `begin:` or `end:` before it',
} as const

export const TIME_FIELDS: readonly Field[] = [
  {
    name: 'time',
    about: 'When the request came, local time unless the option `utc` is on.',
    argument: TIME_ARGUMENT,
    bind: (argument, settings) => timeReader(argument, settings, begin),
  },
  {
    name: 'end-time',
    about: 'When the response was complete or given up.',
    argument: TIME_ARGUMENT,
    bind: (argument, settings) => timeReader(argument, settings, end),
  },
  {
    name: 'date',
    about: 'When the response was complete, always in UTC, as morgan writes it.',
    argument: { about: '`web` (default), `clf` or `iso`', check: oneOf('web', 'clf', 'iso') },
    bind: (argument = 'web') => {
      if (argument === 'iso') return (exchange) => new Date(end(exchange)).toISOString()
      const write = perSecond((epochMs) =>
        argument === 'clf'
          ? strftime(epochMs, '%d/%b/%Y:%H:%M:%S %z', true)
          : new Date(epochMs).toUTCString(),
      )
      return (exchange) => write(end(exchange))
    },
  },
  {
    name: 'duration',
    varies: true,
    about: 'Time from the start of the request to the end of the response.',
    argument: {
      about: '`ms` (default), `us`, `s` as whole numbers, `s.ms` or `s.us` as decimals',
      check: oneOf('ms', 'us', 's', 's.ms', 's.us'),
    },
    plain: true,
    bind: (argument) => durationReader(argument, durationAfter),
  },
  {
    name: 'total-time',
    varies: true,
    about: 'Milliseconds from the start of the request to the end of the response.',
    argument: { about: 'digits after the point, 3 when not given', check: isDigits },
    plain: true,
    bind: (argument) => decimals(argument, durationAfter),
  },
  {
    name: 'response-time',
    varies: true,
    about: 'Milliseconds from the start of the request until the header was written.',
    argument: { about: 'digits after the point, 3 when not given', check: isDigits },
    needs: NEEDS.headersTime,
    plain: true,
    bind: (argument) => decimals(argument, headersAfter),
  },
  {
    name: 'ttfb',
    varies: true,
    about: 'Time from the start of the request until the header was written.',
    argument: {
      about: '`us` (default), `ms`, `s` as whole numbers, `s.ms` or `s.us` as decimals',
      check: oneOf('ms', 'us', 's', 's.ms', 's.us'),
    },
    needs: NEEDS.headersTime,
    plain: true,
    bind: (argument = 'us') => durationReader(argument, headersAfter),
  },
  simple(
    'upload-time',
    'Microseconds from the start of the request until the first byte of its body reached the application.',
    (exchange) =>
      exchange.uploadMs === 0
        ? undefined
        : Math.max(0, Math.round((exchange.uploadMs - exchange.startMs) * 1000)),
    { needs: NEEDS.requestBody, plain: true },
  ),
]

const durationAfter = (exchange: Exchange): number | undefined =>
  exchange.ended ? durationOf(exchange) : undefined

/** Milliseconds until the header was written; undefined when none was. */
export function headersAfter(exchange: Exchange): number | undefined {
  return exchange.headersMs === 0 ? undefined : exchange.headersMs - exchange.startMs
}

function timeReader(argument: string | undefined, settings: FieldSettings, usual: Instant): Reader {
  const [, moment, pattern = ''] = /^(?:(begin|end):?)?([\s\S]*)$/.exec(argument ?? '') ?? []
  const instant = moment === 'begin' ? begin : moment === 'end' ? end : usual
  const { clock } = settings
  switch (pattern || (settings.timeFormat ?? 'clf')) {
    case 'clf':
      return (exchange) => clock.clf(instant(exchange))
    case 'iso':
      return (exchange) => clock.iso(instant(exchange))
    case 'web': {
      const write = perSecond((epochMs) => new Date(epochMs).toUTCString())
      return (exchange) => write(instant(exchange))
    }
    case 'sec':
      return (exchange) => Math.floor(instant(exchange) / 1000)
    case 'msec':
      return (exchange) => Math.floor(instant(exchange))
    case 'usec':
      return (exchange) => Math.floor(instant(exchange) * 1000)
    case 'msec_frac':
      return (exchange) => fraction(instant(exchange), 3)
    case 'usec_frac':
      return (exchange) => fraction(instant(exchange), 6)
    case 's.ms':
      return (exchange) => (Math.floor(instant(exchange)) / 1000).toFixed(3)
    default:
      return patternReader(pattern || (settings.timeFormat ?? ''), clock.format, instant)
  }
}

function patternReader(
  pattern: string,
  format: (epochMs: number, pattern: string) => string,
  instant: Instant,
): Reader {
  if (/%[fL]/.test(pattern)) return (exchange) => format(instant(exchange), pattern)
  const write = perSecond((epochMs) => format(epochMs, pattern))
  return (exchange) => write(instant(exchange))
}

function fraction(epochMs: number, digits: number): string {
  const part = Math.floor((epochMs % 1000) * 10 ** (digits - 3))
  return String(part).padStart(digits, '0')
}

function durationReader(unit = 'ms', read: (exchange: Exchange) => number | undefined): Reader {
  return (exchange) => {
    const ms = read(exchange)
    if (ms === undefined) return undefined
    switch (unit) {
      case 'us':
        return Math.round(ms * 1000)
      case 's':
        return Math.floor(ms / 1000)
      case 's.ms':
        return (ms / 1000).toFixed(3)
      case 's.us':
        return (ms / 1000).toFixed(6)
      default:
        return Math.round(ms)
    }
  }
}

function decimals(argument: string | undefined, read: (exchange: Exchange) => number | undefined): Reader {
  const digits = argument === undefined ? 3 : Number(argument)
  return (exchange) => read(exchange)?.toFixed(digits)
}

function isDigits(argument: string): string | undefined {
  return /^(?:\d|1\d|20)$/.test(argument) ? undefined : 'a number of digits from 0 to 20'
}
