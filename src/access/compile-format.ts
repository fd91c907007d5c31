/** From what the application gives as a format to the function that writes a line. */

import { ConfigError } from '../core/errors.ts'
import { show } from '../core/options.ts'
import type { Exchange } from '../http/exchange.ts'
import { compileLine } from './compile-line.ts'
import { escapeOf } from './escape.ts'
import type { Field, FieldSettings } from './field.ts'
import { FIELDS } from './fields.ts'
import type { FieldTable } from './named-field.ts'
import type { CustomToken, ResolvedAccessOptions } from './options.ts'
import { parseFormat } from './parse-format.ts'
import { PRESETS, type Preset, type PresetName } from './presets.ts'
import { AccessRecord } from './record.ts'
import type { Report } from './reporter.ts'

/** Writes the line of a request; nothing writes none. */
export type FormatFunction = (record: AccessRecord) => string | null | undefined | false

/** The name of a preset, a format string in any of the syntaxes, or a function. */
export type AccessFormat = PresetName | (string & {}) | FormatFunction

/** A format that is ready to write lines. */
export interface CompiledFormat {
  /** Bits of NEEDS. */
  readonly needs: number
  /** Functions of the application take part in it. */
  readonly usesFunctions: boolean
  readonly write: (exchange: Exchange) => string | undefined
}

/** @throws {FormatError | ConfigError} */
export function compileFormat(
  format: AccessFormat,
  options: ResolvedAccessOptions,
  fields: FieldSettings,
  report: Report,
): CompiledFormat {
  if (typeof format === 'function') return functionFormat(format, fields)
  if (typeof format !== 'string') {
    throw new ConfigError(
      'ERR_ROCKSOLID_ARGUMENT_INVALID',
      `accessLog: the format is ${show(format)}. Allowed: ${Object.keys(PRESETS).join(', ')}, a format string, or a function.`,
    )
  }
  const preset: Preset | undefined = Object.hasOwn(PRESETS, format)
    ? PRESETS[format as PresetName]
    : undefined
  const table = withTokens(options.tokens, fields, report)
  const parsed = parseFormat(
    preset?.format ?? format,
    table,
    preset?.syntax ?? options.syntax,
    Object.keys(PRESETS),
  )
  const settings = {
    ...fields,
    timeFormat: fields.timeFormat ?? preset?.timeFormat,
    escape: escapeOf(options.escape ?? (parsed.syntax === 'nginx' ? 'nginx' : 'apache')),
    maxValueLength: options.maxValueLength,
  }
  return { ...compileLine(parsed.segments, settings), usesFunctions: options.tokens !== undefined }
}

function functionFormat(format: FormatFunction, fields: FieldSettings): CompiledFormat {
  const settings = { ...fields, line: () => '' }
  return {
    needs: 0,
    usesFunctions: true,
    write: (exchange) => {
      const line = format(new AccessRecord(exchange, settings))
      return typeof line === 'string' ? line : undefined
    },
  }
}

function withTokens(
  tokens: Readonly<Record<string, CustomToken>> | undefined,
  fields: FieldSettings,
  report: Report,
): FieldTable {
  if (tokens === undefined) return FIELDS
  const settings = { ...fields, line: () => '' }
  const table = new Map(FIELDS)
  for (const [name, token] of Object.entries(tokens)) table.set(name, customField(name, token))
  return table

  function customField(name: string, token: CustomToken): Field {
    return {
      name,
      about: 'A field of the application.',
      argument: { about: 'anything' },
      bind: (argument) => (exchange) => {
        try {
          const value = token(new AccessRecord(exchange, settings), argument) ?? undefined
          return typeof value === 'number' || value === undefined ? value : String(value)
        } catch (error) {
          report(`the token "${name}"`, error)
          return undefined
        }
      },
    }
  }
}
