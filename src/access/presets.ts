/** The formats that have a name. */

import type { Syntax } from './parse-format.ts'

/** A named format. */
export interface Preset {
  readonly format: string
  readonly syntax: Syntax
  /** Shape of its time when the options name none. */
  readonly timeFormat?: string
  /** For the documentation. */
  readonly about: string
}

export const PRESETS = {
  combined: {
    format: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
    syntax: 'apache',
    about: "Apache's combined log; the default.",
  },
  common: { format: '%h %l %u %t "%r" %>s %b', syntax: 'apache', about: "Apache's common log." },
  vhost_combined: {
    format: '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
    syntax: 'apache',
    about: "Debian's: with the host and port asked for, and all bytes sent.",
  },
  combinedio: {
    format: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O',
    syntax: 'apache',
    about: 'Combined, with all bytes received and sent.',
  },
  referer: { format: '%{Referer}i -> %U', syntax: 'apache', about: 'Where requests come from.' },
  agent: { format: '%{User-agent}i', syntax: 'apache', about: 'Which programs ask.' },
  cherrypy: {
    format: '[%(time)s] REQUES %(REQUEST_METHOD)s %(status)s %(REQUEST_URI)s (%(REMOTE_ADDR)s) %(bytes)s',
    syntax: 'python',
    timeFormat: '%d/%b/%Y:%H:%M:%S',
    about: "Lines up with CherryPy's server log.",
  },
  translogger: {
    format:
      '%(REMOTE_ADDR)s - %(REMOTE_USER)s [%(time)s] "%(REQUEST_METHOD)s %(REQUEST_URI)s %(HTTP_VERSION)s" %(status)s %(bytes)s "%(HTTP_REFERER)s" "%(HTTP_USER_AGENT)s"',
    syntax: 'python',
    about: "Paste TransLogger's own.",
  },
  default: {
    format:
      ':remote-addr - :remote-user [:date] ":method :url HTTP/:http-version" :status :bytes ":referrer" ":user-agent"',
    syntax: 'morgan',
    about: "morgan's default, with the bytes really sent.",
  },
  short: {
    format: ':remote-addr :remote-user :method :url HTTP/:http-version :status :bytes - :response-time ms',
    syntax: 'morgan',
    about: "morgan's short, with the bytes really sent.",
  },
  tiny: {
    format: ':method :url :status :bytes - :response-time ms',
    syntax: 'morgan',
    about: "morgan's tiny, with the bytes really sent.",
  },
} as const satisfies Readonly<Record<string, Preset>>

/** Formats that are more than a format string. */
export const COMPUTED_PRESETS = {
  pretty: 'For people: aligned, coloured by status and duration where the destination is a terminal.',
  dev: "morgan's dev: short, the status coloured where the destination is a terminal.",
  json: 'An object of JSON in each line; see the option `schema`.',
} as const

/** A name of {@link PRESETS} or {@link COMPUTED_PRESETS}. */
export type PresetName = keyof typeof PRESETS | keyof typeof COMPUTED_PRESETS

/** All names. */
export const PRESET_NAMES: readonly string[] = [...Object.keys(PRESETS), ...Object.keys(COMPUTED_PRESETS)]
