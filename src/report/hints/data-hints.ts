/** Hints about data: JSON, recursion, dates, the environment, text in the wrong shape. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { caretUnder } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { type Advice, type HintFacts, type HintProvider, whenMessage } from './hint-provider.ts'

const mergeMarkers: HintProvider = {
  name: 'merge-markers',
  match: ({ error, frame }) => {
    const { source } = frame ?? {}
    if (error.name !== 'SyntaxError' || source === undefined) return undefined
    const index = source.lines.findIndex((line) => /^(?:<{7} |={7}$|>{7} )/.test(line))
    return index < 0
      ? undefined
      : {
          title: `A conflict of a merge was not resolved, line ${source.startLine + index}.`,
          text: 'Choose one of the two versions and delete the marker lines.',
        }
  },
}

const jsonParse = whenMessage(
  'json-parse',
  /^(?:Unexpected (?:token|end|non-whitespace|number|string)|Expected .{1,80} in JSON|Bad (?:control|escaped)|Unterminated (?:string|fractional)|"[^"]{0,200}" is not valid JSON|No number after)/,
  ({ input }, { error }): Advice | undefined => {
    if (error.name !== 'SyntaxError' || !/JSON/.test(input)) return undefined
    const text =
      /"([\s\S]{1,400})" is not valid JSON$|, (?:\.{3})?"([\s\S]{1,400})"(?:\.{3})? is not valid JSON/.exec(
        input,
      )
    const shown = text?.[1] ?? text?.[2] ?? ''
    if (/^\s*<(?:!doctype|html)/i.test(shown)) {
      return {
        title: 'The text is HTML, not JSON.',
        text: 'The other side answered with a page, most often an error page: check status and URL before parsing.',
      }
    }
    if (/^\[object \w+\]/.test(shown)) {
      return {
        title: 'An object was turned into text by `String`.',
        text: 'It is an object already, so it needs no parsing; or it was sent without `JSON.stringify`.',
      }
    }
    if (/undefined/.test(input) && /"undefined" is not valid JSON/.test(input)) {
      return { title: '`undefined` was parsed.', text: 'The value to parse is missing.' }
    }
    if (/end of JSON input/.test(input)) {
      return {
        title: 'The text ends too early.',
        text: 'It is empty or cut off: check its length, and that the whole body was awaited.',
      }
    }
    const places = /\(line (\d{1,7}) column (\d{1,7})\)/.exec(input)
    const where = places === null ? '' : ` Line ${places[1]}, column ${places[2]}.`
    const position = failingPosition(input, shown)
    const marked = position === undefined ? '' : `\n${caretUnder(shown, position)}`
    return {
      title: 'The text is not JSON.',
      text: `Strict JSON has double quotes only, no comma after the last item and no comments.${where}${marked}`,
    }
  },
)

/** Where in the text that V8 quotes it failed: it quotes ten characters before, or from the start. */
function failingPosition(message: string, shown: string): number | undefined {
  const token = /^Unexpected token '([\s\S])'/.exec(message)?.[1]
  if (token === undefined || shown === '') return undefined
  if (/, \.\.\."/.test(message)) return shown[10] === token ? 10 : undefined
  const first = shown.indexOf(token)
  return first >= 0 && first === shown.lastIndexOf(token) ? first : undefined
}

const circular = whenMessage(
  'circular-json',
  /^Converting circular structure to JSON([\s\S]*)/,
  ([, path = '']) => {
    const start = /starting at object with constructor '([^']{1,80})'/.exec(path)?.[1]
    const closing = /property '([^']{1,80})' closes the circle|index (\d+) closes the circle/.exec(path)
    const by = closing?.[1] ?? closing?.[2]
    return {
      title:
        start === undefined
          ? 'An object holds itself.'
          : `An object of class \`${start}\` holds itself${by === undefined ? '' : ` by \`${by}\``}.`,
      text: 'Choose the members to send, or give the class a `toJSON`. Request and response objects of any framework are circular.',
    }
  },
)

const overflow = whenMessage('stack-overflow', /^Maximum call stack size exceeded/, (_match, { error }) => {
  const counts = new Map<string, number>()
  for (const { functionName, file, line } of error.frames) {
    if (file === undefined) continue
    const key = `${functionName === undefined ? 'a function without a name' : `\`${functionName}\``} (line ${line})`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const repeated = [...counts].filter(([, count]) => count > 1).map(([key]) => key)
  return {
    title:
      repeated.length === 0
        ? 'Functions call each other without end.'
        : `${capitalised(repeated.slice(0, 3).join(' and '))} ${repeated.length === 1 ? 'calls itself' : 'call each other'} without end.`,
    text: 'Look at the condition that should end it. A setter that sets itself, and a spread of a very long array into a call, fail this way too.',
  }
})

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const environment: HintProvider = {
  name: 'environment',
  match: ({ line, error, report, values }: HintFacts) => {
    const name = /process\.env(?:\.|\[['"])([A-Za-z_]\w{0,80})/.exec(line)?.[1]
    if (name === undefined || values.get(`process.env.${name}`)?.startsWith("'")) return undefined
    if (process.env[name] !== undefined || !/undefined|Invalid|required|missing/i.test(error.message))
      return undefined
    return missingVariable(name, report.runtime.cwd)
  },
}

async function missingVariable(name: string, cwd: string): Promise<Advice> {
  const meant = nearest(name, Object.keys(process.env))
  const example = await readFile(join(cwd, '.env.example'), 'utf8').catch(() => '')
  const listed = new RegExp(`^${name}=`, 'm').test(example)
  return {
    title: `The variable \`${name}\` is not set in the environment.`,
    text:
      meant === undefined
        ? `Set it before the start, or load a file with \`node --env-file=.env\`.${listed ? ' `.env.example` lists it.' : ''}`
        : `\`${meant}\` is set: is one of the two misspelt?`,
  }
}

