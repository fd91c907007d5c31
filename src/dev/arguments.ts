/**
 * Reads the arguments of one command by its table of options. Node's own parser splits them; what is allowed and what
 * a mistake is told are ours: an unknown option names the nearest right one, a missing value what it should be.
 */

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ConfigError } from '../core/errors.ts'
import { didYouMean } from '../core/nearest.ts'

/** One option of a command. */
export interface OptionSpec {
  /** `optional` takes a value only behind `=`, as Node's `--inspect` does; `list` may be given several times. */
  readonly type: 'boolean' | 'string' | 'number' | 'list' | 'optional'
  readonly short?: string
  /** What the value is, for the help: `<port>`. */
  readonly value?: string
  /** Least and greatest whole number that is allowed; without it a number is any of at least 0. */
  readonly range?: readonly [least: number, greatest: number]
  readonly help: string
}

export type OptionTable = Readonly<Record<string, OptionSpec>>

interface ValueOf {
  readonly boolean: boolean
  readonly string: string | undefined
  readonly number: number | undefined
  readonly list: readonly string[]
  /** `true` without a value. */
  readonly optional: string | true | undefined
}

/** What was given, by the names of the table. */
export type OptionValues<T extends OptionTable> = { readonly [Name in keyof T]: ValueOf[T[Name]['type']] }

export interface ParsedArguments<T extends OptionTable> {
  readonly options: OptionValues<T>
  readonly positionals: readonly string[]
  /** What stands behind `--`. */
  readonly rest: readonly string[]
}

/**
 * What was given. An option that only one of the commands `elsewhere` has is told by that command's name.
 * @throws {ConfigError} for an unknown option, a missing value, a value where none is taken, a wrong number
 */
export function parseArguments<const T extends OptionTable>(
  args: readonly string[],
  table: T,
  elsewhere: Readonly<Record<string, OptionTable>> = {},
): ParsedArguments<T> {
  const { tokens } = parseArgs({
    args: [...args],
    options: toNode(table),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const values: Record<string, unknown> = {}
  for (const [name, { type }] of Object.entries(table))
    values[name] = type === 'boolean' ? false : type === 'list' ? [] : undefined
  const positionals: string[] = []
  const rest: string[] = []
  let isRest = false
  for (const token of tokens) {
    if (token.kind === 'option-terminator') isRest = true
    else if (token.kind === 'positional') (isRest ? rest : positionals).push(token.value)
    else if (Object.hasOwn(table, token.name)) set(values, table, token.name, token.rawName, token.value)
    else throw unknown(table, elsewhere, token.name, token.rawName)
  }
  return { options: values as OptionValues<T>, positionals, rest }
}

function toNode(table: OptionTable): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(
    Object.entries(table).map(([name, { type, short }]) => [
      name,
      {
        type: type === 'boolean' || type === 'optional' ? 'boolean' : 'string',
        multiple: true,
        ...(short === undefined ? {} : { short }),
      } as const,
    ]),
  )
}

function set(
  values: Record<string, unknown>,
  table: OptionTable,
  name: string,
  rawName: string,
  value: string | undefined,
): void {
  const spec = table[name] as OptionSpec
  if (spec.type === 'boolean') {
    if (value !== undefined) throw invalid(rawName, `takes no value, but got ${JSON.stringify(value)}`)
    values[name] = true
  } else if (spec.type === 'optional') {
    if (value !== undefined && spec.range !== undefined) toNumber(rawName, value, spec.range)
    values[name] = value ?? true
  } else {
    if (value === undefined || value === '') throw invalid(rawName, `needs a value: ${rawName} ${spec.value}`)
    if (spec.type === 'list') (values[name] as string[]).push(value)
    else values[name] = spec.type === 'number' ? toNumber(rawName, value, spec.range) : value
  }
}

function unknown(
  table: OptionTable,
  elsewhere: Readonly<Record<string, OptionTable>>,
  name: string,
  rawName: string,
): ConfigError {
  const known = Object.keys(table).map((one) => `--${one}`)
  const command = Object.keys(elsewhere).find((one) => Object.hasOwn(elsewhere[one] ?? {}, name))
  const hint = command === undefined ? didYouMean(rawName, known) : ` "rocksolid ${command}" has it.`
  return new ConfigError(
    'ERR_ROCKSOLID_OPTION_UNKNOWN',
    `unknown option ${rawName}.${hint} The server's own arguments go behind --.`,
  )
}

function toNumber(rawName: string, value: string, range: OptionSpec['range']): number {
  const number = value.trim() === '' ? Number.NaN : Number(value)
  const [least, greatest] = range ?? [0, Number.MAX_VALUE]
  const isWhole = range === undefined || Number.isInteger(number)
  if (number >= least && number <= greatest && isWhole) return number
  const wanted = range === undefined ? 'number of at least 0' : `whole number from ${range[0]} to ${range[1]}`
  throw invalid(rawName, `is ${JSON.stringify(value)}, which is no ${wanted}`)
}

function invalid(rawName: string, problem: string): ConfigError {
  return new ConfigError('ERR_ROCKSOLID_OPTION_INVALID', `option ${rawName} ${problem}`)
}

/** The options as lines of a help text, aligned. */
export function optionLines(table: OptionTable): readonly string[] {
  const rows = Object.entries(table).map(([name, { short, value, type, help }]) => {
    const shown = value === undefined ? '' : type === 'optional' ? `[=${value}]` : ` ${value}`
    return [`${short === undefined ? '    ' : `-${short}, `}--${name}${shown}`, help] as const
  })
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`)
}
