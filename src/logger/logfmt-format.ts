/** Records as logfmt: `time=… level=info logger=app.db msg="connected" host=db1`. */

import { isoText } from './json-format.ts'
import { RESERVED } from './json-value.ts'
import { bare, briefOf, logfmtValue, masked, recordErrorText } from './plain-text.ts'
import type { Format } from './record.ts'

/** Makes a format that draws records as logfmt lines; an error is one field with escaped line ends. */
export function logfmtFormat(): Format {
  return (record) => {
    const { fields, error } = record
    let line = `time=${isoText(record.time)} level=${bare(record.level)}`
    if (record.logger !== '') line += ` logger=${logfmtValue(record.logger)}`
    line += ` msg=${logfmtValue(masked(record, record.message))}`
    for (const key of Object.keys(fields)) {
      if (fields[key] === undefined) continue
      const isError = error !== undefined && fields[key] === error
      const text = isError ? recordErrorText(record) : briefOf(record, key)
      line += ` ${RESERVED.has(key) ? '_' : ''}${bare(key)}=${logfmtValue(text)}`
    }
    return `${line}\n`
  }
}
