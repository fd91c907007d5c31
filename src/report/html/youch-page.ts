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
import { laterModule } from '../../core/later-module.ts'
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

type YouchModule = typeof import('youch')

/** Until youch is there, and when it cannot be loaded, the page is put together without the pipeline. */
export const laterYouch = laterModule('report.youch', () => import('youch'))

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

/** Whether youch would have no code to draw: then it would only put together what the plain page does too. */
export const hasNothingToDraw = ({ report, withCode }: View): boolean =>
  [...withCode].every((key) => {
    const [error = 0, frame = 0] = key.split('.').map(Number)
    const source = report.errors[error]?.frames[frame]?.source
    return source === undefined || isDrawn(source)
  })

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

type Component = YouchModule['BaseComponent']
type DrawnComponent = new (draw: Draw<never>) => InstanceType<Component>

/** Our component by youch's base class, made once: a class for each page would be compiled for each page. */
const components = shared('report.components', () => new WeakMap<Component, DrawnComponent>())

function componentOf(Base: Component): DrawnComponent {
  const known = components.get(Base)
  if (known !== undefined) return known
  class Drawn extends Base<unknown> {
    readonly #draw: Draw<never>

    constructor(draw: Draw<never>) {
      super(false)
      this.#draw = draw
    }

    override async toHTML(props: unknown): Promise<string> {
      return (await this.#draw(props as never)).text
    }

    override async toANSI(): Promise<string> {
      return ''
    }
  }
  components.set(Base, Drawn)
  return Drawn
}

/** Puts our component in the place of each of youch's seven. */
function useComponents(youch: Youch, Base: Component, view: View): void {
  const Component = componentOf(Base)
  const use = <Name extends keyof YouchTemplates>(
    name: Name,
    draw: Draw<YouchTemplates[Name]['$props']>,
  ): void => {
    const component = new Component(draw as Draw<never>)
    youch.templates.use(name, component as unknown as YouchTemplates[Name])
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
