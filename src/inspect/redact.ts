/**
 * Takes secrets out of what is shown: by the name of a header, key, variable or query parameter, and by the shape
 * of the text itself. Every display of the report and of values passes through here, copies included.
 */

import { BoundedMap } from '../core/bounded-map.ts'
import { shared } from '../core/shared.ts'

/** What stands in place of a secret. */
export const MASK = '[masked]'

const WORDS = new Set(
  (
    'password passwd passphrase pwd pass pw secret secrets token tokens cookie cookies session sid sessid sessionid ' +
    'auth authorization authentication csrf xsrf signature sig dsn credential credentials creds ssn cvv cvc otp pin ' +
    'pgpassword phpsessid jsessionid totp mfa passcode iban rocksolidproof xrocksolidproof ' +
    'jwt bearer apikey privatekey secretkey accesskey authtoken accesstoken refreshtoken clientsecret connectionstring'
  ).split(' '),
)

/** Words that make a following `key` harmless; any other `…Key` is taken for a secret. */
const HARMLESS_KEYS = new Set(
  'primary foreign public cache partition sort object row map react idempotency group routing index hash the on is by storage shift ctrl alt meta arrow'.split(
    ' ',
  ),
)

/** Most characters of a name looked at: its last, where what it is stands. */
const MAX_NAME = 200

/**
 * Whether a header, property, variable or parameter of this name holds a secret: `authorization`, `userPassword`,
 * `STRIPE_KEY`, `set-cookie`. Names that only resemble one are not: `author`, `keyboard`, `primaryKey`.
 */
export function isSecretName(name: string): boolean {
  const end = name.slice(-MAX_NAME)
  let isSecret = known.get(end)
  if (isSecret === undefined) {
    isSecret = tellsOfSecret(end)
    known.set(end, isSecret)
  }
  return isSecret
}

/** Names judged before, at most 2000: every report has the same headers and the same environment. */
const known = shared('inspect.secretNames', () => new BoundedMap<string, boolean>({ maxEntries: 2000 }))

function tellsOfSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  if (WORDS.has(words.join(''))) return true
  return words.some((word, index) => {
    if (WORDS.has(word)) return true
    const previous = words[index - 1]
    const endsInKey = index === words.length - 1 && previous !== undefined && /^keys?$/.test(word)
    return endsInKey && !HARMLESS_KEYS.has(previous)
  })
}

/** Names of things that hold more than the secret itself, so that an object of this name is looked into. */
export function isSecretHolder(name: string): boolean {
  return /(?:^|[^a-z])(?:sessions?|auth|authentication)$/i.test(name) || /[a-z](?:Sessions?|Auth)$/.test(name)
}

/** Longest text searched; the rest is replaced by a note, since a secret might hide in it. */
const MAX_TEXT = 2_000_000

/**
 * The text with secrets of known shapes replaced by {@link MASK}: JSON web tokens, keys of well-known services,
 * private keys, passwords in URLs, `Bearer` and `Basic` credentials, `name=value` pairs, JSON members and header
 * lines with secret names. Time grows linearly with the text.
 */
