/** The options of the debugger, their defaults, and what is refused. */

import type { IncomingMessage } from 'node:http'
import { nearest } from '../core/nearest.ts'
import {
  type Checks,
  isAnyOf,
  isArrayOf,
  isBoolean,
  isFalse,
  isFunction,
  isInteger,
  isObject,
  isString,
  resolveOptions,
} from '../core/options.ts'
import { isAddressRange, parseHost } from '../http/hosts.ts'
import { plainPath } from '../http/mount.ts'
import { detectEditor, EDITORS, editorTemplate } from '../report/editors.ts'
import { checkPin } from './trust/pin.ts'

/** Options of `withDebugger` and `debugErrors`. */
export interface DebuggerOptions {
  /**
   * A live console in every frame; Werkzeug's `evalex`. Without it the page still shows source and frames.
   * Default true.
   */
  readonly evalex?: boolean
  /**
   * A console at `/__rocksolid/console` that belongs to no error, behind the same lock. `true` has the handler in scope
   * as `app`; an object adds its own names.
   * Default false.
   */
  readonly console?: boolean | Readonly<Record<string, unknown>>
  /**
   * The PIN that unlocks the console. At least 8 characters.
   * Default: the environment variable ROCKSOLID_PIN, else a random one at each start.
   */
  readonly pin?: string
  /**
   * The path below which requests come to the debugger, such as `/sub`, where neither Express, connect nor an adapter
   * tells: of a handler that its server calls for `/sub` alone. Default: what they tell, else the root.
   */
  readonly mount?: string
  /** Host names the page may be opened under, beside localhost, *.localhost, 127.0.0.0/8 and [::1]. `.name` allows subdomains. Default []. */
  readonly allowedHosts?: readonly string[]
  /**
   * Addresses and CIDR ranges of socket peers that count as this machine, beside loopback. A proxy that adds forwarding
   * headers must stand here even on loopback (`127.0.0.1`) or on a unix socket (`unix`). Default [].
   */
  readonly allowedPeers?: readonly string[]
  /** Whether peers on a unix socket count as this machine. Default false. */
  readonly allowUnixSocket?: boolean
  /** Errors kept for their consoles; the one used longest ago goes first. Default 20. */
  readonly maxErrors?: number
  /** Milliseconds an error is kept. Default 3600000. */
  readonly maxAgeMs?: number
  /**
   * Bytes that kept errors may hold, estimated from their reports and the locals of their frames; the one used longest
   * ago goes first, the newest always stays.
   * Default 134217728 (128 MiB).
   */
  readonly maxBytes?: number
  /** Frames with a console for each error. Default 30. */
  readonly maxFrames?: number
  /** Throws captured in a second. Default 100. */
  readonly maxCapturesPerSecond?: number
  /** Milliseconds one run of console code may take before it is ended, and a promise is waited for. Default 5000. */
  readonly consoleTimeoutMs?: number
  /**
   * `Error.stackTraceLimit` while the debugger is on, if the application has a lower one: V8's default of 10 hides
   * the callers one wants to see. `false` leaves it.
   * Default 50.
   */
  readonly stackTraceLimit?: number | false
  /** Where tracebacks and the PIN are printed. `false` prints nothing. Default process.stderr. */
  readonly terminal?: TerminalStream | false
  /**
   * The editor that places in the page and the terminal open in: a name such as `vscode`, `cursor`, `webstorm` or
   * `zed`, or a template of an address with `{file}`, `{line}` and `{column}`. `false` makes no links.
   * Default: what ROCKSOLID_EDITOR, LAUNCH_EDITOR, REACT_EDITOR, VISUAL, EDITOR or the terminal name.
   */
  readonly editor?: string | false
  /** Folders where the code runs to folders where the editor is, for containers and remote machines. Default {}. */
  readonly paths?: Readonly<Record<string, string>>
  /** Called with each error once, for the application's own log. What it throws is ignored. */
  readonly report?: (error: unknown, details: ReportDetails) => void
  /**
   * Runs the debugger although NODE_ENV is production. Anyone who gets past the guard runs code on that machine.
   * Default false.
   */
  readonly dangerouslyAllowInProduction?: boolean
}

/** What {@link DebuggerOptions.report} gets beside the error. */
export interface ReportDetails {
  readonly req: IncomingMessage
  /** The id that the page, the terminal and a bare 500 show. */
  readonly id: string
}

