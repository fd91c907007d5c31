/** The secrets of one debugger: made from the system's random source at each start, never from the machine. */

import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { invalidOption } from '../../core/options.ts'

/** What unlocks the console, and what signs that it was. */
export interface Secrets {
  /** Names this debugger in its cookie; no secret. */
  readonly instance: string
  /** For people to type: `123-456-789`. */
  readonly pin: string
  /** For the printed link: 128 bits. */
  readonly key: string
  /** Proves that a request comes from a page of this debugger: 128 bits. */
  readonly token: string
  /** Signs cookies. */
  readonly cookieKey: Buffer
}

/**
 * Fresh secrets; `pin` is the one a team agreed on, checked by {@link checkPin}.
 * @param key of a link that must stay valid; '' for a new one
 */
export function makeSecrets(pin: string | undefined, key = ''): Secrets {
  return {
    instance: randomBytes(4).toString('hex'),
    pin: pin ?? randomPin(),
    key: key === '' ? makeKey() : key,
    token: randomBytes(16).toString('base64url'),
    cookieKey: randomBytes(32),
  }
}

/** The key of a link that unlocks. */
export const makeKey = (): string => randomBytes(16).toString('base64url')

function randomPin(): string {
  const digits = String(randomInt(1_000_000_000)).padStart(9, '0')
  return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`
}

const MIN_PIN_LENGTH = 8
const MAX_PIN_LENGTH = 128
const ROWS =
  'abcdefghijklmnopqrstuvwxyz qwertyuiop asdfghjkl zxcvbnm qwertzuiop azertyuiop qsdfghjklm 01234567890'
/** Words that guessing begins with; digits and signs around them make no better PIN. */
const COMMON =
  /^(?:p[a4@][s5$]{2}w[o0]r[dt]|passwort|motdepasse|letmein|iloveyou|welcome|admin|administrator|root|rocksolid|debugger|changeme|default|secret|sunshine|princess|football|baseball|superman|trustno|starwars|computer|dragon|monkey|master|shadow|test|testing|development|localhost)$/

/** @throws {ConfigError} when a PIN given by option or by ROCKSOLID_PIN is easy to guess */
export function checkPin(factory: string, pin: string): string {
  const bare = normalPin(pin)
  const isWeak =
    bare.length < MIN_PIN_LENGTH ||
    bare.length > MAX_PIN_LENGTH ||
    new Set(bare).size < 4 ||
    isRegular(bare) ||
    isCommon(bare.toLowerCase())
  if (!isWeak) return pin
  const allowed = `at least ${MIN_PIN_LENGTH} characters (dashes and spaces not counted), 4 of them different, no sequence, no row of the keyboard, no common word; leave it out for a random one`
  throw invalidOption(factory, 'pin', '(hidden)', allowed)
}

/** Sequences and short patterns: 12345678, 12341234, 1357913579. */
function isRegular(text: string): boolean {
  const steps = [...text].slice(1).map((character, index) => character.charCodeAt(0) - text.charCodeAt(index))
  return new Set(steps).size <= 2
}

function isCommon(text: string): boolean {
  const backwards = [...text].reverse().join('')
  const word = text.replace(/^[\d\W_]+|[\d\W_]+$/g, '')
  return ROWS.includes(text) || ROWS.includes(backwards) || COMMON.test(word)
}

/** Dashes and spaces are for the eye only. */
export function normalPin(pin: string): string {
  return pin.replace(/[\s-]/g, '')
}

/** Equality in a time that tells nothing of the secret, for texts of any length. */
export function secretEquals(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}
