/** What the story of a request and the process tell, as sections of the report; secrets masked. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { readOwn } from '../../core/read.ts'
import type { Story, StoryLine } from '../../core/story.ts'
import { describe } from '../../inspect/describe.ts'
import { isSecretName, MASK, maskText } from '../../inspect/redact.ts'
import { descriptionToText } from '../../inspect/to-text.ts'
import type { ReportSection, ReportStep } from '../../report/report.ts'
import { appRows } from './app-facts.ts'
import { positionOf } from './layers.ts'
import { type FunctionPlaces, routePlaces } from './route-places.ts'

/** What is told of a failed request. */
export interface StoryFacts {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly story: Story | undefined
  readonly places: FunctionPlaces
}

type Row = readonly [name: string, value: string]

/** The sections that have something to say. Never rejects. */
export async function storySections(facts: StoryFacts): Promise<readonly ReportSection[]> {
  const parts: (() => ReportSection | undefined | Promise<ReportSection | undefined>)[] = [
    () => routeSection(facts),
    () => logSection(facts.story),
    () => timelineSection(facts),
    () => ({ name: 'App', rows: appRows(), pageOnly: true }),
    environmentSection,
  ]
  const sections = await Promise.all(
    parts.map(async (part) => part()).map((one) => one.catch(() => undefined)),
  )
  return sections.filter((section) => section !== undefined)
}

/** What a framework has put on the request. */
const REQUEST_KEYS = ['params', 'body', 'files', 'user', 'session'] as const
const LIMITS = { depth: 4, width: 40, nodes: 300, stringLength: 500, time: 25 }

async function routeSection({ req, places }: StoryFacts): Promise<ReportSection | undefined> {
  const rows: Row[] = []
  const position = positionOf(req)
  const { route, registered, handler } = await routePlaces(req, places)
  if (route !== undefined) rows.push(['Route', route])
  if (registered !== undefined) rows.push(['Registered', registered])
  if (handler !== undefined) rows.push(['Handler', handler])
  const query = queryOf(req)
  if (query !== undefined) rows.push(['Query', textOf('query', query)])
  for (const key of REQUEST_KEYS) {
    const own = readOwn(req, key)
    const value =
      (own.found === 'value' ? own.value : undefined) ?? (key === 'params' ? position?.params : undefined)
    if (value === undefined || value === null || isEmpty(value)) continue
    rows.push([`${key.charAt(0).toUpperCase()}${key.slice(1)}`, textOf(key, value)])
  }
  return rows.length === 0 ? undefined : { name: 'Route', rows }
}

function queryOf({ url = '' }: IncomingMessage): Record<string, string> | undefined {
  const at = url.indexOf('?')
  if (at < 0 || at === url.length - 1) return undefined
  return Object.fromEntries(new URLSearchParams(url.slice(at + 1, at + 4097)))
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && describe(value, { depth: 1 }).entries?.length === 0

/** Described as a member, so that its name counts when secrets are masked. */
function textOf(key: string, value: unknown): string {
  const entry = describe({ [key]: value }, LIMITS).entries?.[0]
  // Routers and parsers make their objects without a prototype; nobody asks for that here.
  return entry === undefined ? '' : descriptionToText(entry.value).replace('[Object: null prototype] ', '')
}

function logSection(story: Story | undefined): ReportSection | undefined {
  if (story === undefined || story.lines.length === 0) return undefined
  const { lines } = story.lost
  const lost = lines === 0 ? [] : [`… ${lines} earlier lines`]
  return { name: 'Logs', text: [...lost, ...story.lines.map(logLine)].join('\n') }
}

/** `   12.3 ms  info   the line`, further lines of the same print below its first. */
function logLine({ at, source, text }: StoryLine): string {
  const head = `${at.toFixed(1).padStart(8)} ms  ${source.padEnd(6)}  `
  return head + maskText(text).replaceAll('\n', `\n${' '.repeat(head.length)}`)
}

function timelineSection({ req, res, story }: StoryFacts): ReportSection | undefined {
  if (story === undefined) return undefined
  const steps: ReportStep[] = story.steps.map(({ at, kind, text, ms, failed }) => ({
    at,
    kind,
    text: maskText(text),
    ...(ms === undefined ? {} : { ms }),
    ...(failed ? { failed } : {}),
  }))
  const path = (req.url ?? '').split('?', 1)[0] ?? ''
  const ended = story.now()
  const all: ReportStep[] = [
    { at: 0, kind: 'request', text: maskText(`${req.method} ${path}`), ms: ended },
    ...steps,
  ]
  const lost = story.lost.steps
  if (lost > 0) all.push({ at: ended, kind: 'note', text: `${lost} more steps` })
  if (res.headersSent) all.push({ at: ended, kind: 'response', text: `had begun with ${res.statusCode}` })
  return { name: 'Timeline', steps: all }
}

/** Most variables told. */
const MAX_VARIABLES = 300

function environmentSection(): ReportSection {
  const rows = Object.keys(process.env)
    .sort()
    .slice(0, MAX_VARIABLES)
    // The working directory is called PWD, and is no password.
    .map(
      (name): Row => [
        name,
        isSecretName(name) && name !== 'PWD' ? MASK : maskText((process.env[name] ?? '').slice(0, 500)),
      ],
    )
  return { name: 'Environment', rows, pageOnly: true }
}