/** The part of a stream that is needed to print. */
export interface TerminalStream {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

const DEFAULTS = {
  evalex: true,
  console: false,
  allowedHosts: [],
  allowedPeers: [],
  allowUnixSocket: false,
  maxErrors: 20,
  maxAgeMs: 3_600_000,
  maxBytes: 128 * 1024 * 1024,
  maxFrames: 30,
  maxCapturesPerSecond: 100,
  consoleTimeoutMs: 5000,
  stackTraceLimit: 50,
  paths: {},
  dangerouslyAllowInProduction: false,
} as const satisfies Partial<DebuggerOptions>

/** Options after checking; nothing is read from the caller's object later. */
export type ResolvedDebuggerOptions = ReturnType<typeof resolveDebuggerOptions>

/** @throws {ConfigError} for an unknown option, a wrong value or a weak PIN */
export function resolveDebuggerOptions(factory: string, given: DebuggerOptions | undefined) {
  const resolved = resolveOptions(factory, given, CHECKS, DEFAULTS)
  const pin = resolved.pin ?? process.env.ROCKSOLID_PIN
  return {
    ...resolved,
    pin: pin === undefined || pin === '' ? undefined : checkPin(factory, pin),
    terminal: resolved.terminal ?? process.stderr,
    editor: templateOf(resolved.editor),
    paths: { ...resolved.paths },
  }
}

const CHECKS: Checks<DebuggerOptions> = {
  evalex: isBoolean,
  console: isAnyOf(isBoolean, isScope),
  pin: isString,
  mount: isMount,
  allowedHosts: isArrayOf(isHostEntry),
  allowedPeers: isArrayOf(isPeerEntry),
  allowUnixSocket: isBoolean,
  maxErrors: isInteger(1, 1000),
  maxAgeMs: isInteger(1000),
  maxBytes: isInteger(1024 * 1024),
  maxFrames: isInteger(1, 200),
  maxCapturesPerSecond: isInteger(1, 10_000),
  consoleTimeoutMs: isInteger(50, 600_000),
  stackTraceLimit: isAnyOf(isInteger(1, 200), isFalse),
  terminal: isAnyOf(isStream, isFalse),
  editor: isAnyOf(isEditor, isFalse),
  paths: isPathMap,
  report: isFunction,
  dangerouslyAllowInProduction: isBoolean,
}

function templateOf(editor: string | false | undefined): string | undefined {
  if (editor === false) return undefined
  return editor === undefined ? detectEditor() : editorTemplate(editor)
}

function isEditor(value: unknown): string | undefined {
  if (typeof value === 'string' && editorTemplate(value) !== undefined) return undefined
  const names = Object.keys(EDITORS)
  const near = typeof value === 'string' ? nearest(value, names) : undefined
  const meant = near === undefined ? '' : ` (nearest: ${JSON.stringify(near)})`
  return `one of ${names.join(', ')}${meant}, an address with {file}`
}

function isPathMap(value: unknown): string | undefined {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isMap && Object.values(value).every((path) => typeof path === 'string')
    ? undefined
    : 'an object of folders, such as { "/app": "/home/me/shop" }'
}

function isMount(value: unknown): string | undefined {
  return value === '' || (typeof value === 'string' && plainPath(value) !== '')
    ? undefined
    : "a path such as '/sub', without a slash at its end"
}

function isHostEntry(value: unknown): string | undefined {
  const isHost = typeof value === 'string' && parseHost(value.replace(/^\./, ''))?.port === undefined
  return isHost && parseHost((value as string).replace(/^\./, '')) !== undefined
    ? undefined
    : 'a host name without scheme and port, such as "app.test" or ".app.test"'
}

function isPeerEntry(value: unknown): string | undefined {
  const isEverybody = typeof value === 'string' && /\/0+$/.test(value)
  return value === 'unix' || (typeof value === 'string' && isAddressRange(value) && !isEverybody)
    ? undefined
    : 'an IP address or a CIDR range that is not everybody, such as "172.17.0.1" or "172.16.0.0/12", or "unix"'
}

function isScope(value: unknown): string | undefined {
  const isNamed = isObject(value) === undefined && Object.keys(value as object).every(isIdentifier)
  return isNamed ? undefined : 'an object whose keys are the names in scope, such as { db, app }'
}

/** A name that `let` can declare. */
function isIdentifier(name: string): boolean {
  try {
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return false
    new Function(`let { ${name} } = {}`)
    return true
  } catch {
    return false
  }
}

function isStream(value: unknown): string | undefined {
  const write = typeof value === 'object' && value !== null && 'write' in value ? value.write : undefined
  return typeof write === 'function' ? undefined : 'a stream with write()'
}
