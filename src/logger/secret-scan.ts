/**
 * Finds out cheaply that a text holds no secret, which is so for nearly all texts of a log; only the others are
 * given to the expressions that mask. What it lets through must be what {@link maskText} would leave unchanged.
 */

import { isSecretName, maskText } from '../inspect/redact.ts'

/** Texts and names remembered; when full, forgotten at once. */
const MAX_KNOWN = 2000

/** Longest text, in UTF-16 units, that is looked at character by character, and remembered. */
export const SHORT = 256

/** Shortest run of word characters that can be a token of a known kind. */
const TOKEN_LENGTH = 14
const SHORTEST_SCHEME = 11

const TOKEN =
  /eyJ|[srp]k[_-]|gh[pousr]_|hub_pat|glpat-|npm_|pypi-|dckr_|shp[as]|xox|xapp-|A(?:KIA|SIA|GPA|ROA|IDA|Iza)/
const SCHEME = /(?:bearer|basic|digest|negotiate|apikey)\s|-----BEGIN /i
const NAMED =
  /["']\s{0,4}:|(?:authorization|cookie|x-api-key|x-auth-token|x-csrf-token):|:\/\/[^\s/?#@:]{0,256}:/i

/** Longest name before an equals sign. */
const MAX_NAME = 64

/** Masks secrets of known shapes in a text; `marks` when {@link marksOf} the text is known. */
export type Mask = (text: string, marks?: number) => string

/** Makes a {@link Mask}, with a memory of its own. */
export function makeMask(): Mask {
  const masked = new Map<string, string>()
  const names = new Map<string, boolean>()

  const isSecret = (name: string): boolean => {
    let secret = names.get(name)
    if (secret === undefined) {
      secret = isSecretName(name) || /^(?:key|code|state)$/i.test(name)
      if (names.size >= MAX_KNOWN) names.clear()
      names.set(name, secret)
    }
    return secret
  }

  const holdsPair = (text: string): boolean => {
    for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
      let start = at
      while (start > 0 && at - start < MAX_NAME && isNameCode(text.charCodeAt(start - 1))) start--
      const name = text.slice(start, at)
      // A bracket, dot or dash may belong to the name or stand before it.
      if (isSecret(name) || (/^[^A-Za-z0-9_]/.test(name) && isSecret(name.replace(/^[^A-Za-z0-9_]+/, '')))) {
        return true
      }
    }
    return false
  }

  const isSuspect = (text: string, marks: number): boolean =>
    ((marks & HAS_EQUALS) !== 0 && holdsPair(text)) ||
    ((marks & HAS_COLON) !== 0 && NAMED.test(text)) ||
    ((marks & HAS_RUN) !== 0 && TOKEN.test(text)) ||
    ((marks & HAS_BLANK) !== 0 && SCHEME.test(text))

  return (text, known) => {
    if (text.length > SHORT) return isSuspect(text, ALL) ? maskText(text) : text
    const marks = known ?? marksOf(text)
    if ((marks & ALL) === 0) return text
    let result = masked.get(text)
    if (result === undefined) {
      result = isSuspect(text, marks) ? maskText(text) : text
      if (masked.size >= MAX_KNOWN) masked.clear()
      masked.set(text, result)
    }
    return result
  }
}

const HAS_EQUALS = 1
const HAS_COLON = 2
const HAS_RUN = 4
const HAS_BLANK = 8
const ALL = 15

/** The mark of a text that JSON must escape. */
export const HAS_UNSAFE = 16
/** Anything else that ends a run of word characters. */
const OTHER = 32

/** The mark of each ASCII character; 0 for those of which words and tokens are made. */
const MARKS = Uint8Array.from({ length: 128 }, (_, code) => markOf(String.fromCharCode(code)))

function markOf(character: string): number {
  // Dot and slash count as well: they keep a token in one run.
  if (/[\w./-]/.test(character)) return 0
  if (character === '=') return HAS_EQUALS
  if (character === ':') return HAS_COLON
  if (character === ' ') return HAS_BLANK
  if (/\s/.test(character)) return HAS_BLANK | HAS_UNSAFE
  return /["\\\0-\x1f\x7f]/.test(character) ? HAS_UNSAFE : OTHER
}

/** Where characters go that nobody wants. */
const nowhere = Buffer.alloc(SHORT)

/**
 * What a short text holds, in one pass: 0 when it needs neither masking nor escaping. Which other bits are set tells
 * {@link makeMask}'s function which expressions could match at all.
 */
export const marksOf = (text: string): number => copyMarked(text, nowhere, 0)

/** {@link marksOf}, and each character put into `bytes` from `start`: right when the text turns out to be ASCII. */
export function copyMarked(text: string, bytes: Buffer, start: number): number {
  const { length } = text
  let marks = 0
  /** Where the run of word characters began that goes on. */
  let from = 0
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    bytes[start + index] = code
    const mark = code < 128 ? (MARKS[code] as number) : HAS_UNSAFE
    if (mark === 0) continue
    if (index - from >= TOKEN_LENGTH) marks |= HAS_RUN
    marks |= mark
    from = index + 1
  }
  if (length - from >= TOKEN_LENGTH) marks |= HAS_RUN
  // The shortest secret with a blank in it: a scheme, the blank, six characters.
  return length < SHORTEST_SCHEME ? marks & ~(HAS_BLANK | OTHER) : marks & ~OTHER
}

/** Letters, digits and `_ . - [ ] %`. */
function isNameCode(code: number): boolean {
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57)) return true
  return code === 95 || code === 46 || code === 45 || code === 91 || code === 93 || code === 37
}
