/** The headers an error asks for, as http-errors carries them: `Retry-After` of a 503, `WWW-Authenticate` of a 401. */

import { validateHeaderName, validateHeaderValue } from 'node:http'
import { isReadable, readOwn } from '../core/read.ts'
import type { Answer } from '../http/respond.ts'
import { isSecretName, maskText } from '../inspect/redact.ts'

/**
 * Headers that describe a body or a connection that are not the error's, that would weaken the page, or that would
 * have the browser do something: an error may carry the headers of a foreign response, or of the request itself.
 */
const REFUSED =
  /^(?:refresh$|speculation-rules$|supports-loading-mode$|accept-ch$|critical-ch$|document-policy|location$|link$|clear-site-data$|service-worker|(?:x-)?sourcemap$|report-to$|reporting-endpoints$|nel$|alt-svc$|strict-transport|permissions-policy$|referrer-policy$|origin|forwarded$|via$|x-forwarded|x-real-ip$|x-rocksolid|x-debug|content-|transfer-encoding$|connection$|keep-alive$|trailer$|upgrade$|te$|host$|date$|set-cookie|access-control-|cross-origin-|x-frame-options$|x-content-type-options$|cache-control$|etag$|last-modified$|expires$|vary$|:)/i

/** Most headers taken from one error. */
const MAX_HEADERS = 20

/** `error.headers` where that is an object of valid headers; reads data properties only. Never throws. */
export function errorHeaders(error: unknown): Readonly<Record<string, string>> {
  const own = readOwn(error, 'headers')
  const headers: Record<string, string> = {}
  if (own.found !== 'value' || !isReadable(own.value) || Array.isArray(own.value)) return headers
  let count = 0
  for (const name of Object.keys(own.value)) {
    const reading = readOwn(own.value, name)
    if (reading.found !== 'value' || REFUSED.test(name)) continue
    const { value } = reading
    if (typeof value !== 'string' && typeof value !== 'number') continue
    if (count++ >= MAX_HEADERS) break
    const isSecret = isSecretName(name) || maskText(String(value)) !== String(value)
    if (!isSecret && isValid(name, String(value))) headers[name] = String(value)
  }
  return headers
}

/** The answer with headers that its error asks for; its own come first. */
export const withHeaders = (answer: Answer, wanted: Readonly<Record<string, string>>): Answer => ({
  ...answer,
  headers: { ...wanted, ...answer.headers },
})

function isValid(name: string, value: string): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}
