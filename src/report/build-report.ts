/**
 * Builds the one report of an error, from which the terminal, the page, JSON, Markdown and the log are drawn. It
 * is given any thrown value whatever, so every step is guarded: what cannot be read is left out, never thrown.
 */

import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { digest } from '../core/digest.ts'
import { errorChain } from './error-chain.ts'
import { shownPath } from './frame-groups.ts'
import { findHints } from './hints/find-hints.ts'
import type { HintProvider } from './hints/hint-provider.ts'
import type { Report, ReportedError, ReportSection, RuntimeFacts } from './report.ts'
import { type Budget, nameOf, reportedError, type ThrowOf, type ValuesOf } from './reported-error.ts'
import { requestFacts } from './request-facts.ts'

/** Where and when the error happened. */
export interface ReportContext {
  readonly req?: IncomingMessage
  /** Default: 16 random bytes as base64url. */
  readonly id?: string
  /** Epoch milliseconds. Default: now. */
  readonly at?: number
  /** Folders whose source may be shown. Default: the project's own. */
  readonly roots?: readonly string[]
  /** Tells what the names on the failing line of a frame held when the error was thrown; see {@link lineValues}. */
  readonly valuesOf?: ValuesOf
  /** Tells what is known of the throw beside the error. */
  readonly throwOf?: ThrowOf
  /** Parts under headings of their own; shown as given, so secrets must be masked. */
  readonly sections?: readonly ReportSection[]
  /** The routes of the application, as `GET /users/:id`: a hint tells of near ones where none was found. */
  readonly routes?: readonly string[]
  /** Providers of hints to ask before those of this package. */
  readonly hints?: readonly HintProvider[]
}

/** Most excerpts of source in one report. */
const MAX_EXCERPTS = 200

/**
 * The report of `error`: 50 errors of the chain at most, 100 frames each, 200 excerpts of source. Never rejects.
 */
export async function buildReport(error: unknown, context: ReportContext = {}): Promise<Report> {
  const id = context.id ?? randomBytes(16).toString('base64url')
  const at = context.at ?? Date.now()
  const request = requestFacts(context.req)
  try {
    const { links, more } = errorChain(error)
    const { roots, valuesOf, throwOf } = context
    const budget: Budget = { excerpts: MAX_EXCERPTS, roots, valuesOf, throwOf, memo: new Map() }
    const errors: ReportedError[] = []
    // One after the other: the budget goes to the errors in the order shown.
    for (const link of links) errors.push(await reportedError(link, budget))
    const report: Report = {
      id,
      fingerprint: fingerprintOf(errors),
      at,
      errors,
      moreErrors: more,
      request,
      runtime: runtime(),
      ...(context.sections === undefined ? {} : { sections: context.sections }),
    }
    const hints = await findHints(report, context)
    return hints.length === 0 ? report : { ...report, hints }
  } catch {
    return {
      id,
      fingerprint: '0',
      at,
      errors: [unreadable(error)],
      moreErrors: 0,
      request,
      runtime: runtime(),
    }
  }
}

/** Stands for a value that could not be looked at in any way. */
function unreadable(error: unknown): ReportedError {
  return {
    relation: 'reported',
    parent: undefined,
    member: undefined,
    name: safeName(error),
    message: 'The thrown value could not be read.',
    code: undefined,
    isError: false,
    properties: [],
    frames: [],
    moreFrames: 0,
    stack: '',
  }
}

function safeName(error: unknown): string {
  try {
    return nameOf(error)
  } catch {
    return 'unknown'
  }
}

const FINGERPRINT_FRAMES = 3

/** The kind of each error and where it was made; lines count, so that a moved error is a new one. */
function fingerprintOf(errors: readonly ReportedError[]): string {
  const cwd = safeCwd()
  const lines = errors.slice(0, 8).map((error) => {
    const own = error.frames.filter((frame) => frame.kind === 'app')
    const frames = (own.length > 0 ? own : error.frames).slice(0, FINGERPRINT_FRAMES)
    const places = frames.map(({ file, line, functionName }) => {
      return `${shownPath(file, cwd)}:${line}:${functionName}`
    })
    // Numbers and quoted parts differ from case to case: they do not make another bug.
    const message = frames.length > 0 ? '' : error.message.slice(0, 500).replace(/\d{1,40}/g, '0')
    return `${error.relation}|${error.name}|${error.code}|${message}|${places.join('|')}\n`
  })
  return digest(lines.join(''))
}

function runtime(): RuntimeFacts {
  return {
    name: runtimeName(),
    platform: `${process.platform} ${process.arch}`,
    pid: process.pid,
    uptimeSeconds: Math.round(process.uptime()),
    cwd: safeCwd(),
  }
}

function runtimeName(): string {
  const versions = process.versions as Record<string, string | undefined>
  if (versions.bun !== undefined) return `Bun ${versions.bun}`
  if (versions.deno !== undefined) return `Deno ${versions.deno}`
  return `Node.js ${versions.node}`
}

/** `process.cwd()` throws when the folder has been deleted. */
function safeCwd(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}