const notAnError: HintProvider = {
  name: 'not-an-error',
  match: ({ error }) =>
    error.isError || error.relation !== 'reported'
      ? undefined
      : {
          title: `A value of type \`${error.name.replaceAll('`', '')}\` was thrown, which is no error.`,
          text: 'It carries no stack, so nobody can tell where it came from. Throw `new Error(message, { cause })`.',
        },
}

const fixed = (name: string, pattern: RegExp, title: string, text: string): HintProvider =>
  whenMessage(name, pattern, () => ({ title, text }))

/** In the order asked. */
export const DATA_HINTS: readonly HintProvider[] = [
  mergeMarkers,
  jsonParse,
  circular,
  overflow,
  environment,
  notAnError,
  fixed(
    'bigint-json',
    /^Do not know how to serialize a BigInt/,
    'JSON has no BigInt.',
    'Turn it into text or a number first, for example in a replacer: `(key, value) => typeof value === "bigint" ? String(value) : value`.',
  ),
  fixed(
    'bigint-mix',
    /^Cannot mix BigInt and other types/,
    'A BigInt and a number were combined.',
    'Convert one of them: `BigInt(n)`, or `Number(b)` when it is small enough.',
  ),
  fixed(
    'invalid-date',
    /^Invalid time value$/,
    'The date is none: it was made of text that is no date.',
    'Check `Number.isNaN(date.getTime())` after making it.',
  ),
  fixed(
    'uri-malformed',
    /^URI malformed$/,
    'The text holds a `%` that begins no valid code.',
    'Somebody sent a broken URL: answer 400. Text to be put into a URL goes through `encodeURIComponent`.',
  ),
  fixed(
    'array-length',
    /^Invalid (?:array|typed array) length/,
    'The length is negative, broken or too large.',
    'Check the number it was made of: `NaN` and negative numbers come from missing values.',
  ),
  fixed(
    'string-length',
    /^Invalid string length|Cannot create a string longer than/,
    'The text would be longer than a string can be (about 512 MB).',
    'Work with streams or Buffers.',
  ),
  fixed(
    'expression',
    /^Invalid regular expression/,
    'The regular expression cannot be read.',
    'Text of users must be escaped before it becomes a part of one: `text.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&")`.',
  ),
]
