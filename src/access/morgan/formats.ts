/** morgan's named formats. */

import { createReporter } from '../reporter.ts'
import { compileTokens } from './compile.ts'
import type { Morgan, MorganFormatFunction } from './interface.ts'

const COMMON =
  ':remote-addr - :remote-user [:date[clf]] ":method :url HTTP/:http-version" :status :res[content-length]'

const SHORT = ':method :url HTTP/:http-version :status :res[content-length] - :response-time ms'

/** Puts the formats on `morgan`; whether `dev` has colours is decided now, by NO_COLOR alone, as morgan does. */
export function defineFormats(morgan: Morgan): void {
  morgan.format('combined', `${COMMON} ":referrer" ":user-agent"`)
  morgan.format('common', COMMON)
  morgan.format('default', `${COMMON.replace(':date[clf]', ':date')} ":referrer" ":user-agent"`)
  morgan.format('short', `:remote-addr :remote-user ${SHORT}`)
  morgan.format('tiny', SHORT.replace(' HTTP/:http-version', ''))
  morgan.format('dev', process.env.NO_COLOR ? dev(undefined) : colouredDev())
}

/** Colours by the hundreds of a status: green, cyan, yellow, red. */
const INKS = [0, 0, 32, 36, 33, 31]

function colouredDev(): MorganFormatFunction {
  const formats = INKS.map(dev)
  return function developmentFormatLine(tokens, req, res) {
    const sent = typeof res.headersSent === 'boolean' ? res.headersSent : Boolean(res._header)
    const hundreds = sent ? Math.min(5, Math.floor(res.statusCode / 100)) : 0
    return (formats[hundreds] ?? formats[0])?.(tokens, req, res)
  }
}

function dev(ink: number | undefined): MorganFormatFunction {
  const [reset, colour] = ink === undefined ? ['', ''] : ['\x1b[0m', `\x1b[${ink}m`]
  const format = `${reset}:method :url ${colour}:status${reset} :response-time ms - :res[content-length]${reset}`
  return compileTokens(format, createReporter(undefined))
}
