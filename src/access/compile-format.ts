/** From what the application gives as a format to the function that writes a line. */

import { type Check, checkArgument } from '../core/options.ts'
import type { Exchange } from '../http/exchange.ts'
import { type CompiledLine, type CompileSettings, compileLine } from './compile-line.ts'
import { compileDev } from './dev.ts'
import { escapeOf } from './escape.ts'
import type { Field, FieldSettings } from './field.ts'
import { FIELDS } from './fields.ts'
import { durationOf } from './fields-time.ts'
import { compileJson } from './json-line.ts'
import { type FieldTable, namedSegment, splitName } from './named-field.ts'
import type { CustomToken, ResolvedAccessOptions } from './options.ts'
import type { Terminal } from './outlet.ts'
import { parseFormat } from './parse-format.ts'
import { parseMorgan } from './parse-morgan.ts'
import { type COMPUTED_PRESETS, PRESET_NAMES, PRESETS, type Preset, type PresetName } from './presets.ts'
import { compilePretty } from './pretty.ts'
import { AccessRecord } from './record.ts'
import type { Report } from './reporter.ts'
import { buildSchema, type SchemaTools } from './schemas.ts'

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

/** What a format is compiled for. */
export interface FormatContext {
  readonly options: ResolvedAccessOptions
  readonly fields: FieldSettings
  readonly terminal: Terminal
  readonly report: Report
}

/** @throws {FormatError | ConfigError} */
export function compileFormat(format: AccessFormat, context: FormatContext): CompiledFormat {
  const { options, fields, terminal, report } = context
  if (typeof format === 'function') return functionFormat(format, fields)
  checkArgument('accessLog', 'the format', format, isFormatText)
  const table = withTokens(options.tokens, fields, report)
  const usesFunctions = options.tokens !== undefined || typeof options.level === 'function'
  const settings = {
    ...fields,
    escape: escapeOf(options.escape ?? 'apache'),
    maxValueLength: options.maxValueLength,
  }
  switch (format as keyof typeof COMPUTED_PRESETS) {
    case 'pretty':
      return { ...compilePretty({ ...settings, ...terminal, slow: options.slow ?? SLOW }), usesFunctions }
    case 'dev': {
      const compile = (text: string) => compileLine(parseMorgan(text, table), settings)
      return { ...compileDev(terminal.color, compile), usesFunctions }
    }
    case 'json': {
      // A status that nobody sent is for the eye; programs read how the request ended.
      const told = { ...settings, abortedStatus: options.abortedStatus ?? undefined }
      const schema = buildSchema(options.schema ?? 'rocksolid', schemaTools(table, told))
      return { ...compileJson(schema, options), usesFunctions }
    }
    default:
      return { ...compileText(format, table, settings, options), usesFunctions }
  }
}

const isFormatText: Check = (value) =>
  typeof value === 'string' ? undefined : `${PRESET_NAMES.join(', ')}, a format string, or a function`

/** Milliseconds from which `pretty` shows a request as slow. */
const SLOW = 1000

function compileText(
  format: string,
  table: FieldTable,
  settings: CompileSettings,
  options: ResolvedAccessOptions,
): CompiledLine {
  const preset: Preset | undefined = Object.hasOwn(PRESETS, format)
    ? PRESETS[format as keyof typeof PRESETS]
    : undefined
  const syntax = preset?.syntax ?? options.syntax
  const parsed = parseFormat(preset?.format ?? format, table, syntax, PRESET_NAMES)
  return compileLine(parsed.segments, {
    ...settings,
    timeFormat: settings.timeFormat ?? preset?.timeFormat,
    escape: escapeOf(options.escape ?? (parsed.syntax === 'nginx' ? 'nginx' : 'apache')),
  })
}

function schemaTools(table: FieldTable, settings: FieldSettings): SchemaTools {
  return {
    field: (text, given) => {
      const { name, argument } = given === undefined ? splitName(text) : { name: text, argument: given }
      const { field } = namedSegment(table, name, argument, { format: text, position: 0 })
      return { needs: field.needs ?? 0, read: field.bind(argument, settings) }
    },
    level: settings.level,
    isSlow: (exchange) => (settings.slow === undefined ? undefined : durationOf(exchange) >= settings.slow),
  }
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
