/**
 * A session with V8's inspector on this same thread: no port, no flag, no second thread.
 * Commands answer synchronously. Only Node has it: Deno stops for ever at a same-thread pause, Bun has no Debugger.
 */

import type { Session } from 'node:inspector'
import { syncBuiltinESMExports } from 'node:module'
import { fileURLToPath } from 'node:url'
import { inspectorModule, isDebuggerAttached } from '../../core/inspector.ts'

/** Why frames cannot be captured here, as a sentence for the page; undefined when they can. */
export function whyUnavailable(): string | undefined {
  const { versions } = process
  if (versions.bun !== undefined) return 'Bun has no debugger domain, so frames have no live console here.'
  if ('deno' in versions)
    return 'Deno stops when it is debugged from its own thread, so frames have no live console here.'
  if (inspectorModule() === undefined)
    return 'This build of Node.js has no inspector, so frames have no live console.'
  if (isDebuggerAttached()) {
    return 'Another debugger is attached to this process (--inspect or an editor), so frames are left to it.'
  }
  return undefined
}

/** A position of a call frame; line and column count from 0. */
interface Location {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber?: number
}

/** A scope of a frame. */
interface PausedScope {
  readonly type: string
  readonly object?: { readonly objectId?: string }
  readonly endLocation?: Location
}

/** A frame of the inspector's `Debugger.paused`. */
export interface PausedFrame {
  readonly callFrameId: string
  readonly functionName: string
  readonly location: Location
  /** Where the function begins. */
  readonly functionLocation?: Location
  readonly scopeChain: readonly PausedScope[]
  readonly this?: { readonly objectId?: string }
}

/** The parameters of `Debugger.paused`. */
export interface Paused {
  readonly reason: string
  readonly callFrames: readonly PausedFrame[]
  readonly hitBreakpoints?: readonly string[]
  readonly data?: {
    readonly objectId?: string
    readonly className?: string
    readonly value?: unknown
    readonly unserializableValue?: string
  }
}

/** The answer of a command: its result, or the error that the inspector gave. */
export type PostResult = { readonly error?: unknown } & Readonly<Record<string, unknown>>

/** A module that V8 has refused to parse. */
export interface BrokenModule {
  readonly file: string
  /** Of `performance.now()`. */
  readonly at: number
  source(): string | undefined
}

/** A connected session. */
export interface InspectorSession {
  post(method: string, parameters?: object): PostResult
  /** Path or URL of a script, '' when unknown. */
  scriptFile(scriptId: string): string
  /** The newest script of a path or URL. */
  scriptId(file: string): string | undefined
  /** Paths and URLs of the scripts that were loaded, newest last. */
  files(): readonly string[]
  /** The last modules that could not be parsed, newest last. */
  broken(): readonly BrokenModule[]
  /** Whether throws and breakpoints pause. */
  setPausing(isPausing: boolean): void
  /** Whether a debugger client is or may be attached beside it; asked at each request, and costs next to nothing. */
  hasCompany(): boolean
  close(): void
}

/** Scripts with a file remembered by id; the oldest are forgotten beyond this. */
const MAX_SCRIPTS = 50_000
/** Broken modules remembered. */
const MAX_BROKEN = 10

/**
 * Connects and enables the debugger domain (17 to 58 ms, once). `onPaused` is called synchronously in each pause,
 * `onOpening` before the application opens the inspector for a client.
 */
export function openInspectorSession(
  onPaused: (paused: Paused) => void,
  onOpening: () => void,
): InspectorSession | undefined {
  const inspector = inspectorModule()
  if (inspector === undefined) return undefined
  const session: Session = new inspector.Session()
  session.connect()
  const scripts = new Map<string, string>()
  const ids = new Map<string, string>()
  session.on('Debugger.scriptParsed', ({ params }: { params: { scriptId: string; url: string } }) => {
    const file = filePath(params.url)
    // What is evaluated in frames has no file; of each page there would be a few.
    if (file === '') return
    scripts.set(params.scriptId, file)
    ids.set(file, params.scriptId)
    for (const known of [scripts, ids])
      if (known.size > MAX_SCRIPTS) known.delete(known.keys().next().value ?? '')
  })
  let broken: readonly BrokenModule[] = []
  session.on('Debugger.scriptFailedToParse', ({ params }: { params: FailedScript }) => {
    if (params.isModule !== true || !params.url.startsWith('file:')) return
    const source = (): string | undefined => {
      const { scriptSource } = post('Debugger.getScriptSource', { scriptId: params.scriptId })
      return typeof scriptSource === 'string' ? scriptSource : undefined
    }
    broken = [...broken, { file: filePath(params.url), at: performance.now(), source }].slice(-MAX_BROKEN)
  })
  session.on('Debugger.paused', ({ params }: { params: unknown }) => onPaused(params as Paused))
  const post = (method: string, parameters?: object): PostResult => {
    let answer: PostResult = {}
    session.post(method, parameters, (error: Error | null, result?: object) => {
      answer = error ? { error } : ((result ?? {}) as PostResult)
    })
    return answer
  }
  post('Debugger.enable', { maxScriptsCacheSize: 10_000_000 })
  const stopHearing = hearOpening(inspector, onOpening)
  return {
    post,
    scriptFile: (scriptId) => scripts.get(scriptId) ?? '',
    scriptId: (file) => ids.get(file),
    files: () => [...ids.keys()],
    broken: () => broken,
    setPausing(isPausing) {
      // What a session has asked for outlives it in V8, and would stop a client that comes later at each throw.
      post('Debugger.setPauseOnExceptions', { state: isPausing ? 'all' : 'none' })
      post('Debugger.setSkipAllPauses', { skip: !isPausing })
    },
    hasCompany: () => inspector.url() !== undefined,
    close() {
      stopHearing()
      session.disconnect()
    },
  }
}

/** Otherwise a client that is quick would be stopped at throws until our next look. */
function hearOpening(
  inspector: { open: typeof import('node:inspector')['open'] },
  onOpening: () => void,
): () => void {
  const { open } = inspector
  const heard: typeof open = (...given) => {
    onOpening()
    return open(...given)
  }
  const set = (value: typeof open): void => {
    try {
      inspector.open = value
      syncBuiltinESMExports()
    } catch {
      // A runtime that allows it to nobody.
    }
  }
  set(heard)
  return () => {
    if (inspector.open === heard) set(open)
  }
}

interface FailedScript {
  readonly scriptId: string
  readonly url: string
  readonly isModule?: boolean
}

function filePath(url: string): string {
  if (!url.startsWith('file:')) return url
  try {
    return fileURLToPath(url)
  } catch {
    return url
  }
}
