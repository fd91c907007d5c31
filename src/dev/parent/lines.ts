/** What the runner prints about itself, in the manner of the article's CherryPy: time, who speaks, what happened. */

import { painter, useColor } from '../../core/ansi.ts'
import { escapeControls } from '../../core/escape.ts'
import { strftime } from '../../core/time.ts'

/** The part of a stream that is needed. */
export interface LineStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
}

export interface Lines {
  say(text: string): void
  /** Something went wrong. */
  warn(text: string): void
}

/** Lines such as `[08/Jan/2013:23:50:03] ENGINE Serving on http://localhost:5000`. */
export function linesTo(stream: LineStream): Lines {
  const paint = painter(useColor(stream))
  const write = (text: string): void => {
    const time = paint('dim', `[${strftime(Date.now(), '%d/%b/%Y:%H:%M:%S')}]`)
    try {
      stream.write(`${time} ENGINE ${text}\n`)
    } catch {
      // A terminal that is gone stops nobody.
    }
  }
  return {
    say: (text) => write(escapeControls(text)),
    warn: (text) => write(paint('yellow', escapeControls(text))),
  }
}

/** `127.0.0.1:5000` as a browser on this machine opens it. */
export function originOf(address: string, isTls: boolean): string {
  const port = portOf(address)
  const host = address.slice(0, address.lastIndexOf(':'))
  const isHere = ['0.0.0.0', '[::]', '127.0.0.1', '[::1]'].includes(host)
  return `${isTls ? 'https' : 'http'}://${isHere ? 'localhost' : host}:${port}`
}

/** The port of `127.0.0.1:5000`. */
export const portOf = (address: string): number => Number(address.slice(address.lastIndexOf(':') + 1))
