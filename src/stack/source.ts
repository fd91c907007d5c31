/**
 * Reads the lines of source around a frame. A stack is text, and text can be forged; so only files are read that
 * really lie in the project, have the extension of source code and are no dotfiles.
 */

import { readFileSync, realpathSync, statSync } from 'node:fs'
import { extname, isAbsolute, relative, sep } from 'node:path'
import { BoundedMap } from '../core/bounded-map.ts'
import { shared } from '../core/shared.ts'
import type { Frame } from './frame.ts'
import { projectRoots } from './roots.ts'
import { originalText } from './source-map.ts'

/** Lines of source around a position. */
export interface SourceExcerpt {
  /** Number of the first of `lines`, from 1. */
  readonly startLine: number
  readonly lines: readonly string[]
  /** The line of the frame. */
  readonly line: number
  /** Its column from 1, when known. */
  readonly column: number | undefined
  /** True when the file was written after the process had started: the lines may not be those that ran. */
  readonly changed?: boolean
}

/** What {@link readExcerpt} may read and how much. */
export interface ExcerptOptions {
  /** Lines before and after the frame's. Default 5. */
  readonly context?: number
  /** Folders that may be read, instead of the project's own; see {@link projectRoots}. */
  readonly roots?: readonly string[]
  /** Files read so far for the same report: each is looked at once, so that all its frames show one state of it. */
  readonly memo?: ExcerptMemo
}

/** Files by path; made empty by whoever reads several excerpts. */
export type ExcerptMemo = Map<string, ReadFile | 'none'>

/** Largest file read. */
const MAX_FILE = 1024 * 1024
/** Longest line given. */
const MAX_LINE = 320
/** Last column that is seen without scrolling; of a failing line whose place is further right, the beginning is cut. */
const MAX_COLUMN = 90
/** Characters that are left before the place then. */
const AHEAD = 60

const EXTENSIONS: ReadonlySet<string> = new Set(
  '.js .mjs .cjs .jsx .ts .mts .cts .tsx .vue .svelte .astro .coffee .civet .ls .imba .marko .mdx'.split(' '),
)

/** Texts of files by path, at most 16 and for half a minute; changed files are read again. */
const texts = shared(
  'stack.texts',
  () => new BoundedMap<string, { key: string; file: ReadFile }>({ maxEntries: 16, maxAgeMs: 30_000 }),
)

/** The lines around the frame; undefined when there is no file, or one that may not be read. Never throws. */
export function readExcerpt(
  frame: Pick<Frame, 'file' | 'line' | 'column' | 'compiled'>,
  options: ExcerptOptions = {},
): SourceExcerpt | undefined {
  const { file, line, column } = frame
  if (file === undefined || line === undefined || line < 1) return undefined
  try {
    const roots = options.roots ?? projectRoots()
    const found = readOnce(file, roots, options.memo)
    const { context = 5 } = options
    if (found !== undefined) return excerptIn(found, line, column, context)
    const text = carriedText(frame, roots)
    return text === undefined ? undefined : excerptOf(text, line, column, context)
  } catch {
    return undefined
  }
}

/** The text of a source file of the project; undefined for every other file. Never throws. */
export function readSource(file: string, roots: readonly string[]): string | undefined {
  return readFrom(file, roots)?.text
}

/** Epoch milliseconds. */
const startedAt = (): number => Date.now() - process.uptime() * 1000

/** A file's text as it was read. */
interface ReadFile {
  readonly text: string
  /** Whether it was written after the process had started. */
  readonly changed: boolean
  /** Excerpts given out, by place: the same object each time, so that its drawing can be kept too. At most 200. */
  readonly excerpts: Map<string, SourceExcerpt | undefined>
}

const MAX_EXCERPTS = 200

function excerptIn(
  { text, changed, excerpts }: ReadFile,
  line: number,
  column: number | undefined,
  context: number,
): SourceExcerpt | undefined {
  const key = `${line}:${column}:${context}`
  if (excerpts.has(key)) return excerpts.get(key)
  const found = excerptOf(text, line, column, context)
  const excerpt = found !== undefined && changed ? { ...found, changed } : found
  if (excerpts.size >= MAX_EXCERPTS) excerpts.clear()
  excerpts.set(key, excerpt)
  return excerpt
}

function readOnce(
  file: string,
  roots: readonly string[],
  memo: ExcerptMemo = new Map(),
): ReadFile | undefined {
  let found = memo.get(file)
  if (found === undefined) {
    found = readFrom(file, roots) ?? 'none'
    memo.set(file, found)
  }
  return found === 'none' ? undefined : found
}

