/**
 * A small tokenizer for JavaScript, TypeScript and JSON. It sees an excerpt that may begin anywhere, so it guesses
 * little: what it does not know stays plain. One pass over each line, no expression that can backtrack far.
 */

import { extname } from 'node:path'
import { html, type Markup, trusted } from './markup.ts'

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

const TOKEN =
  /(?<space>\s+)|(?<line>\/\/.*)|(?<block>\/\*)|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<template>`)|(?<number>(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]+)?(?:[eE][+-]?\d+)?)n?)|(?<word>[A-Za-z_$#][\w$]*)|(?<open>\{)|(?<close>\})|(?<mark>[^\s])/y
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

const span = (kind: string, text: string): string => html`<span class="${kind}">${text}</span>`.text
const plain = (text: string): string => html`${text}`.text

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
  const regex = state.regexAllowed && line[at] === '/' ? matchAt(REGEX, line, at) : undefined
  if (regex !== undefined) {
    state.regexAllowed = false
    return { markup: span('s', regex[0]), next: at + regex[0].length }
  }
  const match = matchAt(TOKEN, line, at)
  const text = match?.[0] ?? line.slice(at, at + 1)
  const groups = match?.groups ?? {}
  const next = at + text.length
  if (groups.space !== undefined) return { markup: plain(text), next }
  if (groups.line !== undefined) return { markup: span('c', text), next }
  if (groups.block !== undefined) {
    state.mode = 'comment'
    return textToken(line, at, state)
  }
  if (groups.template !== undefined) {
    state.mode = 'template'
    return { markup: span('s', text), next }
  }
  if (groups.open !== undefined || groups.close !== undefined) return brace(text, next, state)
  if (groups.word !== undefined) return word(text, line, next, state)
  state.regexAllowed = groups.mark !== undefined && !/[)\]]/.test(text)
  if (groups.string !== undefined) return { markup: span('s', text), next }
  if (groups.number !== undefined) return { markup: span('n', text), next }
  return { markup: plain(text), next }
}

function brace(text: string, next: number, state: State): Step {
  state.regexAllowed = text === '{'
  const depth = state.braces.at(-1)
  if (depth === undefined) return { markup: plain(text), next }
  if (text === '{') state.braces[state.braces.length - 1] = depth + 1
  else if (depth > 0) state.braces[state.braces.length - 1] = depth - 1
  else {
    state.braces.pop()
    state.mode = 'template'
    return { markup: span('s', text), next }
  }
  return { markup: plain(text), next }
}

function word(text: string, line: string, next: number, state: State): Step {
  const isProperty = line[next - text.length - 1] === '.' && line[next - text.length - 2] !== '.'
  const isKeyword = KEYWORDS.has(text) && !isProperty
  state.regexAllowed = isKeyword && !/^(?:this|super)$/.test(text)
  if (isKeyword) return { markup: span('k', text), next }
  if (CONSTANTS.has(text) && !isProperty) return { markup: span('n', text), next }
  if (line[next] === '(' || line.startsWith('?.(', next)) return { markup: span('f', text), next }
  if (/^[A-Z]/.test(text) && /[a-z]/.test(text)) return { markup: span('t', text), next }
  return { markup: plain(text), next }
}

function matchAt(expression: RegExp, line: string, at: number): RegExpExecArray | undefined {
  expression.lastIndex = at
  return expression.exec(line) ?? undefined
}
