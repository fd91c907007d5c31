/** The `format` option of sinks: a name, a format string, or a function. */

import { isAnyOf, isFunction, isString } from '../core/options.ts'
import { shared } from '../core/shared.ts'
import { jsonFormat } from './json-format.ts'
import { logfmtFormat } from './logfmt-format.ts'
import { prettyFormat } from './pretty-format.ts'
import type { Format } from './record.ts'
import { textFormat } from './text-format.ts'

/** `json`, `logfmt`, `pretty`, a format string such as `%(asctime)s %(levelname)-5s %(message)s`, or a function. */
export type FormatChoice = 'json' | 'logfmt' | 'pretty' | (string & {}) | Format

/** What decides about the looks of a format. */
export interface FormatLooks {
  readonly color: boolean
  /** strftime directives for the formats for people. */
  readonly dateFormat: string | undefined
}

/** A check for the `format` option. */
export const isFormat = isAnyOf(
  (value) => (isString(value) === undefined ? undefined : '"json", "logfmt", "pretty", a format string'),
  isFunction,
)

// One instance of each plain format, so that sinks which share a format share its rendering.
const plain = shared('logger-formats', () => ({ json: jsonFormat(), logfmt: logfmtFormat() }))

/**
 * The format that a choice names.
 * @throws {FormatError} for a format string that cannot be read
 */
export function formatOf(choice: FormatChoice, looks: FormatLooks): Format {
  if (typeof choice === 'function') return choice
  if (choice === 'json') return plain.json
  if (choice === 'logfmt') return plain.logfmt
  const { color, dateFormat } = looks
  if (choice === 'pretty') return prettyFormat({ color, ...(dateFormat === undefined ? {} : { dateFormat }) })
  return textFormat(choice, dateFormat)
}