/** At once: a file of at most a megabyte, where the thread pool would be the longest wait of a report. */
function readFrom(file: string, roots: readonly string[]): ReadFile | undefined {
  try {
    const path = allowedPath(file, roots)
    if (path === undefined) return undefined
    const facts = statSync(path)
    if (!facts.isFile() || facts.size > MAX_FILE) return undefined
    const key = `${facts.mtimeMs}:${facts.ctimeMs}:${facts.size}`
    const known = texts.get(path)
    if (known?.key === key) return known.file
    const text = readFileSync(path, 'utf8')
    const read: ReadFile = { text, changed: facts.mtimeMs > startedAt(), excerpts: new Map() }
    texts.set(path, { key, file: read })
    return read
  } catch {
    return undefined
  }
}

/** The original text that a source map carries, when the compiled file it belongs to may itself be read. */
function carriedText(frame: Pick<Frame, 'file' | 'compiled'>, roots: readonly string[]): string | undefined {
  if (frame.compiled === undefined || frame.file === undefined) return undefined
  if (allowedPath(frame.compiled.file, roots) === undefined) return undefined
  return originalText(frame.compiled.file, frame.file)
}

/** Answers of {@link findAllowed}, at most 500 and for two seconds: the frames of one error share files and folders. */
const allowed = shared(
  'stack.allowedPaths',
  () => new BoundedMap<string, string>({ maxEntries: 500, maxAgeMs: 2000 }),
)

/** The real path, when it lies in one of the roots and is source code. */
function allowedPath(file: string, roots: readonly string[]): string | undefined {
  const key = [file, ...roots].join('\0')
  const known = allowed.get(key)
  if (known !== undefined) return known
  const path = findAllowed(file, roots)
  if (path !== undefined) allowed.set(key, path)
  return path
}

function findAllowed(file: string, roots: readonly string[]): string | undefined {
  if (!isAbsolute(file) || /^[\\/]{2}/.test(file)) return undefined
  if (file.length > 4096 || file.includes('\0')) return undefined
  if (!EXTENSIONS.has(extname(file).toLowerCase())) return undefined
  const path = realpathSync.native(file)
  if (!EXTENSIONS.has(extname(path).toLowerCase())) return undefined
  for (const root of roots) {
    const inside = relative(realRoot(root), path)
    if (inside === '' || isAbsolute(inside)) continue
    if (isPlain(inside.split(sep))) return path
  }
  return undefined
}

function realRoot(root: string): string {
  try {
    return realpathSync.native(root)
  } catch {
    return root
  }
}

/** Not above the root, no dotfile and no dot-directory, but for the store that pnpm keeps its packages in. */
const isPlain = (segments: readonly string[]): boolean =>
  segments.every(
    (segment, index) =>
      !segment.startsWith('.') || (segment === '.pnpm' && segments[index - 1] === 'node_modules'),
  )

function excerptOf(
  text: string,
  line: number,
  column: number | undefined,
  context: number,
): SourceExcerpt | undefined {
  const first = Math.max(1, line - context)
  const lines = linesOf(text, first, line + context)
  if (lines.length < line - first + 1) return undefined
  const index = line - first
  const failing = lines[index] ?? ''
  const window = cutAround(failing, column)
  return {
    startLine: first,
    lines: lines.map((one, at) => (at === index ? window.line : cutEnd(one))),
    line,
    column: window.column,
  }
}

/** Lines `first` to `last` (from 1, both included) without splitting the whole text. */
function linesOf(text: string, first: number, last: number): string[] {
  const lines: string[] = []
  let start = 0
  for (let number = 1; number <= last && start <= text.length; number++) {
    const end = text.indexOf('\n', start)
    const stop = end < 0 ? text.length : end
    if (number >= first) lines.push(text.slice(start, text[stop - 1] === '\r' ? stop - 1 : stop))
    start = stop + 1
  }
  return lines
}

const cutEnd = (line: string): string => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line)

function cutAround(line: string, column: number | undefined): { line: string; column: number | undefined } {
  if (column === undefined || column <= MAX_COLUMN) return { line: cutEnd(line), column }
  const from = Math.min(column - 1 - AHEAD, Math.max(0, line.length - AHEAD))
  const end = from + MAX_LINE < line.length ? '…' : ''
  const start = from > 0 ? '…' : ''
  return { line: `${start}${line.slice(from, from + MAX_LINE)}${end}`, column: column - from + start.length }
}