export function maskText(text: string): string {
  if (text.length < 6) return text
  const searched = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
  const masked = maskNamed(maskTokens(searched))
  return ENCODED.test(masked) ? masked.replace(/[^/?&=#;\s"'<>]{6,4096}/g, maskEncoded) : masked
}

/** Part of an address in which a secret is percent-encoded. */
function maskEncoded(part: string): string {
  if (!ENCODED.test(part)) return part
  try {
    const plain = decodeURIComponent(part)
    return maskNamed(maskTokens(plain)) === plain ? part : MASK
  } catch {
    return part
  }
}

const ENCODED = /%[0-9a-f]{2}/i

/** The part of {@link maskText} that goes by shape alone; for source code, where `token=x` is no secret. */
export function maskTokens(text: string): string {
  let masked = maskPrivateKeys(text)
  // Most text holds none of it; to look for a few letters is cheaper than to run, and to compile, every expression.
  if (masked.includes('eyJ')) masked = masked.replace(JSON_WEB_TOKEN, MASK)
  masked = masked.replace(TOKEN, (run) => (run.length < MIN_TOKEN ? run : MASK))
  if (FOUR_DIGITS.test(masked)) masked = masked.replace(CARD, (run) => (isCardNumber(run) ? MASK : run))
  if (masked.includes('://')) masked = masked.replace(URL_PASSWORD, `$1:${MASK}@`)
  if (masked.includes('hook')) masked = masked.replace(WEBHOOK, `$1${MASK}`)
  if (masked.includes('#unlock=')) masked = masked.replace(UNLOCK_LINK, `$1${MASK}`)
  if (!SCHEME.test(masked)) return masked
  return masked.replace(CREDENTIALS, (whole, scheme: string, gap: string, value: string) =>
    looksRandom(value) ? `${scheme}${gap}${MASK}` : whole,
  )
}

const JSON_WEB_TOKEN = /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g
const FOUR_DIGITS = /[3-6]\d{3}/
const URL_PASSWORD = /(:\/\/[^\s/?#@:]{0,256}):[^\s/?#]{1,256}@/g
/** Whoever knows the address may write there. */
const WEBHOOK =
  /(hooks\.slack\.com\/(?:services|workflows)\/|discord(?:app)?\.com\/api\/webhooks\/)[\w/-]{10,300}/g
/** The debugger's own link, as it stands in a terminal. */
const UNLOCK_LINK = /(#unlock=)[\w-]{16,64}/g
const SCHEME = /bearer|basic|digest|negotiate|apikey/i
const CREDENTIALS = /\b(Bearer|Basic|Digest|Negotiate|ApiKey)(\s{1,4})([A-Za-z0-9+/=._~-]{6,})/gi

/**
 * Lines of source code with secrets of known shapes masked, as many lines as there were: of a private key over several
 * lines each is masked.
 */
export function maskCode(lines: readonly string[]): readonly string[] {
  let isInKey = false
  return lines.map((line) => {
    const isMark = line.includes('PRIVATE KEY-----')
    const begins = isMark && /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/.test(line)
    const ends = isMark && /-----END [A-Z ]{0,40}PRIVATE KEY-----/.test(line)
    const isKey = isInKey || begins || ends
    isInKey = (isInKey || begins) && !ends
    return isKey && !(begins && ends) ? MASK : maskTokens(line)
  })
}

/** Keys of well-known services, by how they begin. */
const TOKEN =
  /(?<![A-Za-z0-9_-])(?:[rp]k_(?:live|test|prod)_|sk[_-]|gh[pousr]_|github_pat_|gl(?:pat|rt|dt)-|npm_|hf_[A-Za-z]{10,}|do[oprt]_v1_|lin_api_|pypi-|dckr_pat_|shp(?:at|ss)_|SG\.[A-Za-z0-9_-]{10,}\.|xox[abeoprs]-|xapp-|(?:AKIA|ASIA|AGPA|AROA|AIDA)[0-9A-Z]{12,}|AIza[0-9A-Za-z_-]{30,})[A-Za-z0-9_-]*/g
const MIN_TOKEN = 16

const CARD = /(?<![\d.])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,4}(?![\d.])/g

/** By the check digit (ISO/IEC 7812, Luhn): one number in ten passes by chance. */
function isCardNumber(run: string): boolean {
  const digits = run.replace(/\D/g, '')
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const weighted = index % 2 === 0 ? digit : digit * 2
    sum += weighted > 9 ? weighted - 9 : weighted
  }
  return sum % 10 === 0
}

const looksRandom = (value: string): boolean => value.length >= 20 || /[0-9=+/_~.]|[a-z][A-Z]/.test(value)

const BEGIN = '-----BEGIN '

/** Cuts out everything from a private key's first line to its last, or to the end when the last is missing. */
function maskPrivateKeys(text: string): string {
  let start = text.indexOf(BEGIN)
  if (start < 0) return text
  let result = ''
  let from = 0
  while (start >= 0) {
    const label = text.slice(start + BEGIN.length, start + BEGIN.length + 60).split('-----', 1)[0] ?? ''
    if (!label.includes('PRIVATE KEY')) {
      start = text.indexOf(BEGIN, start + BEGIN.length)
      continue
    }
    const ending = `-----END ${label}-----`
    const end = text.indexOf(ending, start)
    result += text.slice(from, start) + MASK
    from = end < 0 ? text.length : end + ending.length
    start = end < 0 ? -1 : text.indexOf(BEGIN, from)
  }
  return result + text.slice(from)
}

const PAIR = /(^|[?&;,\s"'([{])([A-Za-z0-9_.\-[\]%]{1,64})=(\[masked\]|[^\s&;,#"'<>)\]}]{1,4096})/g
const MEMBER = /(["'])([A-Za-z0-9_.-]{1,64})\1(\s{0,4}:\s{0,4})(["'])([^"'\n]{1,4096})\4/g
/** As Node prints objects. */
const PRINTED = /(^|[\s{,([])([A-Za-z_$][\w$]{0,63}):( {1,4})(['"`])([^'"`\n]{3,4096})\4/g
const HEADER_LINE =
  /^([ \t]{0,8})(authorization|proxy-authorization|cookie|set-cookie|x-api-key|x-auth-token|x-csrf-token):[ \t]{0,8}\S[^\n]*/gim

/** Within a line only the next word is taken, unless it says what is wrong with the header. */
const HEADER_WITHIN =
  /([ \t](?:authorization|proxy-authorization|x-api-key|x-auth-token|x-csrf-token):[ \t]{1,4})(?!(?:missing|required|invalid|expected|must|none|null|undefined|not|is|\[masked)\b)[^\s'",;]{6,4096}/gi

function maskNamed(text: string): string {
  let masked = text
  if (text.includes('=')) {
    masked = masked.replace(PAIR, (whole, before: string, name: string) =>
      isSecretName(name) || /^key$/i.test(name) ? `${before}${name}=${MASK}` : whole,
    )
  }
  if (!masked.includes(':')) return masked
  if (/["'`]/.test(masked)) {
    masked = masked
      .replace(MEMBER, (whole, quote: string, name: string, colon: string, mark: string) =>
        isSecretName(name) ? `${quote}${name}${quote}${colon}${mark}${MASK}${mark}` : whole,
      )
      .replace(PRINTED, (whole, before: string, name: string, gap: string, mark: string) =>
        isSecretName(name) ? `${before}${name}:${gap}${mark}${MASK}${mark}` : whole,
      )
  }
  if (!HEADER_NAME.test(masked)) return masked
  return masked
    .replace(HEADER_WITHIN, `$1${MASK}`)
    .replace(HEADER_LINE, (_whole, indent: string, name: string) => `${indent}${name}: ${MASK}`)
}

const HEADER_NAME = /(?:authorization|cookie|key|token):/i
