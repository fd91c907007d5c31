/**
 * A small tokenizer for JavaScript, TypeScript and JSON. It sees an excerpt that may begin anywhere, so it guesses
 * little: what it does not know stays plain. One pass over each line, character by character; expressions are left to
 * what is rare.
 */

import { extname } from 'node:path'
import { escaped, html, type Markup, trusted } from './markup.ts'

/** What carries over from line to line: open comment, open templates with the depth of braces inside each. */
interface State {
  mode: 'code' | 'comment' | 'template'
  /** For each template whose `${` is open: braces open within. */
  readonly braces: number[]
  /** Whether a `/` here would begin an expression rather than divide. */
  regexAllowed: boolean
}

const KEYWORDS = new Set(
  (
    'abstract as async await break case catch class const continue debugger declare default delete do else enum ' +
    'export extends finally for from function get if implements import in infer instanceof interface is keyof let ' +
    'namespace new of override private protected public readonly return satisfies set static super switch this ' +
    'throw try type typeof using var void while with yield'
  ).split(' '),
)
const CONSTANTS = new Set(['true', 'false', 'null', 'undefined', 'NaN', 'Infinity'])
const LANGUAGES = new Set(['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx', '.json'])

const STRING = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/y
const NUMBER = /(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?)n?/y
const REGEX = /\/(?![*/])(?:[^/\\[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[dgimsuvy]*/y

/** The lines as HTML. The classes are `k`eyword, `s`tring, `c`omment, `n`umber, `f`unction and `t`ype. */
export function highlightLines(lines: readonly string[], file: string): readonly Markup[] {
  if (file !== '' && !LANGUAGES.has(extname(file).toLowerCase())) return lines.map((line) => html`${line}`)
  const state: State = { mode: startsInComment(lines) ? 'comment' : 'code', braces: [], regexAllowed: true }
  return lines.map((line) => highlightLine(line, state))
}

/** Whether the excerpt begins inside a block comment: one ends in it before any begins. */
function startsInComment(lines: readonly string[]): boolean {
  for (const line of lines) {
    const open = line.indexOf('/*')
    const close = line.indexOf('*/')
    if (close >= 0 && (open < 0 || close < open)) return true
    if (open >= 0) return false
  }
  return false
}

function highlightLine(line: string, state: State): Markup {
  let text = ''
  let at = 0
  while (at < line.length) {
    const end = state.mode === 'code' ? codeToken(line, at, state) : textToken(line, at, state)
    text += end.markup
    at = end.next
  }
  return trusted(text)
}

/** One token's HTML, and where the next begins. */
interface Step {
  readonly markup: string
  readonly next: number
}

const span = (kind: string, text: string): string => `<span class="${kind}">${escaped(text)}</span>`

/** The rest of a comment or of a template's text. */
function textToken(line: string, at: number, state: State): Step {
  if (state.mode === 'comment') {
    const close = line.indexOf('*/', at)
    const next = close < 0 ? line.length : close + 2
    if (close >= 0) state.mode = 'code'
    return { markup: span('c', line.slice(at, next)), next }
  }
  for (let index = at; index < line.length; index++) {
    const character = line[index]
    if (character === '\\') index++
    else if (character === '`') {
      state.mode = 'code'
      state.regexAllowed = false
      return { markup: span('s', line.slice(at, index + 1)), next: index + 1 }
    } else if (character === '$' && line[index + 1] === '{') {
      state.mode = 'code'
      state.braces.push(0)
      state.regexAllowed = true
      return { markup: span('s', line.slice(at, index + 2)), next: index + 2 }
    }
  }
  return { markup: span('s', line.slice(at)), next: line.length }
}

function codeToken(line: string, at: number, state: State): Step {
  const character = line[at] as string
  if (isWordStart(line.charCodeAt(at))) return word(line, at, state)
  switch (character) {
    case ' ':
    case '\t':
      return blanks(line, at)
    case '/':
      return slash(line, at, state)
    case '"':
    case "'":
      return literal(STRING, 's', line, at, state)
    case '`':
      state.mode = 'template'
      return { markup: span('s', character), next: at + 1 }
    case '{':
    case '}':
      return brace(character, at + 1, state)
    default:
      if (character >= '0' && character <= '9') return literal(NUMBER, 'n', line, at, state)
      return mark(character, at, state)
  }
}

function blanks(line: string, at: number): Step {
  let next = at + 1
  while (line[next] === ' ' || line[next] === '\t') next++
  return { markup: line.slice(at, next), next }
}

/** A comment, an expression or a division. */
function slash(line: string, at: number, state: State): Step {
  if (line[at + 1] === '/') return { markup: span('c', line.slice(at)), next: line.length }
  if (line[at + 1] === '*') {
    state.mode = 'comment'
    return textToken(line, at, state)
  }
  return state.regexAllowed ? literal(REGEX, 's', line, at, state) : mark('/', at, state)
}

/** What the expression finds here, in one colour; a mark when it finds nothing. */
function literal(expression: RegExp, kind: string, line: string, at: number, state: State): Step {
  expression.lastIndex = at
  const text = expression.exec(line)?.[0]
  if (text === undefined) return mark(line[at] as string, at, state)
  state.regexAllowed = false
  return { markup: span(kind, text), next: at + text.length }
}

function mark(character: string, at: number, state: State): Step {
  if (character.trim() !== '') state.regexAllowed = character !== ')' && character !== ']'
  return { markup: escaped(character), next: at + 1 }
}

function brace(text: string, next: number, state: State): Step {
  state.regexAllowed = text === '{'
  const depth = state.braces.at(-1)
  if (depth === undefined) return { markup: text, next }
  if (text === '{') state.braces[state.braces.length - 1] = depth + 1
  else if (depth > 0) state.braces[state.braces.length - 1] = depth - 1
  else {
    state.braces.pop()
    state.mode = 'template'
    return { markup: span('s', text), next }
  }
  return { markup: text, next }
}

function word(line: string, at: number, state: State): Step {
  let next = at + 1
  while (isWordPart(line.charCodeAt(next))) next++
  const text = line.slice(at, next)
  const isProperty = line[at - 1] === '.' && line[at - 2] !== '.'
  const isKeyword = KEYWORDS.has(text) && !isProperty
  state.regexAllowed = isKeyword && text !== 'this' && text !== 'super'
  return { markup: kindOf(text, isKeyword, isProperty, line, next), next }
}

/** Words hold nothing to escape. */
function kindOf(text: string, isKeyword: boolean, isProperty: boolean, line: string, next: number): string {
  if (isKeyword) return `<span class="k">${text}</span>`
  if (CONSTANTS.has(text) && !isProperty) return `<span class="n">${text}</span>`
  if (line[next] === '(' || line.startsWith('?.(', next)) return `<span class="f">${text}</span>`
  const first = text.charCodeAt(0)
  return first >= 65 && first <= 90 && /[a-z]/.test(text) ? `<span class="t">${text}</span>` : text
}

/** `A-Z a-z _ $ #` */
const isWordStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 36 || code === 35

/** `A-Z a-z _ $ 0-9`; what lies behind the line is none. */
const isWordPart = (code: number): boolean => (isWordStart(code) && code !== 35) || (code >= 48 && code <= 57)
