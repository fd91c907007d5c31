/**
 * Maps positions between scripts as they run and the sources they were made from, where the runtime or a loader (tsx,
 * `--enable-source-maps`) has mapped the stack but V8's own positions are those of the script.
 */

import { readFile, stat } from 'node:fs/promises'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BoundedMap } from '../../core/bounded-map.ts'
import { ownerOf } from '../../stack/own-files.ts'
import type { CodePosition } from './captured.ts'
import type { BrokenModule } from './inspector-session.ts'

/** What is asked of the inspector. */
export interface ScriptSources {
  /** Files of the scripts that are loaded, newest last. */
  files(): readonly string[]
  /** The source of a script as it runs. */
  sourceOf(file: string): string | undefined
  /** The last modules that could not be parsed, newest last. */
  broken(): readonly BrokenModule[]
}

export interface ScriptMaps {
  /** What is mapped. */
  readonly scripts: ScriptSources
  /** Where the code at a position of a script was written; undefined when no map tells. Never rejects. */
  toOriginal(position: CodePosition): Promise<CodePosition | undefined>
  /** Where the code of a written position runs: itself where the file runs as it is. Never rejects. */
  toRunning(position: CodePosition): Promise<CodePosition | undefined>
}

interface LoadedMap {
  readonly map: SourceMap
  readonly folder: string
  readonly sources: ReadonlySet<string>
  /** The script and its file. */
  readonly script: string
  readonly file: string
}

/** Scripts searched for the one that was made from a source. */
const MAX_SEARCHED = 100
/** Characters of a script whose positions are searched one by one. */
const MAX_SCANNED = 500_000
const MAX_MAP_BYTES = 16 * 1024 * 1024

export function makeScriptMaps(scripts: ScriptSources): ScriptMaps {
  const loaded = new BoundedMap<string, Promise<LoadedMap | undefined>>({
    maxEntries: MAX_SEARCHED,
    maxAgeMs: 60_000,
  })

  function mapOf(file: string): Promise<LoadedMap | undefined> {
    let map = loaded.get(file)
    if (map === undefined) {
      const script = scripts.sourceOf(file)
      map = script === undefined ? Promise.resolve(undefined) : loadMap(file, script).catch(() => undefined)
      loaded.set(file, map)
    }
    return map
  }

  async function scriptMadeFrom(file: string): Promise<LoadedMap | undefined> {
    const own = await mapOf(file)
    if (own !== undefined) return own
    const candidates = scripts.files().filter((one) => ownerOf(one) === 'app')
    for (const candidate of candidates.slice(-MAX_SEARCHED).reverse()) {
      const map = await mapOf(candidate)
      if (map?.sources.has(file)) return map
    }
    return undefined
  }

  return {
    scripts,
    async toOriginal({ file, line, column }) {
      const map = await mapOf(file)
      return map === undefined ? undefined : entryAt(map, line, column)
    },
    async toRunning(position) {
      const map = await scriptMadeFrom(position.file)
      if (map !== undefined) return findRunning(map, position)
      return scripts.sourceOf(position.file) === undefined ? undefined : position
    },
  }
}

async function loadMap(file: string, script: string): Promise<LoadedMap | undefined> {
  const reference = /\/[/*][#@] ?sourceMappingURL=(\S+?)(?:\s*\*\/)?\s*$/.exec(
    script.slice(lastLineStart(script)),
  )?.[1]
  if (reference === undefined) return undefined
  const isInline = reference.startsWith('data:')
  const path = resolve(dirname(file), isInline ? '.' : reference)
  const text = isInline ? inlineText(reference) : await textOf(path)
  if (text === undefined) return undefined
  const payload = JSON.parse(text) as SourceMapPayload
  const folder = resolve(isInline ? dirname(file) : dirname(path), payload.sourceRoot ?? '')
  const sources = new Set(payload.sources.map((source) => sourcePath(source, folder)))
  return { map: new SourceMap(payload), folder, sources, script, file }
}

function lastLineStart(script: string): number {
  return Math.max(0, script.trimEnd().lastIndexOf('\n'))
}

function inlineText(reference: string): string {
  const comma = reference.indexOf(',')
  const isBase64 = reference.slice(0, comma).endsWith(';base64')
  const data = reference.slice(comma + 1)
  return isBase64 ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data)
}

async function textOf(path: string): Promise<string | undefined> {
  const facts = await stat(path)
  return facts.isFile() && facts.size <= MAX_MAP_BYTES ? await readFile(path, 'utf8') : undefined
}

function sourcePath(source: string, folder: string): string {
  return source.startsWith('file:') ? fileURLToPath(source) : resolve(folder, source)
}

function entryAt({ map, folder }: LoadedMap, line: number, column: number): CodePosition | undefined {
  const entry = map.findEntry(line - 1, column - 1)
  if (!('originalSource' in entry) || typeof entry.originalSource !== 'string') return undefined
  return {
    file: sourcePath(entry.originalSource, folder),
    line: entry.originalLine + 1,
    column: entry.originalColumn + 1,
  }
}

/** Maps can only be asked in one direction, so the script is scanned for the first place made from the position. */
function findRunning(loaded: LoadedMap, wanted: CodePosition): CodePosition | undefined {
  const { script } = loaded
  if (script.length > MAX_SCANNED) return undefined
  const lines = script.split('\n')
  for (const [index, text] of lines.entries()) {
    if (text.startsWith('//# sourceMappingURL=')) continue
    for (let column = 1; column <= text.length; column++) {
      const entry = entryAt(loaded, index + 1, column)
      if (entry?.line === wanted.line && entry.column === wanted.column && entry.file === wanted.file) {
        return { file: loaded.file, line: index + 1, column }
      }
    }
  }
  return undefined
}
