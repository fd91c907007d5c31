/**
 * The page made by youch's pipeline: its parser, source loader, transformer, metadata and templates run, each with
 * our own part put in. Youch never sees the thrown value, only a stand-in that names the report's frames.
 */

import type { Youch } from 'youch'
import type {
  ErrorMetadataRow,
  ErrorStackSourceProps,
  LayoutProps,
  ParsedError,
  StackFrame,
  YouchTemplates,
} from 'youch/types'
import { shared } from '../../core/shared.ts'
import { frameCode, isDrawn } from './code.ts'
import { layoutPart } from './layout.ts'
import { html, type Markup, NOTHING, trusted } from './markup.ts'
import { type MetadataGroup, metadataGroups, metadataPart, textPart } from './metadata.ts'
import { sourceOf } from './page.ts'
import { causePart, headerPart, infoPart, stackPart } from './sections.ts'
import type { View } from './view.ts'

/** The path under which youch knows frame `F` of error `E`: `/frames/E/F`. */
const KEY = /^\/frames\/(\d{1,4})\/(\d{1,4})$/

/**
 * Loads youch when a page has gone out rather than before: that takes longer than drawing. At most one attempt in a
 * process; until it is there, and when it cannot be, the page is put together without the pipeline.
 */
const pipeline = shared('report.youch', (): { module?: YouchModule; asked: boolean } => ({ asked: false }))

type YouchModule = typeof import('youch')

/** Milliseconds from the first page to the loading of youch: its response has gone by then. */
const LOAD_AFTER_MS = 300

/** Youch, when it is loaded. Has it loaded in a moment when it is not. */
export function loadedYouch(): YouchModule | undefined {
  if (!pipeline.asked) {
    pipeline.asked = true
    setTimeout(() => void loadYouch().catch(() => {}), LOAD_AFTER_MS).unref()
  }
  return pipeline.module
}

/** Youch, loaded now. Rejects when it cannot be. */
export async function loadYouch(): Promise<YouchModule> {
  pipeline.module ??= await import('youch')
  return pipeline.module
}

/** The page. Rejects when youch does not do what it is known to do. */
export async function youchPage(view: View, module: YouchModule): Promise<string> {
  // One instance for each page: it keeps the metadata of all it has drawn.
  const youch = new module.Youch()
  let parsed = false
  youch
    .useParser(() => standIn(view))
    .defineSourceLoader((frame) => contentsOf(view, frame))
    .useTransformer((error) => {
      parsed = error.name === STAND_IN
    })
  for (const group of metadataGroups(view.report)) youch.metadata.group(group.name, toSections(group))
  useComponents(youch, module.BaseComponent, view)
  const page = await youch.toHTML(undefined, {
    title: 'Error',
    ...(view.options.nonce === undefined ? {} : { cspNonce: view.options.nonce }),
  })
  if (!parsed || !page.endsWith('</html>\n')) throw new Error('youch gave no page')
  return page
}

const STAND_IN = 'ReportedError'

/**
 * An error of ours whose stack names each frame whose code is to be drawn by its key, at its line within the excerpt.
 * Code drawn for an earlier page is not drawn again.
 */
function standIn({ report, withCode }: View): Error {
  const lines: string[] = []
  for (const key of withCode) {
    const [error = 0, frame = 0] = key.split('.').map(Number)
    const source = report.errors[error]?.frames[frame]?.source
    if (source === undefined || isDrawn(source)) continue
    lines.push(`    at frame (/frames/${error}/${frame}:${source.line - source.startLine + 1}:1)`)
  }
  const error = new Error('')
  error.name = STAND_IN
  error.stack = [STAND_IN, ...lines].join('\n')
  return error
}

function keyOf(frame: Pick<StackFrame, 'fileName'>): [error: number, frame: number] | undefined {
  const match = KEY.exec(frame.fileName ?? '')
  return match === null ? undefined : [Number(match[1]), Number(match[2])]
}

function contentsOf({ report }: View, frame: StackFrame): { contents: string } | undefined {
  const key = keyOf(frame)
  const source = key && report.errors[key[0]]?.frames[key[1]]?.source
  return source && { contents: source.lines.join('\n') }
}

function toSections(group: MetadataGroup): Record<string, ErrorMetadataRow[]> {
  return Object.fromEntries(
    group.sections.map((section) => [section.name, section.rows.map(([key, value]) => ({ key, value }))]),
  )
}

type Draw<Props> = (props: Props) => Markup | Promise<Markup>

/** Puts our component in the place of each of youch's seven. */
function useComponents(youch: Youch, Base: typeof import('youch').BaseComponent, view: View): void {
  const use = <Name extends keyof YouchTemplates>(
    name: Name,
    draw: Draw<YouchTemplates[Name]['$props']>,
  ): void => {
    class Component extends Base<YouchTemplates[Name]['$props']> {
      override async toHTML(props: YouchTemplates[Name]['$props']): Promise<string> {
        return (await draw(props)).text
      }

      override async toANSI(): Promise<string> {
        return ''
      }
    }
    youch.templates.use(name, new Component(false) as unknown as YouchTemplates[Name])
  }
  const sources = new Map<string, Markup>()
  const drawn = (error: number, frame: number): Markup =>
    sources.get(`${error}.${frame}`) ?? sourceOf(view, error, frame)
  use('layout', async (props: LayoutProps) => layoutPart(view, trusted(await props.children())))
  use('header', () => headerPart(view))
  use('errorInfo', () => infoPart(view))
  use('errorStackSource', (props) => sourceMarkup(view, props))
  use('errorStack', async ({ error, sourceCodeRenderer }) => {
    await drawSources(error, sourceCodeRenderer, sources)
    return stackPart(view, drawn)
  })
  use('errorCause', () => causePart(view, drawn))
  use('errorMetadata', ({ metadata }) => {
    const kept = Object.keys(metadata.toJSON())
    const groups = metadataGroups(view.report).filter(({ name }) => kept.includes(name))
    return html`${metadataPart(view, groups)}${textPart(view)}`
  })
}

async function drawSources(
  error: ParsedError,
  render: (error: ParsedError, frame: StackFrame) => Promise<string>,
  sources: Map<string, Markup>,
): Promise<void> {
  for (const frame of error.frames) {
    const key = keyOf(frame)
    if (key !== undefined) sources.set(key.join('.'), trusted(await render(error, frame)))
  }
}

/** The lines that youch has cut out of the loaded source, at their numbers in the file. */
function sourceMarkup(view: View, { frame }: ErrorStackSourceProps): Markup {
  const key = keyOf(frame)
  if (key === undefined) return NOTHING
  const found = view.report.errors[key[0]]?.frames[key[1]]
  const chunks = frame.source
  if (found?.source === undefined || chunks === undefined || chunks.length === 0)
    return sourceOf(view, ...key)
  const { lines, startLine } = found.source
  const isWhole = chunks.length === lines.length && chunks.every(({ chunk }, at) => chunk === lines[at])
  if (isWhole) return frameCode(found, found.source)
  return frameCode(found, {
    ...found.source,
    startLine: startLine + (chunks[0]?.lineNumber ?? 1) - 1,
    lines: chunks.map(({ chunk }) => chunk),
  })
}
