/**
 * What `rocksolid/register` is told: by a `rocksolid` key in package.json or a file `rocksolid.config.*`, and by the
 * environment, which wins. Read and checked once, at start.
 */

import type { AccessFormat } from '../access/compile-format.ts'
import { type AccessLogOptions, resolveAccessOptions } from '../access/options.ts'
import { ConfigError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { type Checks, invalidOption, isBoolean, resolveOptions } from '../core/options.ts'
import { type DebuggerOptions, resolveDebuggerOptions } from '../debugger/options.ts'
import { type LoggingOptions, type ResolvedLogging, resolveLogging } from '../logger/logging-options.ts'
import { printsToTerminal } from './child/state.ts'
import { readConfigFile } from './config-file.ts'

/** The shape of the key `rocksolid` in package.json and of `rocksolid.config.*`. */
export interface RegisterConfig {
  /** False: nothing is done at all. Environment: `ROCKSOLID=off`. Default: true. */
  readonly enabled?: boolean
  /**
   * The access log: false for none, a format, or its options with a `format`. Environment: `ROCKSOLID_ACCESS=off` or
   * a format. Default: `pretty` on a terminal, else `combined`.
   */
  readonly access?: boolean | string | (AccessLogOptions & { readonly format?: AccessFormat })
  /** The debugger: false for none, or its options. Environment: `ROCKSOLID_DEBUGGER=off`. Default: true. */
  readonly debugger?: boolean | DebuggerOptions
  /**
   * Records of failures and prints: the options of `withLogging`, where `toPrint` is true by default. Environment:
   * `ROCKSOLID_LOG=app.log`. Default: false.
   */
  readonly log?: false | LoggingOptions
  /** Whether an error nobody caught in a request leaves the process alive. Environment: `ROCKSOLID_SURVIVE=off`. Default: true. */
  readonly survive?: boolean
}

/** {@link RegisterConfig} after checking. */
export interface ResolvedConfig {
  readonly enabled: boolean
  readonly access: { readonly format: AccessFormat; readonly options: AccessLogOptions } | undefined
  readonly debugger: DebuggerOptions | undefined
  readonly log: ResolvedLogging | undefined
  readonly survive: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/** @throws {ConfigError} for a file that cannot be read, an unknown name, or a wrong value */
export function readRegisterConfig(folder: string, env: Environment): ResolvedConfig {
  const off: ResolvedConfig = {
    enabled: false,
    access: undefined,
    debugger: undefined,
    log: undefined,
    survive: false,
  }
  if (switchIn(env, 'ROCKSOLID') === false) return off
  checkNames(env)
  const { config, source } = readConfigFile(folder, env.ROCKSOLID_CONFIG)
  const given = resolveOptions<RegisterConfig, object>(source, config as RegisterConfig, CHECKS, {})
  if (given.enabled === false) return off
  return {
    enabled: true,
    access: accessOf(env.ROCKSOLID_ACCESS ?? given.access, given.access, source),
    debugger: debuggerOf(switchIn(env, 'ROCKSOLID_DEBUGGER') ?? given.debugger, given.debugger),
    log: logOf(env.ROCKSOLID_LOG, given.log),
    survive: switchIn(env, 'ROCKSOLID_SURVIVE') ?? given.survive ?? true,
  }
}

const isSettings = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? undefined
    : 'true, false or an object of options'

const CHECKS: Checks<RegisterConfig> = {
  enabled: isBoolean,
  access: (value) =>
    typeof value === 'boolean' || typeof value === 'string' || isSettings(value) === undefined
      ? undefined
      : 'true, false, the name of a format, or an object of options',
  debugger: (value) => (typeof value === 'boolean' ? undefined : isSettings(value)),
  log: (value) => (value === false ? undefined : isSettings(value) && 'false or an object of options'),
  survive: isBoolean,
}

const VARIABLES: readonly string[] = [
  'ROCKSOLID',
  'ROCKSOLID_ACCESS',
  'ROCKSOLID_CONFIG',
  'ROCKSOLID_DEBUGGER',
  'ROCKSOLID_EDITOR',
  'ROCKSOLID_LOG',
  'ROCKSOLID_PIN',
  'ROCKSOLID_SURVIVE',
]

const PREFIX = 'ROCKSOLID_'
const ENDINGS = VARIABLES.filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length))

/** A name that is nearly one of ours is a mistake; one that is not may be somebody else's. */
function checkNames(env: Environment): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX) || VARIABLES.includes(name)) continue
    // Without the prefix that all of them share, which would make any two names alike.
    const near = nearest(name.slice(PREFIX.length), ENDINGS)
    if (near === undefined) continue
    const meant = PREFIX + near
    const message = `rocksolid/register: unknown environment variable ${name}. Did you mean ${meant}? Allowed: ${VARIABLES.join(', ')}.`
    throw new ConfigError('ERR_ROCKSOLID_OPTION_UNKNOWN', message)
  }
}

const ON = new Set(['1', 'on', 'true', 'yes'])
const OFF = new Set(['0', 'off', 'false', 'no'])

function switchIn(env: Environment, name: string): boolean | undefined {
  const value = env[name]?.toLowerCase()
  if (value === undefined || value === '') return undefined
  if (ON.has(value)) return true
  if (OFF.has(value)) return false
  throw invalidOption('environment', name, env[name], '"on" or "off"')
}

function accessOf(
  wanted: RegisterConfig['access'],
  given: RegisterConfig['access'],
  source: string,
): ResolvedConfig['access'] {
  if (wanted === false || (typeof wanted === 'string' && OFF.has(wanted.toLowerCase()))) return undefined
  const settings: AccessLogOptions & { readonly format?: AccessFormat } =
    typeof given === 'object' ? given : {}
  const { format: own, ...options } = settings
  resolveAccessOptions(options)
  const named = typeof wanted === 'string' && wanted !== '' && !ON.has(wanted.toLowerCase()) ? wanted : own
  if (named !== undefined && typeof named !== 'string' && typeof named !== 'function')
    throw invalidOption(source, 'access.format', named, 'a format')
  const isTerminal = (options.to ?? options.stream ?? 'stdout') === 'stdout' && printsToTerminal()
  return { format: named ?? (isTerminal ? 'pretty' : 'combined'), options }
}

function debuggerOf(
  wanted: RegisterConfig['debugger'],
  given: RegisterConfig['debugger'],
): DebuggerOptions | undefined {
  if (wanted === false) return undefined
  const options = typeof given === 'object' ? given : {}
  resolveDebuggerOptions('rocksolid/register', options)
  return options
}

function logOf(file: string | undefined, given: RegisterConfig['log']): ResolvedLogging | undefined {
  const isNamed = file !== undefined && file !== ''
  if (isNamed && OFF.has(file.toLowerCase())) return undefined
  const options = given === false || given === undefined ? undefined : given
  if (!isNamed && options === undefined) return undefined
  return resolveLogging({ toPrint: true, ...options, ...(isNamed ? { toFile: file } : {}) })
}
