/**
 * Positions in the original source, for applications that run compiled files without `--enable-source-maps`. With
 * that flag, or under tsx, the runtime has already mapped the stack and nothing here runs.
 */

import { readFileSync, statSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BoundedMap } from '../core/bounded-map.ts'
import { shared } from '../core/shared.ts'

/** A place in an original file, counted from 1. */
export interface OriginalPlace {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A map and the texts it carries. */
interface LoadedMap {
  readonly map: SourceMap
  readonly folder: string
  readonly sources: ReadonlyMap<string, string>
}

/** Largest compiled file and largest map read. */
const MAX_FILE = 8 * 1024 * 1024

const maps = shared(
  'stack.sourceMaps',
  () => new BoundedMap<string, LoadedMap | 'none'>({ maxEntries: 20, maxAgeMs: 60_000 }),
)

/** Where the code at a compiled place was written; undefined when no map tells. Never throws. */
export function originalPlace(file: string, line: number, column: number): OriginalPlace | undefined {
  const loaded = loadMap(file)
  if (loaded === undefined) return undefined
  try {
    const entry = loaded.map.findEntry(line - 1, column - 1)
    if (!('originalSource' in entry)) return undefined
    const original = resolveSource(entry.originalSource, loaded.folder)
    if (original === undefined) return undefined
    return { file: original, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  } catch {
    return undefined
  }
}

/** The text of an original file as the map of the compiled file carries it. */
export function originalText(compiledFile: string, file: string): string | undefined {
  return loadMap(compiledFile)?.sources.get(file)
}

function loadMap(file: string): LoadedMap | undefined {
  let loaded = maps.get(file)
  if (loaded === undefined) {
    loaded = readMap(file) ?? 'none'
    maps.set(file, loaded)
  }
  return loaded === 'none' ? undefined : loaded
}

function readMap(file: string): LoadedMap | undefined {
  try {
    return readMapOf(file)
  } catch {
    return undefined
  }
}

function readMapOf(file: string): LoadedMap | undefined {
  const code = readCapped(file)
  const reference = code === undefined ? undefined : mapReference(code)
  if (reference === undefined) return undefined
  const folder = dirname(file)
  const text = reference.startsWith('data:') ? inlineMap(reference) : siblingMap(reference, folder)
  if (text === undefined) return undefined
  const payload = JSON.parse(text.replace(/^\)\]\}'[^\n]*\n/, '')) as SourceMapPayload
  const mapFolder = reference.startsWith('data:') ? folder : dirname(resolve(folder, reference))
  const root = typeof payload.sourceRoot === 'string' ? resolve(mapFolder, payload.sourceRoot) : mapFolder
  const sources = new Map<string, string>()
  for (const [index, source] of payload.sources.entries()) {
    const content: unknown = payload.sourcesContent?.[index]
    const path = resolveSource(source, root)
    if (path !== undefined && typeof content === 'string') sources.set(path, content)
  }
  return { map: new SourceMap(payload), folder: root, sources }
}

function readCapped(path: string): string | undefined {
  const facts = statSync(path)
  return facts.isFile() && facts.size <= MAX_FILE ? readFileSync(path, 'utf8') : undefined
}

const MARK = 'sourceMappingURL='

/** The last reference in a comment near the end of the file. */
function mapReference(code: string): string | undefined {
  const at = code.lastIndexOf(MARK)
  if (at < 0 || !/[#@]\s?$/.test(code.slice(Math.max(0, at - 2), at))) return undefined
  const end = code.slice(at + MARK.length).search(/[\s*'"]/)
  const reference =
    end < 0 ? code.slice(at + MARK.length) : code.slice(at + MARK.length, at + MARK.length + end)
  return reference === '' ? undefined : reference
}

function inlineMap(reference: string): string | undefined {
  const comma = reference.indexOf(',')
  if (comma < 0) return undefined
  const body = reference.slice(comma + 1)
  return reference.slice(0, comma).endsWith(';base64')
    ? Buffer.from(body, 'base64').toString('utf8')
    : decodeURIComponent(body)
}

function siblingMap(reference: string, folder: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(reference) || !/\.(?:map|json)$/.test(reference)) return undefined
  return readCapped(resolve(folder, decodeURIComponent(reference)))
}

function resolveSource(source: string, folder: string): string | undefined {
  if (source.startsWith('file:')) return fileURLToPath(source)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return undefined
  return isAbsolute(source) ? source : resolve(folder, source)
}
