/** Reads a format string: finds out in which of the syntaxes it is written, and hands it to that one's parser. */

import { FormatError } from '../core/errors.ts'
import { didYouMean } from '../core/nearest.ts'
import type { FieldTable } from './named-field.ts'
import { findApache, parseApache } from './parse-apache.ts'
import { findMorgan, parseMorgan } from './parse-morgan.ts'
import { findNginx, parseNginx } from './parse-nginx.ts'
import { findPython, parsePython } from './parse-python.ts'
import type { Segment } from './segment.ts'

/** The ways a format can be written. */
export type Syntax = 'apache' | 'python' | 'gunicorn' | 'morgan' | 'nginx'

/** All of {@link Syntax}. */
export const SYNTAXES: readonly Syntax[] = ['apache', 'python', 'gunicorn', 'morgan', 'nginx']

/** A format as segments, and the syntax it was written in. */
export interface ParsedFormat {
  readonly segments: readonly Segment[]
  readonly syntax: Syntax
}

/** Most characters of a format. */
const MAX_FORMAT = 16_384

/**
 * @param names names of presets, for the message about a word that is none
 * @throws {FormatError} when it cannot be read, or could be read in two ways and `syntax` is not given
 */
export function parseFormat(
  format: string,
  table: FieldTable,
  syntax: Syntax | undefined,
  names: Iterable<string>,
): ParsedFormat {
  if (format.length > MAX_FORMAT) {
    throw new FormatError(
      `A format has at most ${MAX_FORMAT} characters; this has ${format.length}.`,
      format,
      MAX_FORMAT,
    )
  }
  const chosen = syntax ?? detectSyntax(format, table, [...names])
  return { segments: PARSERS[chosen](format, table).filter((segment) => segment !== ''), syntax: chosen }
}

const PARSERS: Readonly<Record<Syntax, (format: string, table: FieldTable) => Segment[]>> = {
  apache: parseApache,
  python: (format, table) => parsePython(format, table, 'python'),
  gunicorn: (format, table) => parsePython(format, table, 'gunicorn'),
  morgan: parseMorgan,
  nginx: parseNginx,
}

function detectSyntax(format: string, table: FieldTable, names: readonly string[]): Syntax {
  // What stands in braces belongs to the item around it: `%{begin:msec}t` names no token of morgan.
  const outside = format.replace(
    /(%[^%{(]{0,16})(\{[^}]*\})/g,
    (_whole, before: string, braces: string) => before + ' '.repeat(braces.length),
  )
  const found: { syntax: Syntax; at: number }[] = []
  const python = findPython(format)
  // No directive of Apache is a parenthesis, so `%(` can only be Python's.
  if (python >= 0) found.push({ syntax: 'python', at: python })
  else add('apache', findApache(format, table))
  add('morgan', findMorgan(outside, table))
  add('nginx', findNginx(outside, table))
  function add(syntax: Syntax, at: number): void {
    if (at >= 0) found.push({ syntax, at })
  }
  const [first, second] = found.sort((one, other) => one.at - other.at)
  if (first !== undefined && second !== undefined) {
    throw new FormatError(
      `This can be read as ${first.syntax} and as ${second.syntax}. Say which with the option syntax: "${first.syntax}" or "${second.syntax}".`,
      format,
      second.at,
    )
  }
  return first?.syntax ?? bySight(format, names)
}

/** The syntax of a format of which no item can be read, so that its parser says what is wrong. */
function bySight(format: string, names: readonly string[]): Syntax {
  const percent = /%(?!%)/.exec(format)?.index ?? -1
  const colon = /:[-\w]{2}/.exec(format)?.index ?? -1
  const dollar = /\$\{?\w/.exec(format)?.index ?? -1
  const [first] = [
    { syntax: 'apache' as const, at: percent },
    { syntax: 'morgan' as const, at: colon },
    { syntax: 'nginx' as const, at: dollar },
  ]
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)
  if (first !== undefined) return first.syntax
  const problem = /^[\w-]+$/.test(format)
    ? `Unknown format ${JSON.stringify(format.slice(0, 60))}.${didYouMean(format, names)} Allowed: ${names.join(', ')}, or a format string.`
    : `This format names no field. Allowed: ${names.join(', ')}, or a format string such as '%h "%r" %>s %b' or ':method :url :status'.`
  throw new FormatError(problem, format, 0)
}
