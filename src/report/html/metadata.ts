/** The tables under the stack, from the report. */

import type { Report } from '../report.ts'
import type { MetadataGroup } from './sections.ts'

/** Request and process as groups of rows. */
export function metadataGroups({ request, runtime, id, at, fingerprint }: Report): readonly MetadataGroup[] {
  const groups: MetadataGroup[] = []
  if (request !== undefined) {
    const line: (readonly [string, string])[] = [
      ['Method', request.method],
      ['URL', request.url],
      ['HTTP version', request.httpVersion],
    ]
    if (request.remoteAddress !== undefined) line.push(['Remote address', request.remoteAddress])
    const sections = [{ name: 'Request line', rows: line }]
    groups.push({
      name: 'Request',
      sections:
        request.headers.length === 0 ? sections : [...sections, { name: 'Headers', rows: request.headers }],
    })
  }
  const rows: (readonly [string, string])[] = [
    ['Runtime', runtime.name],
    ['Platform', runtime.platform],
    ['Process', `${runtime.pid}, up ${runtime.uptimeSeconds} s`],
    ['Folder', runtime.cwd],
    ['Time', new Date(at).toISOString()],
    ['Report', id],
    ['Fingerprint', fingerprint],
  ]
  groups.push({ name: 'Process', sections: [{ name: 'Facts', rows }] })
  return groups
}
