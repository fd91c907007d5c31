/** The report as a problem document (RFC 9457), for programs: the usual members, and all that is known in `debug`. */

import { stripAnsi } from '../core/ansi.ts'
import type { DescriptionEntry } from '../inspect/description.ts'
import { maskTokens } from '../inspect/redact.ts'
import { shownFunction } from './frame-groups.ts'
import type { Report, ReportedError, ReportFrame } from './report.ts'

/** A problem document; plain data. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly debug: object
}

/** Frames with their source lines; the others have their place only. */
const FRAMES_WITH_SOURCE = 5

/** The problem document of a report, to be sent as `application/problem+json`. */
export function reportToProblem(report: Report, status: number): Problem {
  const [first] = report.errors
  const sections = (report.sections ?? []).filter(({ pageOnly }) => pageOnly !== true)
  return {
    type: 'about:blank',
    title: first?.name ?? 'Error',
    status,
    detail: stripAnsi(first?.message ?? ''),
    instance: `urn:rocksolid:error:${report.id}`,
    debug: {
      id: report.id,
      fingerprint: report.fingerprint,
      at: new Date(report.at).toISOString(),
      errors: report.errors.map(errorObject),
      ...(report.moreErrors > 0 ? { moreErrors: report.moreErrors } : {}),
      ...(report.request === undefined ? {} : { request: requestObject(report.request) }),
      ...(report.hints === undefined ? {} : { hints: report.hints }),
      ...(sections.length === 0 ? {} : { sections }),
      runtime: report.runtime,
    },
  }
}

function errorObject(error: ReportedError): object {
  let withSource = 0
  return {
    relation: error.relation,
    ...(error.parent === undefined ? {} : { parent: error.parent }),
    ...(error.member === undefined ? {} : { member: error.member }),
    name: error.name,
    message: stripAnsi(error.message),
    ...(error.code === undefined ? {} : { code: error.code }),
    ...(error.isError ? {} : { isError: false }),
    ...(error.properties.length === 0 ? {} : { properties: textByKey(error.properties) }),
    frames: error.frames.map((frame) => {
      const showSource = frame.kind === 'app' && withSource++ < FRAMES_WITH_SOURCE
      return frameObject(frame, showSource)
    }),
    ...(error.moreFrames > 0 ? { moreFrames: error.moreFrames } : {}),
    ...(error.rethrows === undefined
      ? {}
      : { rethrows: error.rethrows.map((frame) => frameObject({ ...frame, source: undefined }, false)) }),
  }
}

const textByKey = (entries: readonly DescriptionEntry[]): Record<string, string> =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value.text]))

function frameObject(frame: ReportFrame, showSource: boolean): object {
  const { source } = frame
  return {
    function: shownFunction(frame),
    ...(frame.file === undefined ? {} : { file: frame.file }),
    ...(frame.line === undefined ? {} : { line: frame.line }),
    ...(frame.column === undefined ? {} : { column: frame.column }),
    kind: frame.kind,
    ...(frame.package === undefined ? {} : { package: frame.package }),
    ...(frame.compiled === undefined ? {} : { compiled: frame.compiled }),
    ...(frame.values === undefined ? {} : { values: textByKey(frame.values) }),
    ...(showSource && source !== undefined
      ? { source: { startLine: source.startLine, lines: source.lines.map(maskTokens) } }
      : {}),
  }
}

function requestObject({ headers, ...request }: NonNullable<Report['request']>): object {
  return { ...request, headers: headers.map(([name, value]) => `${name}: ${value}`) }
}
